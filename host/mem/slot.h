/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory slots as the files of mem/ see them; what other rooms may ask of slots is in mem.h. */
#ifndef HOST_MEM_SLOT_H
#define HOST_MEM_SLOT_H

#include <linux/mmu_notifier.h>

#include "host/vm/vm.h"

struct cca_gmem;

struct cca_slot {
	struct cca_vm *vm;
	u32 id;
	u32 flags; /* KVM_MEM_READONLY, KVM_MEM_GUEST_MEMFD */
	u64 gfn;   /* first page */
	u64 pages;
	u64 hva;
	struct cca_gmem *gmem; /* private_lock; NULL: none, or its file was closed */
	struct list_head gmem_node;
	pgoff_t gmem_index;
	bool shared_in_file; /* the guest_memfd has the shared pages, too, and not [hva, hva + size)
			      */
	struct mmu_interval_notifier notifier; /* over [hva, hva + size) */
	bool notified;
};

static inline u64 cca_slot_last(const struct cca_slot *slot)
{
	return slot->gfn + slot->pages - 1;
}

/* Where a page of the slot is in its guest_memfd. */
static inline pgoff_t cca_slot_index(const struct cca_slot *slot, u64 gfn)
{
	return slot->gmem_index + (gfn - slot->gfn);
}

/* The slot of a page, or NULL. mem_sem held. */
struct cca_slot *cca_slot_find(struct cca_vm *vm, u64 gfn);

#endif
