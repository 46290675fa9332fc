// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared half: pages of the VMM in the Realm's tables, for as long as the VMM itself has them
 * mapped, or pages of a guest_memfd, for as long as the file has them as shared. Nothing larger
 * than a page is mapped, so that the notifier never needs a table to unmap part of a block.
 */
#include <linux/page-flags.h>
#include <linux/smp.h>
#include <linux/swap.h>

#include "host/mem/fault.h"
#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/rtt.h"
#include "host/mem/shared.h"
#include "host/mem/states.h"
#include "host/rmi/commands.h"
#include "host/vcpu/kick.h"

/*
 * One fault maps up to this many pages: those around its page that are not private and within one
 * table.
 */
#define WINDOW_PAGES 64

struct shared_window {
	u64 gfn;
	unsigned int pages;
	bool write; /* mapped for reads and writes; false: for reads */
	struct page *page[WINDOW_PAGES];
};

static u64 window_flags(const struct shared_window *w)
{
	u64 s2ap = w->write ? RMI_S2AP_R | RMI_S2AP_W : RMI_S2AP_R;

	return (u64)RMI_MEMATTR_NORMAL_WB << RMI_MAP_MEMATTR_SHIFT | s2ap << RMI_MAP_S2AP_SHIFT;
}

/* private_lock held. */
static void window_plan(const struct cca_slot *slot, u64 gfn, struct shared_window *w)
{
	u64 base = ALIGN_DOWN(gfn, WINDOW_PAGES);
	u64 first = max(base, slot->gfn);
	u64 end = min(base + WINDOW_PAGES, slot->gfn + slot->pages);

	cca_shared_range(slot, gfn, &first, &end);
	w->gfn = first;
	w->pages = end - first;
	w->write = !(slot->flags & KVM_MEM_READONLY);
}

static void window_single(struct shared_window *w, u64 gfn)
{
	w->gfn = gfn;
	w->pages = 1;
}

static u64 window_ipa(const struct cca_slot *slot, u64 gfn)
{
	return (gfn << PAGE_SHIFT) | cca_shared_bit(slot->vm);
}

/* How many pages of the window from i on lie beside each other in memory. */
static unsigned int window_run(const struct shared_window *w, unsigned int i)
{
	unsigned int n = 1;

	while (i + n < w->pages && page_to_pfn(w->page[i + n]) == page_to_pfn(w->page[i]) + n)
		n++;
	return n;
}

/* Maps n pages from page i of the window on; *done says how many of them. Returns an RMI status. */
static u64 window_map_run(struct cca_slot *slot, const struct shared_window *w, unsigned int i,
			  unsigned int n, unsigned int *done)
{
	u64 rd = slot->vm->realm.rd;
	u64 ipa = window_ipa(slot, w->gfn + i);
	u64 top = ipa + ((u64)n << PAGE_SHIFT);
	u64 desc = rmi_desc(page_to_phys(w->page[i]), PAGE_LEVEL, n) |
		   (u64)RMI_DESC_UNDELEGATED << RMI_DESC_STATE_SHIFT;
	u64 next;
	u64 status = rmi_unprot_map(rd, ipa, top, window_flags(w), desc, &next);

	*done = 0;
	if (status == RMI_SUCCESS && next > ipa && next <= top)
		*done = (next - ipa) >> PAGE_SHIFT;
	else if (RMI_STATUS(status) == RMI_ERROR_RTT && RMI_INDEX(status) == PAGE_LEVEL)
		/* Another page is mapped there: one for reading that the VMM has since replaced. */
		status = rmi_unprot_unmap(rd, ipa, ipa + PAGE_SIZE, &next);
	return status;
}

/*
 * From here on the Realm may write to the pages, and no page table entry of the VMM will tell. So
 * they are marked as written now. Whoever cleans a page later (writeback, MADV_FREE) takes it out
 * of the VMM's page table first, and the notifier then takes it out of the Realm's. shared_lock is
 * held, for which that notifier waits.
 */
