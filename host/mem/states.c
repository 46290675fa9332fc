// SPDX-License-Identifier: GPL-2.0-only
/* Which pages are private (states.h), and KVM_SET_MEMORY_ATTRIBUTES. */
#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"
#include "host/mem/states.h"

/* ---- states of a row of pages ---- */

void cca_states_init(struct cca_states *states, struct mutex *lock, bool private)
{
	mt_init_flags(&states->others, CCA_TREE_FLAGS);
	mt_set_external_lock(&states->others, lock);
	states->private = private;
}

void cca_states_free(struct cca_states *states)
{
	__mt_destroy(&states->others);
}

bool cca_states_at(struct cca_states *states, u64 page, u64 *last)
{
	MA_STATE(mas, &states->others, page, page);
	bool other = mas_walk(&mas);

	*last = mas.last;
	return other != states->private;
}

bool cca_states_are(struct cca_states *states, u64 first, u64 last, bool private)
{
	u64 end;

	while (cca_states_at(states, first, &end) == private) {
		if (end >= last)
			return true;
		first = end + 1;
	}
	return false;
}

/* Ranges that touch are kept as one, so that the check of a range is one look-up. */
int cca_states_set(struct cca_states *states, u64 first, u64 last, bool private)
{
	void *other = private != states->private ? xa_mk_value(1) : NULL;
	MA_STATE(mas, &states->others, first, last);

	if (other) {
		mas_set(&mas, first ? first - 1 : 0);
		if (mas_walk(&mas))
			first = min_t(u64, first, mas.index);
		mas_set(&mas, last + 1);
		if (mas_walk(&mas))
			last = max_t(u64, last, mas.last);
	}
	return cca_range_store(&mas, first, last, other, GFP_KERNEL_ACCOUNT);
}

/* ---- of memory in slots ---- */

/* Who keeps the state of a slot's pages. *offset is what has to be added to a gfn there. */
static struct cca_states *states_of(const struct cca_slot *slot, u64 *offset)
{
	struct cca_states *states = slot->gmem ? cca_gmem_states(slot->gmem) : NULL;

	*offset = states ? slot->gmem_index - slot->gfn : 0;
	return states ?: &slot->vm->states;
}

bool cca_gfn_is_private(const struct cca_slot *slot, u64 gfn)
{
	return cca_range_is_private(slot, gfn, 1);
}

bool cca_range_is_private(const struct cca_slot *slot, u64 gfn, u64 pages)
{
	u64 offset;
	struct cca_states *states = states_of(slot, &offset);

	gfn += offset;
	return cca_states_are(states, gfn, gfn + pages - 1, true);
}

void cca_shared_range(const struct cca_slot *slot, u64 gfn, u64 *first, u64 *end)
{
	u64 offset, last, at = gfn;
	struct cca_states *states = states_of(slot, &offset);

	/* Memory without a guest_memfd is private only where the VMM has said so. */
	if (!slot->gmem && states->private)
		return;
	if (cca_states_at(states, gfn + offset, &last)) {
		*first = gfn;
		*end = gfn + 1;
		return;
	}
	*end = min(last, *end - 1 + offset) - offset + 1;
	while (at > *first && !cca_states_at(states, at - 1 + offset, &last))
		at--;
	*first = at;
}

void cca_states_by_default(struct cca_vm *vm)
{
	vm->states_fixed = true;
}

/* ---- changes of RIPAS ---- */

/* The first page of [first, last], which is in the slot, that is in another state; or last + 1. */
static u64 slot_agrees(const struct cca_slot *slot, u64 first, u64 last, bool private)
{
	u64 offset, end;
	struct cca_states *states = states_of(slot, &offset);

	if (states == &slot->vm->states)
		return last + 1;
	while (first <= last && cca_states_at(states, first + offset, &end) == private)
		first = min(end, last + offset) - offset + 1;
	return first;
}

