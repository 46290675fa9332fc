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

static inline u64 rtt_level_size(int level)
{
	return 1ULL << (PAGE_SHIFT + 9 * (3 - level));
}

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

/*
 * Populates private pages from gpa on with the content of n host pages, at most to the end of a
 * slot; *done: how many, on an error too. source: their addresses, 8-byte aligned and within one
 * page, because the RMM may read them there. config_lock and private_lock held.
 */
int cca_mmu_populate_pages(struct cca_vm *vm, u64 gpa, const u64 *source, unsigned int n, u64 flags,
			   unsigned int *done);
/* Before activation: INIT_RIPAS. */
int cca_mmu_init_ripas(struct cca_vm *vm, u64 base, u64 top);

/*
 * Takes [gfn, gfn + pages) of a slot with guest_memfd, or of all slots (NULL) if it splits no
 * block, out of the private half. Afterwards its granules are delegated and unused; on an error
 * nobody knows which are. Never allocates. private_lock held.
 */
int cca_mmu_unmap_private(struct cca_vm *vm, struct cca_slot *slot, u64 gfn, u64 pages);
/*
 * The same for the shared half. shared_lock held; never allocates, and never fails: a Realm whose
 * pages cannot be unmapped has run for the last time.
 */
void cca_mmu_unmap_shared(struct cca_vm *vm, u64 gfn, u64 pages);

/*
 * rtt.c. Makes the tables that lead from one of level `from`, where a walk to ipa ended, to level
 * `to`. 0 or an errno.
 */
int cca_rtt_make(struct cca_vm *vm, u64 ipa, int from, int to);
/* Replaces a 2 MiB block by a table, made of the granule *spare, which is 0 afterwards. */
int cca_rtt_split(struct cca_vm *vm, u64 ipa, u64 *spare);
/* The way back, if the RMM finds the table uniform. Fills *spare. */
void cca_rtt_fold(struct cca_vm *vm, u64 ipa, u64 *spare);

/*
 * mmu_private.c. Makes the table below the entry of a level where a walk to ipa ended, out of what
 * is kept for it if a block of the slot is there. slot: that of ipa, or NULL. private_lock held.
 */
int cca_mmu_make_table(struct cca_vm *vm, struct cca_slot *slot, u64 ipa, int level);

/* KVM_EXIT_MEMORY_FAULT for [gpa, gpa + size); returns err. */
int cca_memory_fault(struct cca_vcpu *vcpu, u64 gpa, u64 size, bool private, int err);

/*
 * mmu_private.c and mmu_shared.c; mem_sem held for reading. The shared one gives it back and takes
 * it again.
 */
int cca_mmu_fault_private(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn);
int cca_mmu_fault_shared(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn, bool is_write);

/* Destroys all tables below the root. End of the Realm. */
void cca_mmu_destroy_tables(struct cca_vm *vm);

extern const struct mmu_interval_notifier_ops cca_mmu_notifier_ops;

#endif
