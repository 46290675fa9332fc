// SPDX-License-Identifier: GPL-2.0-only
/* Delegation and undelegation of pages, with an account of both (granule.h). */
#include <linux/page-flags.h>
#include <linux/printk.h>

#include "host/granule/granule.h"
#include "host/granule/linear_map.h"
#include "host/rmi/call.h"
#include "host/stats.h"

/*
 * Scanners of memory pass over a page that is marked. /proc/kcore may have looked at the page
 * before it was marked and read it afterwards; it copes with a hole in the linear map. Where there
 * can be no hole, page_offline_begin() waits for such readers.
 */
void granule_hide(struct page *page, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		__SetPageOffline(page + i);
	if (linear_map_hide(page, n))
		return;
	page_offline_begin();
	page_offline_end();
}

void granule_show(struct page *page, unsigned long n)
{
	linear_map_show(page, n);
	while (n--)
		__ClearPageOffline(page++);
}

void granule_free(struct page *page, unsigned long n)
{
	for (; n; n--, page++) {
		set_page_private(page, 0);
		/* granule_undelegate() leaves the mark on a page that is leaked. */
		if (!PageOffline(page))
			__free_page(page);
	}
}

/* Undelegates pages up to the first one that the RMM keeps. Returns how many came back. */
static unsigned long undelegate_run(struct page *page, unsigned long n)
{
	u64 start = page_to_phys(page);
	u64 top = start + (n << PAGE_SHIFT);
	u64 base = start;
	u64 next;

	while (base < top) {
		if (rmi_granule_undelegate(base, top, &next) || next <= base || next > top)
			break;
		base = next;
	}
	n = (base - start) >> PAGE_SHIFT;
	granule_show(page, n);
	cca_stat_add(STAT_DELEGATED, -(s64)n);
	return n;
}

unsigned long granule_undelegate(struct page *page, unsigned long n)
{
	unsigned long leaked = 0;

	while (n) {
		unsigned long done = undelegate_run(page, n);

		page += done;
		n -= done;
		if (!n)
			break;
		pr_warn_once("kvm-cca: the RMM keeps granule %pa: lost to the host\n",
			     &(phys_addr_t){page_to_phys(page)});
		cca_stat_inc(STAT_LEAKED);
		cca_stat_add(STAT_DELEGATED, -1);
		leaked++;
		page++;
		n--;
	}
	return leaked;
}

void granule_forget(struct page *page, unsigned long n)
{
	granule_show(page, n);
	cca_stat_add(STAT_DELEGATED, -(s64)n);
}

int granule_delegate(struct page *page, unsigned long n)
{
	u64 start = page_to_phys(page);
	u64 top = start + (n << PAGE_SHIFT);
	u64 base = start;
	u64 next, status;
	unsigned long done;

	granule_hide(page, n);
	while (base < top) {
		status = rmi_granule_delegate(base, top, &next);
		if (status || next <= base || next > top)
			break;
		base = next;
	}
	done = (base - start) >> PAGE_SHIFT;
	cca_stat_add(STAT_DELEGATED, done);
	if (base == top)
		return 0;
	granule_show(page + done, n - done);
	granule_undelegate(page, done);
	return status ? rmi_errno(status) : -ENXIO;
}
