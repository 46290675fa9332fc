/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2 of a Realm as the host steers it: RTTs, private and shared mappings, RIPAS.
 * gpa: never with the shared bit.
 */
#ifndef HOST_MMU_H
#define HOST_MMU_H

#include "vm.h"

enum mmu_result {
	MMU_RETRY = 0, /* handled: enter again */
	MMU_MMIO = 1,  /* nothing of memory there: emulate (shared half only) */
};

/*
 * A data or instruction abort of a vCPU. ipa as the RMM gave it (HPFAR and FAR), shared bit
 * included. Returns an enum mmu_result or an errno; with -EFAULT and -EHWPOISON run->exit_reason is
 * KVM_EXIT_MEMORY_FAULT and filled in. vcpu->mutex held, no other lock; interrupts on.
 */
int cca_mmu_fault(struct cca_vcpu *vcpu, u64 ipa, bool is_write);

/*
 * A RIPAS change the Realm asked for, carried out at the KVM_RUN after its exit: SET_RIPAS over
 * [base, top), making tables as needed; for EMPTY it drops the private pages. 0, or an errno for
 * KVM_RUN. The RMM's own limits (a destroyed page) end the range early without an error: the RMM
 * tells the Realm how far it got.
 */
int cca_mmu_set_ripas(struct cca_vcpu *vcpu, u64 base, u64 top, u8 ripas);

/* Populate one private page with the content of a host page. config_lock held. */
int cca_mmu_populate_page(struct cca_vm *vm, u64 gpa, struct page *source, u64 flags);
/* Before activation: INIT_RIPAS. */
int cca_mmu_init_ripas(struct cca_vm *vm, u64 base, u64 top);

/*
 * Takes [gfn, gfn + pages) out of the private half. Afterwards its granules are delegated and
 * unused. private_lock held.
 */
int cca_mmu_unmap_private(struct cca_vm *vm, u64 gfn, u64 pages);
/* The same for the shared half. shared_lock held; never allocates. */
void cca_mmu_unmap_shared(struct cca_vm *vm, u64 gfn, u64 pages);

/* Destroys all tables below the root. End of the Realm. */
void cca_mmu_destroy_tables(struct cca_vm *vm);

extern const struct mmu_interval_notifier_ops cca_mmu_notifier_ops;

#endif
