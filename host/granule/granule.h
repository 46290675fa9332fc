/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Granules given to the Realm world, with an account of them. For granule/ and mem/.
 *
 * The one rule: a page that may be in another world is never handed to the kernel's allocator. What
 * cannot be undelegated is counted as leaked and kept. From before they may be in another world
 * until they cannot be any more, pages carry PageOffline, so that /proc/kcore, hibernation and
 * crash dumps pass them over, and are not in the kernel's linear map (linear_map.h).
 */
#ifndef HOST_GRANULE_GRANULE_H
#define HOST_GRANULE_GRANULE_H

#include "host/compat/kernel.h"

/*
 * Delegates [page, page + n): physically contiguous, allocated, not mapped anywhere. All or
 * nothing: on an error what was delegated is undelegated again, or leaked, which granule_free()
 * knows. May sleep.
 */
int granule_delegate(struct page *page, unsigned long n);

/*
 * Undelegates n pages. Those that the RMM keeps are counted and marked as leaked, and
 * granule_free() passes over them. Returns how many these are. May sleep.
 */
unsigned long granule_undelegate(struct page *page, unsigned long n);

/* For delegated pages after the machine was off, when nothing is in another world any more. */
void granule_forget(struct page *page, unsigned long n);

/*
 * For pages that are given to the RMM undelegated, which it may send to another world by itself:
 * the kernel does not touch them between granule_hide() and granule_show(). Delegation and
 * undelegation include these. May sleep.
 */
void granule_hide(struct page *page, unsigned long n);
void granule_show(struct page *page, unsigned long n);

/*
 * Frees n pages one by one (of an allocation that is split), but for those that are leaked: the RMM
 * may have kept some pages of a run. page->private is cleared.
 */
void granule_free(struct page *page, unsigned long n);

#endif
