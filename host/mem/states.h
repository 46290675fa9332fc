/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which pages of a VM are private, and who says so. A page's state is kept in one of two places:
 *
 *  - in its guest_memfd, if that is a file that keeps states (cca_gmem_states()), or
 *  - in vm->states, by guest address, for all other memory.
 *
 * VMMs for v12 to v14 of KVM's CCA series set attributes on the VM, and what they have not set is
 * shared. Later ones say nothing about the VM, and all that has a guest_memfd is private from the
 * start. The first call tells which kind it is: an attribute, or else a page populated or a vCPU
 * that runs (cca_states_by_default()).
 *
 * Only for the files of mem/. private_lock is held in all functions.
 */
#ifndef HOST_MEM_STATES_H
#define HOST_MEM_STATES_H

#include "host/mem/slot.h"

/* ---- states of a row of pages ---- */

void cca_states_free(struct cca_states *states);
/* The state of a page; *last: up to where the pages behind it are in the same state, at least. */
bool cca_states_at(struct cca_states *states, u64 page, u64 *last);
/* Whether all of [first, last] are in a state. */
bool cca_states_are(struct cca_states *states, u64 first, u64 last, bool private);
/* 0, or -ENOMEM and nothing has changed. */
int cca_states_set(struct cca_states *states, u64 first, u64 last, bool private);

/* ---- of memory in slots ---- */

bool cca_gfn_is_private(const struct cca_slot *slot, u64 gfn);
/* pages: at least one, all in the slot. */
bool cca_range_is_private(const struct cca_slot *slot, u64 gfn, u64 pages);
/*
 * Narrows [*first, *end), which has gfn in it and is in the slot, to pages around gfn that are not
 * private; to gfn alone if it is.
 */
void cca_shared_range(const struct cca_slot *slot, u64 gfn, u64 *first, u64 *end);

/* From now on what no attribute was set of is private, unless the VMM has set one before. */
void cca_states_by_default(struct cca_vm *vm);

/*
 * What a RIPAS change of [first, last] means for states. private: the Realm asks for RAM.
 *
 * A file that keeps states is the VMM's to change, before the change of RIPAS is carried out.
 * cca_states_agree() returns the first page from where on it has not, or last + 1. Where nobody
 * sets attributes, the Realm's wish is the state; cca_states_follow() sets it (0 or -ENOMEM).
 */
u64 cca_states_agree(struct cca_vm *vm, u64 first, u64 last, bool private);
int cca_states_follow(struct cca_vm *vm, u64 first, u64 last, bool private);

#endif
