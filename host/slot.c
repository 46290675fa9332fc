// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots and memory attributes of a VM: what of its guest physical space is memory, where it
 * comes from, and which half of the address space it is reached by.
 */
#include "gmem.h"
#include "mmu.h"
#include "vm.h"

#define SLOT_MAX_PAGES ((1UL << 31) - 1)

struct cca_slot *cca_slot_find(struct cca_vm *vm, u64 gfn)
{
	return mtree_load(&vm->slots_by_gfn, gfn);
}

static u64 slot_last_gfn(const struct cca_slot *slot)
{
	return slot->gfn + slot->pages - 1;
}

static int slot_check_flags(const struct kvm_userspace_memory_region2 *r)
{
	u32 valid = KVM_MEM_GUEST_MEMFD;

	if (!(r->flags & KVM_MEM_GUEST_MEMFD))
		valid |= KVM_MEM_READONLY;
	return r->flags & ~valid ? -EINVAL : 0;
}

static int slot_check(const struct cca_vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	if (slot_check_flags(r) || r->slot >= CCA_MAX_SLOTS)
		return -EINVAL;
	if (!PAGE_ALIGNED(r->memory_size) || !PAGE_ALIGNED(r->guest_phys_addr))
		return -EINVAL;
	if (!PAGE_ALIGNED(r->userspace_addr) ||
	    !access_ok((void __user *)(unsigned long)r->userspace_addr, r->memory_size))
		return -EINVAL;
	if (r->flags & KVM_MEM_GUEST_MEMFD &&
	    (!PAGE_ALIGNED(r->guest_memfd_offset) ||
	     r->guest_memfd_offset + r->memory_size < r->guest_memfd_offset))
		return -EINVAL;
	if (r->guest_phys_addr + r->memory_size < r->guest_phys_addr)
		return -EINVAL;
	if (r->memory_size >> PAGE_SHIFT > SLOT_MAX_PAGES)
		return -EINVAL;
	/* The upper half of the space shows the same memory as shared. */
	if (r->guest_phys_addr + r->memory_size > cca_shared_bit(vm))
		return -EFAULT;
	return 0;
}

static int slot_map_insert(struct cca_vm *vm, struct cca_slot *slot)
{
	int ret;

	ret = mtree_insert_range(&vm->slots_by_gfn, slot->gfn, slot_last_gfn(slot), slot,
				 GFP_KERNEL_ACCOUNT);
	if (ret)
		return ret;
	ret = xa_err(xa_store(&vm->slots_by_id, slot->id, slot, GFP_KERNEL_ACCOUNT));
	if (ret)
		mtree_erase(&vm->slots_by_gfn, slot->gfn);
	return ret;
}

static void slot_unbind(struct cca_slot *slot)
{
	struct cca_vm *vm = slot->vm;

	mutex_lock(&vm->private_lock);
	if (slot->gmem) {
		/* Kept granules stay with the file: it accounts for them when it frees them. */
		(void)cca_mmu_unmap_private(vm, slot->gfn, slot->pages);
		cca_gmem_unbind(slot);
	}
	mutex_unlock(&vm->private_lock);
}

static void slot_free(struct cca_slot *slot)
{
	struct cca_vm *vm = slot->vm;

	if (slot->notified)
		mmu_interval_notifier_remove(&slot->notifier);
	mutex_lock(&vm->shared_lock);
	cca_mmu_unmap_shared(vm, slot->gfn, slot->pages);
	mutex_unlock(&vm->shared_lock);
	slot_unbind(slot);
	kfree(slot);
}

static void slot_delete(struct cca_slot *slot)
{
	mtree_erase(&slot->vm->slots_by_gfn, slot->gfn);
	xa_erase(&slot->vm->slots_by_id, slot->id);
	slot_free(slot);
}

static struct cca_slot *slot_new(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	struct cca_slot *slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);

	if (!slot)
		return NULL;
	slot->vm = vm;
	slot->id = r->slot;
	slot->flags = r->flags;
	slot->gfn = r->guest_phys_addr >> PAGE_SHIFT;
	slot->pages = r->memory_size >> PAGE_SHIFT;
	slot->hva = r->userspace_addr;
	return slot;
}

static bool slot_overlaps_other(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	unsigned long index = r->guest_phys_addr >> PAGE_SHIFT;
	unsigned long last = index + (r->memory_size >> PAGE_SHIFT) - 1;
	struct cca_slot *slot;

	mt_for_each(&vm->slots_by_gfn, slot, index, last)
	{
		if (slot->id != r->slot)
			return true;
	}
	return false;
}

static int slot_add(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	struct cca_slot *slot;
	int ret;

	if (slot_overlaps_other(vm, r))
		return -EEXIST;
	slot = slot_new(vm, r);
	if (!slot)
		return -ENOMEM;
	if (r->flags & KVM_MEM_GUEST_MEMFD) {
		ret = cca_gmem_bind(slot, r->guest_memfd, r->guest_memfd_offset);
		if (ret)
			goto fail;
	}
	ret = mmu_interval_notifier_insert(&slot->notifier, vm->mm, slot->hva,
					   slot->pages << PAGE_SHIFT, &cca_mmu_notifier_ops);
	if (ret)
		goto fail;
	slot->notified = true;
	ret = slot_map_insert(vm, slot);
	if (ret)
		goto fail;
	return 0;

fail:
	slot_free(slot);
	return ret;
}

