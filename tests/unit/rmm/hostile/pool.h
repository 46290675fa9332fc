/* SPDX-License-Identifier: BSD-3-Clause */
/* The granules hostile hosts fight for. */
#ifndef TESTS_HOSTILE_POOL_H
#define TESTS_HOSTILE_POOL_H

#include "machine.h"

#define POOL_PAGES	48
#define POOL_BASE	(BANK1_BASE + GIB(1) + MIB(4))
#define POOL_PAGE(i)	(POOL_BASE + (uint64_t)(i)*GRANULE_SIZE)
/* Usually RDs, their root tables, and RECs. */
#define POOL_RDS	2
#define POOL_RECS	4
/* The others: tables, data, donations. */
#define POOL_FIRST_FREE (2 * POOL_RDS + POOL_RECS)

/* 2 MiB for block mappings. */
#define BLOCK_BASE (BANK1_BASE + GIB(1))

/* Host pages that are never delegated: parameters, lists, run pages. */
#define SCRATCH_BASE (BANK1_BASE + GIB(1) + MIB(8))

#endif
