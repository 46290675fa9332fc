/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between a pool and the lists by which a stateful RMI operation gets and returns memory. For
 * rmi/op.c.
 */
#ifndef HOST_GRANULE_DONATIONS_H
#define HOST_GRANULE_DONATIONS_H

#include "host/granule/pool.h"

#define DONATIONS_MAX 256 /* entries that a list is filled with at most */

/*
 * Fills list[] with what the RMM's request word asks for, and returns the number of entries: fewer
 * than asked for if memory ran out, 0 too for a request that cannot be served (conditional
 * donation, sizes beyond the page allocator).
 *
 * must: an operation that cannot be cancelled would keep its context in the RMM, and what it has of
 * our memory, for good if it got nothing (TF-RMM: REC_CREATE). It may be fed bit by bit, so the
 * first granule of its list is got beyond limits of memory; the rest may fail.
 */
unsigned int donations_fill(struct cca_pool *pool, u64 request, bool must, u64 *list);

/* Puts back all granules of a list but for the first `kept` of them. */
void donations_put(struct cca_pool *pool, const u64 *list, unsigned int entries, u64 kept);

#endif
