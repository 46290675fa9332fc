/* SPDX-License-Identifier: GPL-2.0-only */
/* The private half. Only for the files of mem/; the rest of private.c is in mem.h. */
#ifndef HOST_MEM_PRIVATE_H
#define HOST_MEM_PRIVATE_H

#include "host/mem/slot.h"
#include "host/vcpu/vcpu.h"

/* A fault at a page of the private half; slot NULL: there is none. mem_sem held for reading. */
int cca_mem_fault_private(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn);

/*
 * Makes the table at level + 1, where a walk to ipa ended at `level`. If a block of the slot is
 * there, the table is made of the granule kept for it. slot: the one at ipa, or NULL. private_lock
 * held.
 */
int cca_mem_make_table(struct cca_vm *vm, struct cca_slot *slot, u64 ipa, int level);

/*
 * Takes [gfn, gfn + pages) out of the private half. slot: the one with guest_memfd that the range
 * is in, or NULL for any range that splits no block. Afterwards the granules are delegated and
 * unused; on an error it is not known which are. Never allocates. private_lock held.
 */
int cca_mem_unmap_private(struct cca_vm *vm, struct cca_slot *slot, u64 gfn, u64 pages);

#endif
