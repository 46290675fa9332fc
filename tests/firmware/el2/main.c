/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: boot, and the choice of suites by suite=NAME on the command line. */
#include <stddef.h>
#include <string.h>
#include "tests/firmware/el2/firmware.h"
#include "tests/lib/bare/main.h"

static struct mmu_map map;

static const struct suite {
	const char *name;
	void (*run)(void);
	bool in_el3; /* part of suite=el3 */
} suites[] = {
	{"smccc", suite_smccc, true},
	{"psci", suite_psci, true},
	{"trng", suite_trng, true},
	{"record", suite_record, true},
	{"rmi", suite_rmi, true},
	{"switch", suite_switch, true},
	{"world", suite_world, true},
	{"granule", suite_granule, true},
	{"walk", suite_walk, true},
	{"smp", suite_smp, true},
	{"sve", suite_sve, true},
	{"storm", suite_storm, true},
	{"normm", suite_normm, false},
	{"warmfail", suite_warmfail, false},
	{"reset", suite_reset, false},
	{"bench", suite_bench, false},
	{"walk-all", suite_walk_all, false},
};

void main_enable_mmu(void)
{
	mmu_enable_el2(&map);
}

static bool is_word(const char *at, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(at, word, length) && (at[length] == '\0' || at[length] == ' ');
}

static const char *suite_argument(void)
{
	const char *at = fdt.bootargs;

	for (; *at; at++) {
		if ((at == fdt.bootargs || at[-1] == ' ') && !strncmp(at, "suite=", 6))
			return at + 6;
	}
	return "el3";
}

static void describe(void)
{
	note("EL2 payload: %u CPUs, command line \"%s\"", fdt.nr_cpus, fdt.bootargs);
	for (uint32_t i = 0; i < fdt.nr_dram; i++)
		note("DRAM 0x%lx + 0x%lx", fdt.dram[i].base, fdt.dram[i].size);
	for (uint32_t i = 0; i < fdt.nr_reserved; i++)
		note("reserved 0x%lx + 0x%lx", fdt.reserved[i].base, fdt.reserved[i].size);
}

void main_boot(uint64_t fdt_pa)
{
	const char *wanted;
	bool found = false;

	mmu_build_el2(&map, 0);
	main_enable_mmu();
	if (!fdt_read(fdt_pa)) {
		check(false, "X0 is a device tree with memory and CPUs");
		tap_finish();
	}
	memory_init();
	describe();
	wanted = suite_argument();
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
		if (!is_word(wanted, suites[i].name) &&
		    !(is_word(wanted, "el3") && suites[i].in_el3))
			continue;
		found = true;
		note("suite %s", suites[i].name);
		suites[i].run();
	}
	if (!found)
		check(false, "the command line names a suite");
	tap_finish();
}
