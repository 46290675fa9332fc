/* SPDX-License-Identifier: BSD-3-Clause */
/* The RMM's own life, see life.h. */
#include "rmm/arch/arch.h"
#include "rmm/core/life.h"

#define LIFE_ACTIVE BIT(63) /* below: number of granules that are not the host's */

static uint64_t life;

bool life_active(void)
{
	return __atomic_load_n(&life, __ATOMIC_ACQUIRE) & LIFE_ACTIVE;
}

bool life_start(void)
{
	return !(__atomic_fetch_or(&life, LIFE_ACTIVE, __ATOMIC_ACQ_REL) & LIFE_ACTIVE);
}

bool life_stop(void)
{
	uint64_t idle = LIFE_ACTIVE;

	return __atomic_compare_exchange_n(&life, &idle, 0, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

bool life_take(size_t n)
{
	if (__atomic_fetch_add(&life, n, __ATOMIC_ACQ_REL) & LIFE_ACTIVE)
		return true;
	life_give_back(n);
	return false;
}

void life_give_back(size_t n)
{
	uint64_t before = __atomic_fetch_sub(&life, n, __ATOMIC_ACQ_REL);

	RMM_ASSERT((before & ~LIFE_ACTIVE) >= n);
}

uint64_t life_granules(void)
{
	return __atomic_load_n(&life, __ATOMIC_RELAXED) & ~LIFE_ACTIVE;
}
