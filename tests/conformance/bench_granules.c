/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What it costs to delegate and undelegate one granule, whatever the Granule Protection Table is
 * like around it: EL3 may use descriptors for 2, 32 and 512 MiB, and has to divide and join them.
 */
#include "tests/conformance/bench.h"

static struct worst there = {.name = "granule_delegate_one"},
		    back = {.name = "granule_undelegate_one"};

static void add(struct worst *w, uint64_t fid, uint64_t pa, const char *situation)
{
	uint64_t out[2], ticks = 0;
	uint64_t status = bench_timed(fid, pa, pa + GRANULE_SIZE, 0, 0, 0, out, &ticks);

	worst_add(w, status == RMI_SUCCESS && out[0] == pa + GRANULE_SIZE, ticks, situation);
}

/* One granule is delegated and comes back; all others belong to the host. */
static void among_host(uint64_t pa, const char *situation)
{
	add(&there, RMI_GRANULE_RANGE_DELEGATE, pa, situation);
	add(&back, RMI_GRANULE_RANGE_UNDELEGATE, pa, situation);
}

/* One granule comes back and is delegated again; all others are delegated. */
static void among_delegated(uint64_t pa, const char *situation)
{
	add(&back, RMI_GRANULE_RANGE_UNDELEGATE, pa, situation);
	add(&there, RMI_GRANULE_RANGE_DELEGATE, pa, situation);
}

void bench_granules(void)
{
	uint64_t base, middle;

	if (!check(memory_find(MIB(512), MIB(512), &base), "512 free MiB (MEM=2G)"))
		return;
	middle = base + MIB(256) + MIB(2) + KIB(20);
	among_host(middle, "in 512 MiB as they are after boot");
	among_host(middle, "in 512 MiB that were whole before");
	delegate(base, 1);
	among_host(middle, "in whole 32 MiB");
	among_host(base + GRANULE_SIZE, "beside a delegated granule");
	among_host(base + MIB(2), "in whole 2 MiB");
	undelegate(base, 1);
	delegate(base, MIB(512) / GRANULE_SIZE);
	among_delegated(middle, "in 512 delegated MiB");
	undelegate(base, 1);
	among_delegated(middle, "in 32 delegated MiB");
	among_delegated(base + MIB(2), "in 2 delegated MiB");
	among_delegated(base + GRANULE_SIZE, "beside the host's");
	delegate(base, 1);
	check(undelegate(base, MIB(512) / GRANULE_SIZE), "all of it is the host's again");
	worst_figure(&there);
	worst_figure(&back);
}