u64 cca_states_agree(struct cca_vm *vm, u64 first, u64 last, bool private)
{
	unsigned long index = first;
	struct cca_slot *slot;

	mt_for_each(&vm->slots_by_gfn, slot, index, last) {
		u64 end = min(last, cca_slot_last(slot));
		u64 agreed = slot_agrees(slot, max(first, slot->gfn), end, private);

		if (agreed <= end)
			return agreed;
	}
	return last + 1;
}

int cca_states_follow(struct cca_vm *vm, u64 first, u64 last, bool private)
{
	unsigned long index = first;
	struct cca_slot *slot;
	u64 offset;

	if (!vm->states.private)
		return 0;
	mt_for_each(&vm->slots_by_gfn, slot, index, last) {
		int ret = 0;

		if (slot->gmem && states_of(slot, &offset) == &vm->states)
			ret = cca_states_set(&vm->states, max(first, slot->gfn),
					     min(last, cca_slot_last(slot)), private);
		if (ret)
			return ret;
	}
	return 0;
}

/* ---- KVM_SET_MEMORY_ATTRIBUTES ---- */

/*
 * Unmaps the part of a slot that changes halves from the half it was in, and frees it if it was
 * private.
 */
static int attributes_unmap(struct cca_slot *slot, u64 first, u64 last, bool private)
{
	struct cca_vm *vm = slot->vm;
	u64 gfn = max(first, slot->gfn);
	u64 pages = min(last, cca_slot_last(slot)) - gfn + 1;
	pgoff_t index;
	int ret;

	if (private) {
		mutex_lock(&vm->shared_lock);
		cca_mem_unmap_shared(vm, gfn, pages);
		mutex_unlock(&vm->shared_lock);
		return 0;
	}
	if (!slot->gmem)
		return 0;
	ret = cca_mem_unmap_private(vm, slot, gfn, pages);
	if (ret)
		return ret;
	index = cca_slot_index(slot, gfn);
	cca_gmem_free(slot->gmem, index, index + pages);
	return 0;
}

/* States that a file keeps have one master, which is the file. */
static bool attributes_are_the_vms(struct cca_vm *vm, u64 first, u64 last)
{
	unsigned long index = first;
	struct cca_slot *slot;
	u64 offset;

	mt_for_each(&vm->slots_by_gfn, slot, index, last) {
		if (states_of(slot, &offset) != &vm->states)
			return false;
	}
	return true;
}

static int attributes_set_locked(struct cca_vm *vm, u64 first, u64 last, bool private)
{
	unsigned long index = first;
	struct cca_slot *slot;
	int ret;

	if (!attributes_are_the_vms(vm, first, last)) {
		pr_info_once("kvm-cca: %s sets attributes of memory whose file keeps them\n",
			     current->comm);
		return -EINVAL;
	}
	if (!vm->states_fixed)
		vm->states.private = false;
	vm->states_fixed = true;
	ret = cca_states_set(&vm->states, first, last, private);
	if (ret)
		return ret;
	mt_for_each(&vm->slots_by_gfn, slot, index, last) {
		ret = attributes_unmap(slot, first, last, private);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

int cca_attributes_set(struct cca_vm *vm, const struct kvm_memory_attributes *attrs)
{
	u64 end = attrs->address + attrs->size;
	int ret;

	if (attrs->flags || attrs->attributes & ~KVM_MEMORY_ATTRIBUTE_PRIVATE)
		return -EINVAL;
	if (!attrs->size || end < attrs->address)
		return -EINVAL;
	if (!PAGE_ALIGNED(attrs->address) || !PAGE_ALIGNED(attrs->size))
		return -EINVAL;
	down_read(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	ret = attributes_set_locked(vm, attrs->address >> PAGE_SHIFT, (end >> PAGE_SHIFT) - 1,
				    attrs->attributes);
	mutex_unlock(&vm->private_lock);
	up_read(&vm->mem_sem);
	return ret;
}