static void window_mark_dirty(const struct shared_window *w)
{
	unsigned int i;

	for (i = 0; i < w->pages; i++)
		SetPageDirty(w->page[i]);
}

/*
 * Maps the window. shared_lock is held, and the pages are still those that the VMM has there.
 * Returns an RMI status.
 */
static u64 window_map(struct cca_slot *slot, const struct shared_window *w)
{
	unsigned int i = 0, done, stuck = 0;

	while (i < w->pages) {
		u64 status = window_map_run(slot, w, i, window_run(w, i), &done);

		if (status)
			return status;
		stuck = done ? 0 : stuck + 1;
		if (stuck > 2)
			return RMI_ERROR_INPUT;
		i += done;
	}
	return RMI_SUCCESS;
}

static void window_put(struct shared_window *w)
{
	unsigned int i;

	for (i = 0; i < w->pages; i++)
		put_page(w->page[i]);
}

/*
 * Gets the VMM's pages for the window, with a reference to each. They may be fewer than planned,
 * where the VMM has no memory. 0, or -EFAULT without any reference if the page at gfn is not among
 * them.
 *
 * User space may take as long over a page as it likes, so mem_sem is given up meanwhile. The slot
 * must not be touched afterwards if vm->slot_changes has changed.
 */
static int window_get(const struct cca_slot *slot, u64 gfn, struct shared_window *w)
{
	u64 hva = slot->hva + ((w->gfn - slot->gfn) << PAGE_SHIFT);
	unsigned int gup = w->write ? FOLL_WRITE : 0;
	struct cca_vm *vm = slot->vm;
	int n;

	up_read(&vm->mem_sem);
	n = get_user_pages_fast(hva, w->pages, gup, w->page);
	down_read(&vm->mem_sem);
	if (n <= 0)
		return n == -EHWPOISON ? n : -EFAULT;
	w->pages = n;
	if (w->gfn + n > gfn)
		return 0;
	window_put(w);
	return -EFAULT;
}

static int window_map_checked(struct cca_slot *slot, const struct shared_window *w,
			      unsigned long seq, u64 *status)
{
	struct cca_vm *vm = slot->vm;
	int ret;

	mutex_lock(&vm->shared_lock);
	if (cca_realm_state(vm) != REALM_ACTIVE) {
		ret = -EIO;
	} else if (mmu_interval_read_retry(&slot->notifier, seq)) {
		ret = -EAGAIN;
	} else {
		if (w->write)
			window_mark_dirty(w);
		*status = window_map(slot, w);
		ret = rmi_errno(*status);
	}
	mutex_unlock(&vm->shared_lock);
	return ret;
}

/*
 * Makes tables for the shared half. They come out of the pool and are made in the RMM, which must
 * not happen while the Realm is taken apart; hence private_lock and the look at the state.
 */
static int shared_make_tables(struct cca_vm *vm, u64 ipa, int from)
{
	int ret = -EIO;

	mutex_lock(&vm->private_lock);
	if (cca_realm_state(vm) == REALM_ACTIVE)
		ret = cca_rtt_make(vm, ipa, from, PAGE_LEVEL);
	mutex_unlock(&vm->private_lock);
	return ret;
}

/*
 * The pages of the window could not be got. A neighbour of the page may be the reason, so the page
 * is tried alone. If that fails too, the VMM may have protected it from writes, which is no
 * obstacle to a read. Returns -EAGAIN to try again, or the error.
 */
static int window_narrow(struct shared_window *w, u64 gfn, bool wide, bool is_write, int err)
{
	window_single(w, gfn);
	if (wide)
		return -EAGAIN;
	if (err != -EFAULT || is_write || !w->write)
		return err;
	w->write = false;
	return -EAGAIN;
}

/*
 * One attempt to map the window. 0, -EAGAIN to try again, -ESTALE if the slot may be gone, or an
 * errno.
 */
