/* SPDX-License-Identifier: BSD-3-Clause */
/* The granules the tests use: a bit map over one region of free DRAM. CPU 0 only. */
#include <string.h>
#include "tests/conformance/conformance.h"

#define POOL_SIZE     MIB(192)
#define POOL_GRANULES (POOL_SIZE / GRANULE_SIZE)

static uint64_t base;
static uint8_t taken[POOL_GRANULES];
static uint64_t in_use;
static uint8_t taken_then[POOL_GRANULES];
static uint64_t in_use_then;

static void __attribute__((noreturn)) stop(const char *why)
{
	check(false, "the payload's own memory: %s", why);
	tap_finish();
}

void pool_init(void)
{
	if (!memory_find(POOL_SIZE, MIB(2), &base))
		stop("no free region");
}

static bool is_free(uint64_t first, uint64_t granules)
{
	for (uint64_t i = first; i < first + granules; i++) {
		if (taken[i])
			return false;
	}
	return true;
}

static void mark(uint64_t first, uint64_t granules, uint8_t value)
{
	for (uint64_t i = first; i < first + granules; i++) {
		if (taken[i] == value)
			stop("given back twice");
		taken[i] = value;
	}
}

uint64_t pool_take_aligned(uint64_t granules, uint64_t align)
{
	uint64_t first = (align_up(base, align) - base) / GRANULE_SIZE;

	for (; first + granules <= POOL_GRANULES; first += align / GRANULE_SIZE) {
		if (!is_free(first, granules))
			continue;
		mark(first, granules, 1);
		in_use += granules;
		return base + first * GRANULE_SIZE;
	}
	stop("used up");
}

uint64_t pool_take(uint64_t granules)
{
	return pool_take_aligned(granules, GRANULE_SIZE);
}

void pool_give(uint64_t pa, uint64_t granules)
{
	uint64_t first = (pa - base) / GRANULE_SIZE;

	if (!is_aligned(pa, GRANULE_SIZE) || pa < base || first + granules > POOL_GRANULES)
		stop("given back, but not from here");
	mark(first, granules, 0);
	in_use -= granules;
}

uint64_t pool_in_use(void)
{
	return in_use;
}

void pool_mark(uint64_t *first, uint64_t *end)
{
	memcpy(taken_then, taken, sizeof(taken));
	in_use_then = in_use;
	*first = base;
	*end = base + POOL_SIZE;
}

void pool_rewind(void)
{
	memcpy(taken, taken_then, sizeof(taken));
	in_use = in_use_then;
}

void rmi_call(struct smc_regs *regs)
{
	const struct smc_regs in = *regs;
	uint64_t end = timer_now() + timer_seconds(10);

	do {
		*regs = in;
		smc_call(regs);
	} while ((RMI_STATUS(regs->x[0]) == RMI_BUSY || RMI_STATUS(regs->x[0]) == RMI_BLOCKED) &&
		 timer_now() < end);
}

/* The loop ends at a call that makes no progress, because it would not end otherwise. */
static bool move(uint64_t fid, uint64_t pa, uint64_t granules)
{
	uint64_t top = pa + granules * GRANULE_SIZE;

	while (pa < top) {
		struct smc_regs r = RMI(fid, pa, top);

		if (r.x[0] != RMI_SUCCESS || r.x[1] <= pa || r.x[1] > top)
			return false;
		pa = r.x[1];
	}
	return true;
}

bool delegate(uint64_t pa, uint64_t granules)
{
	return move(RMI_GRANULE_RANGE_DELEGATE, pa, granules);
}

bool undelegate(uint64_t pa, uint64_t granules)
{
	return move(RMI_GRANULE_RANGE_UNDELEGATE, pa, granules);
}

uint64_t take_delegated(uint64_t granules)
{
	uint64_t pa = pool_take(granules);

	if (!delegate(pa, granules))
		stop("cannot be delegated");
	return pa;
}

/* Granules that cannot be undelegated stay taken, which pool_in_use() shows. */
bool give_delegated(uint64_t pa, uint64_t granules)
{
	if (!undelegate(pa, granules))
		return false;
	pool_give(pa, granules);
	return true;
}

bool host_can_read(uint64_t pa)
{
	return probe_read64(pa).esr == 0;
}

bool host_faults(uint64_t pa)
{
	struct probe probe = probe_read64(pa);

	return ESR_EC(probe.esr) == EC_DABT_SAME && ESR_FSC(probe.esr) == FSC_GPF;
}
