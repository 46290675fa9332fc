/* SPDX-License-Identifier: BSD-3-Clause */
/* Start of the portable RMM. */
#include "rmm/arch/arch.h"
#include "rmm/core/core.h"

struct arch_features arch_features;

void core_init(const struct granule_bank *banks, size_t count, void *table)
{
	granule_init(banks, count, table);
}