static int shared_try(struct cca_slot *slot, u64 gfn, bool is_write, struct shared_window *w)
{
	unsigned long seq = mmu_interval_read_begin(&slot->notifier);
	struct cca_vm *vm = slot->vm;
	unsigned long changes = vm->slot_changes;
	u64 status = RMI_SUCCESS;
	bool wide = w->pages > 1;
	int ret = window_get(slot, gfn, w);

	if (vm->slot_changes != changes) {
		if (!ret)
			window_put(w);
		return -ESTALE;
	}
	if (ret)
		return window_narrow(w, gfn, wide, is_write, ret);
	ret = window_map_checked(slot, w, seq, &status);
	mark_page_accessed(w->page[gfn - w->gfn]);
	window_put(w);
	if (RMI_STATUS(status) != RMI_ERROR_RTT)
		return ret;
	if (rtt_status_level(status) >= PAGE_LEVEL)
		return -ENXIO;
	return shared_make_tables(vm, window_ipa(slot, gfn), rtt_status_level(status)) ?: -EAGAIN;
}

int cca_mem_fault_shared(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn, bool is_write)
{
	struct shared_window window;
	int ret;

	mutex_lock(&vcpu->vm->private_lock);
	window_plan(slot, gfn, &window);
	mutex_unlock(&vcpu->vm->private_lock);
	do {
		ret = shared_try(slot, gfn, is_write, &window);
		/*
		 * The run loop returns to user space for the signal. Without this check a signal
		 * would not end the attempts.
		 */
		if (ret == -EAGAIN && signal_pending(current))
			return MEM_RETRY;
	} while (ret == -EAGAIN);
	/* The slots have changed: the Realm runs again, and faults on what is there now. */
	if (ret == -ESTALE)
		return MEM_RETRY;
	if (ret == -EFAULT || ret == -EHWPOISON)
		return cca_memory_fault(vcpu, gfn << PAGE_SHIFT, PAGE_SIZE, false, ret);
	return ret;
}

/* ---- shared pages that are a guest_memfd's ---- */

static struct page *file_page(const struct cca_slot *slot, u64 gfn)
{
	return cca_gmem_shared_page(slot->gmem, cca_slot_index(slot, gfn));
}

/*
 * The file's pages for the window, at least the one at gfn, which is got first: there may be no
 * memory for those around it. They stay while private_lock is held.
 */
static int window_take(const struct cca_slot *slot, u64 gfn, struct shared_window *w)
{
	struct page *page = file_page(slot, gfn);
	unsigned int i;

	if (IS_ERR(page))
		return PTR_ERR(page);
	for (i = 0; i < w->pages; i++) {
		w->page[i] = file_page(slot, w->gfn + i);
		if (IS_ERR(w->page[i]))
			break;
	}
	w->pages = i;
	if (w->gfn + i > gfn)
		return 0;
	window_single(w, gfn);
	w->page[0] = page;
	return 0;
}

/* Maps the window, and makes the tables it takes. private_lock held. */
static int window_map_file(struct cca_slot *slot, u64 gfn, const struct shared_window *w)
{
	struct cca_vm *vm = slot->vm;
	u64 status;
	int ret;

	do {
		mutex_lock(&vm->shared_lock);
		status = window_map(slot, w);
		mutex_unlock(&vm->shared_lock);
		if (RMI_STATUS(status) != RMI_ERROR_RTT)
			return rmi_errno(status);
		if (rtt_status_level(status) >= PAGE_LEVEL)
			return -ENXIO;
		ret = cca_rtt_make(vm, window_ipa(slot, gfn), rtt_status_level(status), PAGE_LEVEL);
	} while (!ret);
	return ret;
}

static int fault_file(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn)
{
	struct shared_window window;
	int ret = -EFAULT;

	if (cca_realm_state(vcpu->vm) != REALM_ACTIVE)
		return -EIO;
	if (slot->gmem && !cca_gfn_is_private(slot, gfn)) {
		window_plan(slot, gfn, &window);
		ret = window_take(slot, gfn, &window);
	}
	if (ret)
		return cca_memory_fault(vcpu, gfn << PAGE_SHIFT, PAGE_SIZE, false, ret);
	return window_map_file(slot, gfn, &window);
}