/* An existing slot: only its place and, for a slot without guest_memfd, nothing else may change. */
static int slot_change(struct cca_slot *slot, const struct kvm_userspace_memory_region2 *r)
{
	struct cca_vm *vm = slot->vm;

	if (slot->flags & KVM_MEM_GUEST_MEMFD || r->flags & KVM_MEM_GUEST_MEMFD)
		return -EINVAL;
	if (slot->hva != r->userspace_addr || slot->pages != r->memory_size >> PAGE_SHIFT ||
	    slot->flags != r->flags)
		return -EINVAL;
	if (slot->gfn == r->guest_phys_addr >> PAGE_SHIFT)
		return 0;
	if (slot_overlaps_other(vm, r))
		return -EEXIST;
	slot_delete(slot);
	return slot_add(vm, r);
}

static int slot_set_locked(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	struct cca_slot *slot = xa_load(&vm->slots_by_id, r->slot);

	if (!r->memory_size) {
		if (!slot)
			return -EINVAL;
		slot_delete(slot);
		return 0;
	}
	return slot ? slot_change(slot, r) : slot_add(vm, r);
}

int cca_slot_set(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *region)
{
	int ret = slot_check(vm, region);

	if (ret)
		return ret;
	down_write(&vm->mem_sem);
	vm->slot_changes++;
	ret = slot_set_locked(vm, region);
	up_write(&vm->mem_sem);
	return ret;
}

void cca_slot_free_all(struct cca_vm *vm)
{
	unsigned long id;
	struct cca_slot *slot;

	down_write(&vm->mem_sem);
	xa_for_each(&vm->slots_by_id, id, slot) slot_delete(slot);
	up_write(&vm->mem_sem);
	mtree_destroy(&vm->slots_by_gfn);
	xa_destroy(&vm->slots_by_id);
	mtree_destroy(&vm->private_gfns);
}

bool cca_gfn_is_private(struct cca_vm *vm, u64 gfn)
{
	return mtree_load(&vm->private_gfns, gfn);
}

bool cca_range_is_private(struct cca_vm *vm, u64 gfn, u64 pages)
{
	MA_STATE(mas, &vm->private_gfns, gfn, gfn);
	bool all;

	mas_lock(&mas);
	all = mas_walk(&mas) && mas.last >= gfn + pages - 1;
	mas_unlock(&mas);
	return all;
}

void cca_shared_range(struct cca_vm *vm, u64 gfn, u64 *first, u64 *end)
{
	MA_STATE(mas, &vm->private_gfns, gfn, gfn);
	void *private;

	rcu_read_lock();
	private = mas_walk(&mas);
	rcu_read_unlock();
	*first = max_t(u64, *first, private ? gfn : mas.index);
	*end = private ? gfn + 1 : min_t(u64, *end - 1, mas.last) + 1;
}

/* Private ranges are kept merged, so that a check of a range is one look-up. */
static int attributes_store(struct cca_vm *vm, u64 first, u64 last, bool private)
{
	MA_STATE(mas, &vm->private_gfns, first, last);
	int ret;

	mas_lock(&mas);
	if (private) {
		mas_set(&mas, first ? first - 1 : 0);
		if (mas_walk(&mas))
			first = min_t(u64, first, mas.index);
		mas_set(&mas, last + 1);
		if (mas_walk(&mas))
			last = max_t(u64, last, mas.last);
	}
	mas_set_range(&mas, first, last);
	ret = mas_store_gfp(&mas, private ? xa_mk_value(1) : NULL, GFP_KERNEL_ACCOUNT);
	mas_unlock(&mas);
	return ret;
}

/* The part of a slot that changed halves leaves the half it was in. */
static int attributes_unmap(struct cca_slot *slot, u64 first, u64 last, bool private)
{
	struct cca_vm *vm = slot->vm;
	u64 gfn = max(first, slot->gfn);
	u64 pages = min(last, slot_last_gfn(slot)) - gfn + 1;
	pgoff_t index;
	int ret;

	if (private) {
		mutex_lock(&vm->shared_lock);
		cca_mmu_unmap_shared(vm, gfn, pages);
		mutex_unlock(&vm->shared_lock);
		return 0;
	}
	if (!slot->gmem)
		return 0;
	ret = cca_mmu_unmap_private(vm, gfn, pages);
	if (ret)
		return ret;
	index = slot->gmem_index + (gfn - slot->gfn);
	cca_gmem_free(slot->gmem, index, index + pages);
	return 0;
}

static int attributes_set_locked(struct cca_vm *vm, u64 first, u64 last, bool private)
{
	unsigned long index = first;
	struct cca_slot *slot;
	int ret;

	ret = attributes_store(vm, first, last, private);
	if (ret)
		return ret;
	mt_for_each(&vm->slots_by_gfn, slot, index, last)
	{
		ret = attributes_unmap(slot, first, last, private);
		if (ret)
			return ret;
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
