/* SPDX-License-Identifier: GPL-2.0-only */
/* The private half. Only for the files of mem/; the rest of private.c is in mem.h. */
#ifndef HOST_MEM_PRIVATE_H
#define HOST_MEM_PRIVATE_H

#include "host/mem/slot.h"
#include "host/vcpu/vcpu.h"

/* A fault at a page of the private half; slot NULL: there is none. mem_sem held for reading. */
int cca_mem_fault_private(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn);

/*
 * Makes the table below the entry of a level where a walk to ipa ended, out of what
 * is kept for it if a block of the slot is there. slot: that of ipa, or NULL. private_lock held.
 */
int cca_mem_make_table(struct cca_vm *vm, struct cca_slot *slot, u64 ipa, int level);

/*
 * Takes [gfn, gfn + pages) of a slot with guest_memfd, or of all slots (NULL) if it splits no
 * block, out of the private half. Afterwards its granules are delegated and unused; on an error
 * nobody knows which are. Never allocates. private_lock held.
 */
int cca_mem_unmap_private(struct cca_vm *vm, struct cca_slot *slot, u64 gfn, u64 pages);

#endif