int cca_mem_fault_file(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn)
{
	struct cca_vm *vm = vcpu->vm;
	int ret;

	mutex_lock(&vm->private_lock);
	ret = fault_file(vcpu, slot, gfn);
	mutex_unlock(&vm->private_lock);
	return ret;
}

/* ---- unmapping ---- */

/*
 * The RMM did not unmap a page that its owner gives away as soon as the notifier returns. The Realm
 * must not reach it: it never runs again, and no CPU runs it any more when this returns.
 */
static void shared_refused(struct cca_vm *vm, u64 status)
{
	pr_warn_once(
		"kvm-cca: shared memory stays mapped (RMI status %llx): its Realm is stopped\n",
		status);
	cca_vm_kill(vm);
	/*
	 * The interrupt ends each run of a REC. Entries look at vm->dead with interrupts masked, so
	 * none begins afterwards.
	 */
	kick_all_cpus_sync();
}

/*
 * can_wait: whether this may wait for the RMM. Returns false if it must not and would have to; then
 * nothing or only a part is unmapped.
 */
static bool unmap_shared(struct cca_vm *vm, u64 gfn, u64 pages, bool can_wait)
{
	u64 base = (gfn << PAGE_SHIFT) | cca_shared_bit(vm);
	u64 top = base + (pages << PAGE_SHIFT);

	lockdep_assert_held(&vm->shared_lock);
	if (!vm->realm.created)
		return true;
	while (base < top) {
		u64 next;
		u64 status = can_wait ? rmi_unprot_unmap(vm->realm.rd, base, top, &next)
				      : rmi_unprot_unmap_now(vm->realm.rd, base, top, &next);
		int level = rtt_status_level(status);

		if (status == RMI_SUCCESS && next > base) {
			base = next;
		} else if (RMI_STATUS(status) == RMI_ERROR_RTT && level < PAGE_LEVEL &&
			   level >= vm->realm.start_level) {
			/* A hole, because nothing larger than a page is ever mapped. */
			u64 size = rtt_level_size(level);

			base = ALIGN_DOWN(base, size) + size;
		} else if (!can_wait) {
			return false;
		} else {
			shared_refused(vm, status);
			return true;
		}
		if (can_wait)
			cond_resched();
	}
	return true;
}

void cca_mem_unmap_shared(struct cca_vm *vm, u64 gfn, u64 pages)
{
	unmap_shared(vm, gfn, pages, true);
}

/*
 * The VMM's own mapping changes: a page is swapped or moved, or is unmapped, or the process ends.
 *
 * The reaper of the OOM killer must not wait for anybody who may wait for memory, and passes over
 * what it is refused. Refusing always would free nothing of a VM's shared memory. Whoever has
 * shared_lock does not allocate, but may be waiting for the RMM; so the reaper gets the lock if it
 * is free, and the RMM if that is not busy.
 */
static bool shared_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range, unsigned long seq)
{
	struct cca_slot *slot = container_of(notifier, struct cca_slot, notifier);
	u64 start = max_t(u64, range->start, slot->hva);
	u64 end = min_t(u64, range->end, slot->hva + (slot->pages << PAGE_SHIFT));

	bool can_wait = mmu_notifier_range_blockable(range);
	bool done = true;

	if (can_wait)
		mutex_lock(&slot->vm->shared_lock);
	else if (!mutex_trylock(&slot->vm->shared_lock))
		return false;
	mmu_interval_set_seq(notifier, seq);
	if (start < end)
		done = unmap_shared(slot->vm, slot->gfn + ((start - slot->hva) >> PAGE_SHIFT),
				    (end - start) >> PAGE_SHIFT, can_wait);
	mutex_unlock(&slot->vm->shared_lock);
	return done;
}

const struct mmu_interval_notifier_ops cca_mem_notifier_ops = {
	.invalidate = shared_invalidate,
};
