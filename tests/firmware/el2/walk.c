/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: granule protection faults met by translation table walks. At EL1, the range of
 * TTBR1_EL1 is translated by a chain of tables in granules of their own; each is made Realm in
 * turn: the walk faults with the level in the fault status code (0x23-0x27).
 *
 * QEMU up to at least 10.0 ends with an assertion (report_as_gpc_exception: fi->level) when the
 * level is not 0 or 1; suite=walk leaves those out, suite=walk-all is for a machine without this.
 */
#include <string.h>
#include <sysreg.h>

#include "abi/firme.h"
#include "tests/firmware/el2/firmware.h"

#define TABLE	   3u
#define PAGE	   3u
#define AF	   BIT(10)
#define LEVELS	   5 /* -1 to 3 */
#define DATA	   LEVELS
#define T1SZ_48	   16
#define T1SZ_52	   12
#define VA_FIRST48 UINT64_C(0xffff000000000000)
#define VA_FIRST52 UINT64_C(0xfff0000000000000)

/* Granules [0, LEVELS) are the tables of level -1 to 3, then the data page. */
static void build_chain(uint64_t pa)
{
	memset((void *)pa, 0, (LEVELS + 1) * GRANULE_SIZE);
	for (unsigned int i = 0; i < LEVELS; i++)
		*(volatile uint64_t *)(pa + i * GRANULE_SIZE) =
			(pa + (i + 1) * GRANULE_SIZE) | TABLE | (i == LEVELS - 1 ? AF | PAGE : 0);
	*(volatile uint64_t *)(pa + DATA * GRANULE_SIZE) = 0x77616c6b;
	dsb(sy);
}

struct el1_read {
	uint64_t va;
	struct probe probe;
};

static uint64_t read_at_el1(struct el1_read *read)
{
	read->probe = probe_read64(read->va);
	return 0;
}

static struct probe el1_read(uint64_t ttbr1, unsigned int t1sz)
{
	struct el1_read read = {t1sz == T1SZ_52 ? VA_FIRST52 : VA_FIRST48, {0, 0}};

	el1_run(read_at_el1, (uint64_t)&read, ttbr1, t1sz);
	return read.probe;
}

static void check_walk(uint64_t pa, unsigned int t1sz, int first_level, bool all_levels)
{
	uint64_t ttbr1 = pa + (uint64_t)(first_level + 1) * GRANULE_SIZE;
	unsigned int bits = 64 - t1sz;

	check_eq(el1_read(ttbr1, t1sz).value, 0x77616c6b, "%u-bit walk: the page is there", bits);
	for (int level = first_level; level <= 3; level++) {
		uint64_t table = pa + (uint64_t)(level + 1) * GRANULE_SIZE;
		struct probe probe;

		if (!all_levels && (level < 0 || level > 1)) {
			skip("%u-bit walk: Realm table of level %d: QEMU would abort", bits, level);
			continue;
		}
		agent_gpi_set(table, 1, GPI_REALM, NULL);
		probe = el1_read(ttbr1, t1sz);
		check(ESR_EC(probe.esr) == EC_DABT_SAME, "%u-bit walk: a data abort at EL1", bits);
		check_eq(ESR_FSC(probe.esr), (uint64_t)(FSC_GPF_WALK + level),
			 "%u-bit walk: Realm table of level %d", bits, level);
		agent_gpi_set(table, 1, GPI_NS, NULL);
	}
	agent_gpi_set(pa + DATA * GRANULE_SIZE, 1, GPI_REALM, NULL);
	check_eq(ESR_FSC(el1_read(ttbr1, t1sz).esr), FSC_GPF, "%u-bit walk: Realm page", bits);
	agent_gpi_set(pa + DATA * GRANULE_SIZE, 1, GPI_NS, NULL);
	check_eq(el1_read(ttbr1, t1sz).value, 0x77616c6b, "%u-bit walk: all back again", bits);
}

static void check_walks(bool all_levels)
{
	uint64_t tgran4 = FIELD(read_sysreg(id_aa64mmfr0_el1), 31, 28);
	uint64_t pa;

	if (!check(agent_present(), "the test RMM answers"))
		return;
	if (!check(memory_find(MIB(2), MIB(2), &pa), "memory for tables"))
		return;
	build_chain(pa);
	check_walk(pa, T1SZ_48, 0, all_levels);
	if (tgran4 >= 1 && tgran4 < 0xf)
		check_walk(pa, T1SZ_52, -1, all_levels);
	else
		skip("52-bit walk: no FEAT_LPA2");
}

void suite_walk(void)
{
	check_walks(false);
}

void suite_walk_all(void)
{
	check_walks(true);
}
