/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a Realm as the host steers it: slots and attributes, guest_memfds, stage-2 faults,
 * tables and RIPAS. What vm/, realm/ and vcpu/ may use of mem/. Guest physical addresses (gpa, gfn)
 * are without the shared bit.
 */
#ifndef HOST_MEM_MEM_H
#define HOST_MEM_MEM_H

#include "host/vcpu/vcpu.h"

/* ---- slots (slot.c) ---- */

#define CCA_MAX_SLOTS 32767

/* KVM_SET_USER_MEMORY_REGION(2). */
int cca_slot_set(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *region);
/* End of the VM. By now nothing of a slot is mapped in the private half. */
void cca_slot_free_all(struct cca_vm *vm);
/*
 * Is this a page-aligned range of user space, given by the addresses that mmap() returns? Pages can
 * be looked up through a tagged address too, but the MMU notifier never reports one.
 */
bool cca_user_range_ok(u64 base, u64 size);

/* ---- private or shared (states.c) ---- */

/* KVM_SET_MEMORY_ATTRIBUTES. */
int cca_attributes_set(struct cca_vm *vm, const struct kvm_memory_attributes *attrs);
/* All pages begin as private says. lock: the one that protects them. */
void cca_states_init(struct cca_states *states, struct mutex *lock, bool private);

/* ---- guest_memfds (gmem_file.c, gmem.c) ---- */

/* KVM_CREATE_GUEST_MEMFD: the new fd, or -EINVAL, -ENOMEM, -EMFILE. */
int cca_gmem_create(struct cca_vm *vm, const struct kvm_create_guest_memfd *args);
/* Undelegates and frees everything: reboot, kexec, end of the VM. */
void cca_gmem_free_all(struct cca_vm *vm);
/* End of the VM: frees the files that were closed while the RMM kept their pages mapped. */
void cca_gmem_forget(struct cca_vm *vm);

/* ---- faults and RIPAS (fault.c) ---- */

enum mem_result {
	MEM_RETRY = 0, /* handled: enter again */
	MEM_MMIO = 1,  /* there is no memory at the address: emulate (shared half only) */
};

/*
 * A data or instruction abort of a vCPU. ipa as the RMM gave it (HPFAR and FAR), shared bit
 * included. Returns an enum mem_result or an errno; with -EFAULT and -EHWPOISON run->exit_reason is
 * KVM_EXIT_MEMORY_FAULT and filled in. vcpu->mutex held, no other lock; interrupts on.
 */
int cca_mem_fault(struct cca_vcpu *vcpu, u64 ipa, bool is_write);

/*
 * The RIPAS change in vcpu->ripas, carried out at the KVM_RUN after its exit: SET_RIPAS, making
 * tables as needed; for EMPTY it drops the private pages. 0, or an errno for KVM_RUN. -EFAULT is a
 * memory fault as at the exit, for the part from the first page on that is in another state in a
 * guest_memfd; vcpu->ripas has that part. The RMM's own limits (a destroyed page) end the range
 * early without an error: the RMM tells the Realm how far it got.
 */
int cca_mem_set_ripas(struct cca_vcpu *vcpu);

/*
 * KVM_PRE_FAULT_MEMORY: maps what a vCPU would fault on. The range moves on by what was done; 0 if
 * that was anything. vcpu->mutex held.
 */
int cca_mem_pre_fault(struct cca_vcpu *vcpu, struct kvm_pre_fault_memory *range);

/*
 * Before activation: gives RIPAS RAM to all memory that a guest_memfd is behind. Takes mem_sem and
 * private_lock.
 */
int cca_mem_init_ripas(struct cca_vm *vm);

/* ---- the private half and the tables (private.c, rtt.c) ---- */

/*
 * Populates private pages from gpa on with the contents of n host pages, at most to the end of a
 * slot. source[] has their addresses; the array is 8-byte aligned and within one page, because the
 * RMM may read it there. *done says how many pages were populated, on an error too. config_lock and
 * private_lock held.
 */
int cca_mem_populate_pages(struct cca_vm *vm, u64 gpa, const u64 *source, unsigned int n, u64 flags,
			   unsigned int *done);
/*
 * End of the Realm: takes everything out of the private half. On an error pages are still mapped;
 * they stay delegated, and guest_memfd counts them as leaked. private_lock held.
 */
int cca_mem_unmap_all_private(struct cca_vm *vm);
/* End of the Realm: destroys all tables below the root. */
void cca_mem_destroy_tables(struct cca_vm *vm);

#endif
