/* SPDX-License-Identifier: BSD-3-Clause */
/* Start of the portable RMM: what the boot code calls once, on the first CPU, MMU on. */
#ifndef RMM_CORE_CORE_H
#define RMM_CORE_CORE_H

#include "rmm/core/granule.h"

/*
 * DRAM banks of the boot manifest, and zeroed memory of granule_table_size() bytes for the granule
 * table (8-byte aligned). arch_features must be filled before.
 */
void core_init(const struct granule_bank *banks, size_t count, void *table);

#endif
