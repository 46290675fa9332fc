/* SPDX-License-Identifier: GPL-2.0-only */
/* The shared half. Only for the files of mem/. */
#ifndef HOST_MEM_SHARED_H
#define HOST_MEM_SHARED_H

#include "host/mem/slot.h"
#include "host/vcpu/vcpu.h"

/*
 * A fault at a page of the shared half. mem_sem is held for reading, and is given up and taken
 * again meanwhile.
 */
int cca_mem_fault_shared(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn, bool is_write);

/* The same for a slot whose guest_memfd has the shared pages. mem_sem held for reading. */
int cca_mem_fault_file(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn);

/*
 * Takes [gfn, gfn + pages) out of the shared half. shared_lock held; never allocates, and never
 * fails: a Realm whose pages cannot be unmapped has run for the last time.
 */
void cca_mem_unmap_shared(struct cca_vm *vm, u64 gfn, u64 pages);

/* For cca_slot.notifier: unmaps from the Realm what the VMM's own mapping loses. */
extern const struct mmu_interval_notifier_ops cca_mem_notifier_ops;

#endif
