/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Granules given to the Realm world: delegation with accounting, and pools of granules for what a
 * VM needs beyond guest memory (RD, RTTs, RECs, memory donated to stateful operations).
 *
 * The one rule: a page that may be in another world is never handed to the kernel's allocator. What
 * cannot be undelegated is counted as leaked and kept. From before they may be in another world
 * until they cannot be any more, pages carry PageOffline, so that /proc/kcore, hibernation and
 * crash dumps pass them over, and are not in the kernel's linear map (linear_map.h).
 */
#ifndef HOST_GRANULE_H
#define HOST_GRANULE_H

#include "compat.h"

/*
 * Delegates [page, page + n): physically contiguous, allocated, not mapped anywhere. All or
 * nothing: on an error what was delegated is undelegated again (or leaked, which the result does
 * not tell: use granule_is_leaked()). May sleep.
 */
int granule_delegate(struct page *page, unsigned long n);

/*
 * Undelegates n pages. Pages that stay behind are counted and marked leaked; the number of them is
 * returned, 0 for all well. May sleep.
 */
unsigned long granule_undelegate(struct page *page, unsigned long n);

/* For delegated pages after the machine was off: nothing is in another world any more. */
void granule_forget(struct page *page, unsigned long n);

/*
 * For pages that the RMM gets undelegated and may send to another world by itself: the kernel does
 * not touch them from granule_hide() to granule_show(). Delegation includes both. May sleep.
 */
void granule_hide(struct page *page, unsigned long n);
void granule_show(struct page *page, unsigned long n);

/* The page must never be freed. */
bool granule_is_leaked(struct page *page);

struct cca_pool {
	struct mutex lock;
	struct list_head chunks;
};

void cca_pool_init(struct cca_pool *pool);
/* Gives all memory back; granules the RMM still holds are leaked. */
void cca_pool_destroy(struct cca_pool *pool);

/* One delegated granule. 0 or -ENOMEM, -EIO (the RMM refused). May sleep. */
int cca_pool_get(struct cca_pool *pool, u64 *pa);
/* The same beyond limits of memory and for a thread that is being killed: no -ENOMEM. */
int cca_pool_get_sure(struct cca_pool *pool, u64 *pa);
/*
 * 2^order contiguous, naturally aligned granules, delegated or not. Granules of it may be put back
 * one by one.
 */
int cca_pool_get_block(struct cca_pool *pool, unsigned int order, bool delegated, u64 *pa);
/* Puts back a granule of this pool that is in the state it was got in. */
void cca_pool_put(struct cca_pool *pool, u64 pa);
/* Gives back what is free; what the RMM still has stays its own, which is no leak (rmm_owned). */
void cca_pool_abandon(struct cca_pool *pool);
/* The machine was off: all of it is the host's, whoever had it. */
void cca_pool_forget(struct cca_pool *pool);

#endif
