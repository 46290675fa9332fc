/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pools of granules: for what a VM needs beyond guest memory (RD, RTTs, RECs, memory donated to
 * stateful operations), and what the RMM asks for at its activation. For everybody above granule/.
 */
#ifndef HOST_GRANULE_POOL_H
#define HOST_GRANULE_POOL_H

#include "host/compat/kernel.h"

struct cca_pool {
	struct mutex lock;
	struct list_head chunks;
};

void cca_pool_init(struct cca_pool *pool);
/* Gives all memory back; granules the RMM still holds are leaked. */
void cca_pool_destroy(struct cca_pool *pool);

/* One delegated granule. 0 or -ENOMEM, -EIO (the RMM refused). May sleep. */
int cca_pool_get(struct cca_pool *pool, u64 *pa);
/* The same, beyond limits of memory and for a thread that is being killed: never -ENOMEM. */
int cca_pool_get_sure(struct cca_pool *pool, u64 *pa);
/*
 * 2^order contiguous, naturally aligned granules, delegated or not. Granules of it may be put back
 * one by one.
 */
int cca_pool_get_block(struct cca_pool *pool, unsigned int order, bool delegated, u64 *pa);
/* Puts back a granule of this pool. It must be in the state it was got in. */
void cca_pool_put(struct cca_pool *pool, u64 pa);
/*
 * Gives back what is free. What is in use stays the RMM's, which is no leak but counted as
 * rmm_owned.
 */
void cca_pool_abandon(struct cca_pool *pool);
/* After the machine was off: all of the pool is the host's, whoever had it. */
void cca_pool_forget(struct cca_pool *pool);

#endif
