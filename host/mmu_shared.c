// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared half: pages of the VMM in the Realm's tables, as long as the VMM has them mapped.
 * Always by pages, so that the notifier never needs a table to unmap part of a block.
 */
#include <linux/highmem.h>

#include "mmu.h"
#include "realm.h"
#include "rmi.h"
#include "vcpu.h"

#define PAGE_LEVEL 3

static u64 shared_flags(const struct cca_slot *slot)
{
	u64 s2ap = RMI_S2AP_R;

	if (!(slot->flags & KVM_MEM_READONLY))
		s2ap |= RMI_S2AP_W;
	return (u64)RMI_MEMATTR_NORMAL_WB << RMI_MAP_MEMATTR_SHIFT | s2ap << RMI_MAP_S2AP_SHIFT;
}

/* Under shared_lock, and the page is still the one the VMM has there. */
static u64 shared_map(struct cca_slot *slot, u64 ipa, struct page *page)
{
	struct cca_vm *vm = slot->vm;
	u64 desc = rmi_desc(page_to_phys(page), PAGE_LEVEL, 1) | (u64)RMI_DESC_UNDELEGATED
									 << RMI_DESC_STATE_SHIFT;
	u64 next, status;

	status =
		rmi_unprot_map(vm->realm.rd, ipa, ipa + PAGE_SIZE, shared_flags(slot), desc, &next);
	if (RMI_STATUS(status) != RMI_ERROR_RTT || RMI_INDEX(status) != PAGE_LEVEL)
		return status;
	/* Something else is there: a read-only page the VMM has replaced. */
	rmi_unprot_unmap(vm->realm.rd, ipa, ipa + PAGE_SIZE, &next);
	return rmi_unprot_map(vm->realm.rd, ipa, ipa + PAGE_SIZE, shared_flags(slot), desc, &next);
}

/* 0, -EAGAIN to try again, or an errno. */
static int shared_try(struct cca_slot *slot, u64 ipa, u64 hva)
{
	struct cca_vm *vm = slot->vm;
	unsigned int gup = slot->flags & KVM_MEM_READONLY ? 0 : FOLL_WRITE;
	unsigned long seq = mmu_interval_read_begin(&slot->notifier);
	struct page *page;
	u64 status = 0;
	int ret;

	ret = get_user_pages_fast(hva, 1, gup, &page);
	if (ret != 1)
		return ret == -EHWPOISON ? ret : -EFAULT;
	mutex_lock(&vm->shared_lock);
	if (cca_realm_state(vm) != REALM_ACTIVE)
		ret = -EIO;
	else if (mmu_interval_read_retry(&slot->notifier, seq))
		ret = -EAGAIN;
	else
		ret = rmi_errno(status = shared_map(slot, ipa, page));
	mutex_unlock(&vm->shared_lock);
	put_page(page);
	if (RMI_STATUS(status) != RMI_ERROR_RTT)
		return ret;
	if ((s8)RMI_INDEX(status) >= PAGE_LEVEL)
		return -ENXIO;
	return cca_rtt_make(vm, ipa, (s8)RMI_INDEX(status), PAGE_LEVEL) ?: -EAGAIN;
}

int cca_mmu_fault_shared(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn)
{
	u64 gpa = gfn << PAGE_SHIFT;
	u64 hva = slot->hva + ((gfn - slot->gfn) << PAGE_SHIFT);
	int ret;

	do {
		ret = shared_try(slot, gpa | cca_shared_bit(slot->vm), hva);
		/* User space gets its signal from the run loop; here it only must not spin on. */
		if (ret == -EAGAIN && signal_pending(current))
			return MMU_RETRY;
	} while (ret == -EAGAIN);
	if (ret == -EFAULT || ret == -EHWPOISON)
		return cca_memory_fault(vcpu, gpa, PAGE_SIZE, false, ret);
	return ret;
}

void cca_mmu_unmap_shared(struct cca_vm *vm, u64 gfn, u64 pages)
{
	u64 base = (gfn << PAGE_SHIFT) | cca_shared_bit(vm);
	u64 top = base + (pages << PAGE_SHIFT);

	lockdep_assert_held(&vm->shared_lock);
	if (!vm->realm.created)
		return;
	while (base < top) {
		u64 next;
		u64 status = rmi_unprot_unmap(vm->realm.rd, base, top, &next);
		int level = (s8)RMI_INDEX(status);

		if (status == RMI_SUCCESS && next > base) {
			base = next;
		} else if (RMI_STATUS(status) == RMI_ERROR_RTT && level < PAGE_LEVEL) {
			/* Nothing larger than a page is ever mapped: a hole. */
			u64 size = rtt_level_size(level);

			base = ALIGN_DOWN(base, size) + size;
		} else {
			WARN_ONCE(1, "kvm-cca: shared page not unmapped: %llx\n", status);
			base += PAGE_SIZE;
		}
	}
}

/* The VMM's mapping changes: swapped, moved, unmapped, its process ends. */
static bool shared_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range, unsigned long seq)
{
	struct cca_slot *slot = container_of(notifier, struct cca_slot, notifier);
	u64 start = max_t(u64, range->start, slot->hva);
	u64 end = min_t(u64, range->end, slot->hva + (slot->pages << PAGE_SHIFT));

	if (!mmu_notifier_range_blockable(range))
		return false;
	mutex_lock(&slot->vm->shared_lock);
	mmu_interval_set_seq(notifier, seq);
	if (start < end)
		cca_mmu_unmap_shared(slot->vm, slot->gfn + ((start - slot->hva) >> PAGE_SHIFT),
				     (end - start) >> PAGE_SHIFT);
	mutex_unlock(&slot->vm->shared_lock);
	return true;
}

const struct mmu_interval_notifier_ops cca_mmu_notifier_ops = {
	.invalidate = shared_invalidate,
};
