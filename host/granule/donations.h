/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moves granules between a pool and the lists by which a stateful RMI operation gets and returns
 * memory. rmi/op.c is the user.
 */
#ifndef HOST_GRANULE_DONATIONS_H
#define HOST_GRANULE_DONATIONS_H

#include "host/granule/pool.h"

#define DONATIONS_MAX 256 /* entries that a list is filled with at most */

/*
 * Fills list[] with what the RMM's request word asks for, and returns the number of entries. There
 * are fewer than asked for if memory ran out, and none for a request that cannot be served
 * (conditional donation, sizes beyond the page allocator).
 *
 * must: the operation cannot be cancelled (TF-RMM's REC_CREATE). If it got nothing it would keep
 * its context in the RMM, and the memory it has already, for good. Because it may be fed bit by
 * bit, only the first granule of the list is taken in spite of limits of memory; the others may
 * fail.
 */
unsigned int donations_fill(struct cca_pool *pool, u64 request, bool must, u64 *list);

/* Puts back all granules of a list but for the first `kept` of them. */
void donations_put(struct cca_pool *pool, const u64 *list, unsigned int entries, u64 kept);

#endif
