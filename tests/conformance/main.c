/* SPDX-License-Identifier: BSD-3-Clause */
/* Conformance payload: boot, and the choice of tests by suite=NAME on the command line. */
#include <string.h>
#include "tests/conformance/conformance.h"
#include "tests/payload/host/main.h"

static struct mmu_map map;

static const struct {
	const char *suite; /* part of suite=all, too, except bench and big */
	void (*run)(void);
} tests[] = {
	{"host", test_features},
	{"host", test_ranges},
	{"host", test_realm_create},
	{"host", test_realm_life},
	{"host", test_rtt},
	{"host", test_data},
	{"host", test_unprotected},
	{"host", test_rec_create},
	{"host", test_rec_enter},
	{"rsi", test_entry_state},
	{"rsi", test_measurement},
	{"rsi", test_rsi},
	{"rsi", test_host_call},
	{"rsi", test_ripas},
	{"trap", test_aborts},
	{"trap", test_mmio},
	{"trap", test_traps},
	{"token", test_token},
	{"trap", test_id_registers},
	{"timer", test_timers},
	{"timer", test_interrupts},
	{"psci", test_psci},
	{"state", test_sve},
	{"state", test_pauth},
	{"state", test_debug},
	{"state", test_pmu},
	{"smp", test_isolation},
	{"smp", test_migration},
	{"smp", test_parallel},
	{"map", test_shapes},
	{"map", test_blocks},
	{"big", test_gib_block},
	{"state", test_registers},
	{"hostile", test_hostile},
	{"linux", test_linux},
	{"vtcr", test_invalidation},
	{"bench", bench},
};

void main_enable_mmu(void)
{
	mmu_enable_el2(&map);
}

static const char *suite_argument(void)
{
	for (const char *at = fdt.bootargs; *at; at++) {
		if ((at == fdt.bootargs || at[-1] == ' ') && !strncmp(at, "suite=", 6))
			return at + 6;
	}
	return "all";
}

static bool is_wanted(const char *argument, const char *suite)
{
	size_t length = strlen(suite);

	if (!strncmp(argument, suite, length) &&
	    (argument[length] == '\0' || argument[length] == ' '))
		return true;
	return !strncmp(argument, "all", 3) && strcmp(suite, "bench") && strcmp(suite, "big");
}

void main_boot(uint64_t fdt_pa)
{
	const char *wanted;
	bool found = false;

	mmu_build_el2(&map, 0);
	main_enable_mmu();
	if (!check(fdt_read(fdt_pa), "a device tree is in X0"))
		tap_finish();
	memory_init();
	pool_init();
	gic_init_cpu();
	wanted = suite_argument();
	note("conformance: %u CPUs, suite %s", fdt.nr_cpus, wanted);
	test_activate(is_wanted(wanted, "host"));
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		uint64_t before = pool_in_use();

		if (!is_wanted(wanted, tests[i].suite))
			continue;
		found = true;
		tests[i].run();
		check_eq(pool_in_use(), before, "no granule stayed behind");
	}
	check(found, "the command line names a suite");
	tap_finish();
}
