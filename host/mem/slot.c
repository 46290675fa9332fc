// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots of a VM. They say what of its guest physical space is memory, and where that memory
 * comes from. Which half of the address space it is reached by is states.c.
 */
#include <linux/uaccess.h>

#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"
#include "host/mem/states.h"

#define SLOT_MAX_PAGES ((1UL << 31) - 1)

bool cca_user_range_ok(u64 base, u64 size)
{
	unsigned long address = base;

	return PAGE_ALIGNED(base) && address == untagged_addr(address) &&
	       access_ok((void __user *)address, size);
}

struct cca_slot *cca_slot_find(struct cca_vm *vm, u64 gfn)
{
	return mtree_load(&vm->slots_by_gfn, gfn);
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
	if (!cca_user_range_ok(r->userspace_addr, r->memory_size))
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

static int slot_map_store(struct cca_slot *slot, u64 gfn)
{
	MA_STATE(mas, &slot->vm->slots_by_gfn, 0, 0);

	return cca_range_store(&mas, gfn, gfn + slot->pages - 1, slot, GFP_KERNEL_ACCOUNT);
}

/* This never fails for lack of memory, because the slot is freed or moved next in any case. */
static void slot_map_clear(struct cca_vm *vm, u64 first, u64 last)
{
	MA_STATE(mas, &vm->slots_by_gfn, 0, 0);

	cca_range_store(&mas, first, last, NULL, GFP_KERNEL | __GFP_NOFAIL);
}

static int slot_map_insert(struct cca_vm *vm, struct cca_slot *slot)
{
	int ret = slot_map_store(slot, slot->gfn);

	if (ret)
		return ret;
	ret = xa_err(xa_store(&vm->slots_by_id, slot->id, slot, GFP_KERNEL));
	if (ret)
		slot_map_clear(vm, slot->gfn, cca_slot_last(slot));
	return ret;
}

static int slot_unmap_private(struct cca_slot *slot)
{
	struct cca_vm *vm = slot->vm;
	int ret = 0;

	mutex_lock(&vm->private_lock);
	if (slot->gmem)
		ret = cca_mem_unmap_private(vm, slot, slot->gfn, slot->pages);
	mutex_unlock(&vm->private_lock);
	return ret;
}

/* Frees a slot. By now nothing of it is mapped in the private half. */
static void slot_free(struct cca_slot *slot)
{
	struct cca_vm *vm = slot->vm;

	if (slot->notified)
		mmu_interval_notifier_remove(&slot->notifier);
	mutex_lock(&vm->shared_lock);
	cca_mem_unmap_shared(vm, slot->gfn, slot->pages);
	mutex_unlock(&vm->shared_lock);
	mutex_lock(&vm->private_lock);
	cca_gmem_unbind(slot);
	mutex_unlock(&vm->private_lock);
	kfree(slot);
}

/*
 * Deletes a slot; if its private pages cannot be unmapped it stays as it is, and the error is
 * returned.
 */
static int slot_delete(struct cca_slot *slot)
{
	int ret = slot_unmap_private(slot);

	if (ret)
		return ret;
	slot_map_clear(slot->vm, slot->gfn, cca_slot_last(slot));
	xa_erase(&slot->vm->slots_by_id, slot->id);
	slot_free(slot);
	return 0;
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

	mt_for_each(&vm->slots_by_gfn, slot, index, last) {
		if (slot->id != r->slot)
			return true;
	}
	return false;
}

/* Shared memory that is the file's does not depend on where the VMM has mapped it. */
static int slot_watch(struct cca_slot *slot)
{
	int ret;

	if (slot->shared_in_file)
		return 0;
	ret = mmu_interval_notifier_insert(&slot->notifier, slot->vm->mm, slot->hva,
					   slot->pages << PAGE_SHIFT, &cca_mem_notifier_ops);
	slot->notified = !ret;
	return ret;
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
	ret = slot_watch(slot);
	if (ret)
		goto fail;
	ret = slot_map_insert(vm, slot);
	if (ret)
		goto fail;
	return 0;

fail:
	slot_free(slot);
	return ret;
}

/*
 * Moves a slot. It is found at both places for a moment, under mem_sem, because the new place,
 * whose store can fail, is entered first. The places may overlap.
 */
static int slot_move(struct cca_slot *slot, u64 gfn)
{
	struct cca_vm *vm = slot->vm;
	u64 first = slot->gfn, last = cca_slot_last(slot);
	int ret = slot_map_store(slot, gfn);

	if (ret)
		return ret;
	if (gfn > first)
		slot_map_clear(vm, first, min(last, gfn - 1));
	else
		slot_map_clear(vm, max(first, gfn + slot->pages), last);
	mutex_lock(&vm->shared_lock);
	cca_mem_unmap_shared(vm, first, slot->pages);
	slot->gfn = gfn;
	mutex_unlock(&vm->shared_lock);
	return 0;
}

/* Changes an existing slot. Only its place can change, and only if it has no guest_memfd. */
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
	return slot_move(slot, r->guest_phys_addr >> PAGE_SHIFT);
}

static int slot_set_locked(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	struct cca_slot *slot = xa_load(&vm->slots_by_id, r->slot);

	if (!r->memory_size)
		return slot ? slot_delete(slot) : -EINVAL;
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
	/* The Realm is gone by now, and with it all private mappings. */
	xa_for_each(&vm->slots_by_id, id, slot) {
		slot_free(slot);
		cond_resched();
	}
	xa_destroy(&vm->slots_by_id);
	__mt_destroy(&vm->slots_by_gfn);
	up_write(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	cca_states_free(&vm->states);
	mutex_unlock(&vm->private_lock);
}
