/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: costs in instructions, for runs under -icount shift=0, where the counter (1 GHz)
 * advances by one with each instruction. Averages include the measuring loop; nothing is
 * subtracted. Prints "NAME VALUE instructions".
 */
#include <print.h>
#include <sysreg.h>

#include "abi/firme.h"
#include "abi/smccc.h"
#include "tests/firmware/el2/firmware.h"

#define ROUNDS	   2000
#define GPI_SIZE   GIB(1)
#define GPI_ROUNDS (GPI_SIZE / GRANULE_SIZE)

/* SMCs back to back, with as little around them as the calling convention allows. */
static uint64_t measure_smc(uint64_t fid, uint64_t rounds)
{
	uint64_t start = timer_now();

	for (uint64_t i = 0; i < rounds; i++) {
		register uint64_t x0 __asm__("x0") = fid;

		__asm__ volatile("smc #0"
				 : "+r"(x0)
				 :
				 : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				   "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	}
	return timer_now() - start;
}

static void print_figure(const char *name, uint64_t total, uint64_t rounds)
{
	print("%s %lu instructions\n", name, (total + rounds / 2) / rounds);
}

static void bench_smc(const char *name, uint64_t fid)
{
	measure_smc(fid, 10); /* translation blocks and TLBs are warm */
	print_figure(name, measure_smc(fid, ROUNDS), ROUNDS);
}

static void bench_gpi(const char *name, uint64_t base, uint64_t gpi)
{
	uint64_t start = timer_now();
	uint64_t done;
	int64_t result = agent_gpi_set(base, GPI_ROUNDS, gpi, &done);
	uint64_t total = timer_now() - start;

	if (check(result == FIRME_SUCCESS && done == GPI_ROUNDS, "%s: all of 1 GiB moved", name))
		print_figure(name, total, GPI_ROUNDS);
}

void suite_bench(void)
{
	uint64_t base;

	check_eq(read_sysreg(cntfrq_el0), 1000000000, "the counter runs at 1 GHz");
	bench_smc("smccc_version", SMCCC_VERSION);
	if (!check(agent_present(), "the test RMM answers"))
		return;
	bench_smc("world_roundtrip", AGENT_NOP);
	if (!check(memory_find(GPI_SIZE, GPI_SIZE, &base), "a free aligned GiB (MEM=3G)"))
		return;
	bench_gpi("gpi_to_realm_per_4k", base, GPI_REALM);
	bench_gpi("gpi_to_ns_per_4k", base, GPI_NS);
}
