/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Conformance payload: boot, and the choice of tests by suite=NAME on the command line. With
 * rounds=N each of them runs so many times.
 */
#include <string.h>
#include "tests/conformance/conformance.h"
#include "tests/lib/bare/main.h"

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

/* What stands behind name= on the command line. */
static const char *argument(const char *name, const char *otherwise)
{
	size_t length = strlen(name);

	for (const char *at = fdt.bootargs; *at; at++) {
		if ((at == fdt.bootargs || at[-1] == ' ') && !strncmp(at, name, length))
			return at + length;
	}
	return otherwise;
}

static uint32_t number(const char *digits)
{
	uint32_t value = 0;

	while (*digits >= '0' && *digits <= '9')
		value = value * 10 + (uint32_t)(*digits++ - '0');
	return value;
}

static void run_test(void (*run)(void), uint32_t rounds)
{
	for (uint32_t i = 0; i < rounds; i++) {
		uint64_t before = pool_in_use();

		run();
		check_eq(pool_in_use(), before, "no granule stayed behind");
	}
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
	uint32_t rounds;
	bool found = false;

	mmu_build_el2(&map, 0);
	main_enable_mmu();
	if (!check(fdt_read(fdt_pa), "a device tree is in X0"))
		tap_finish();
	memory_init();
	pool_init();
	gic_init_cpu();
	wanted = argument("suite=", "all");
	rounds = number(argument("rounds=", "1"));
	note("conformance: %u CPUs, suite %s, %u times", fdt.nr_cpus, wanted, rounds);
	test_activate(is_wanted(wanted, "host"));
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!is_wanted(wanted, tests[i].suite))
			continue;
		found = rounds > 0;
		run_test(tests[i].run, rounds);
	}
	check(found, "the command line names a suite and a number of rounds");
	tap_finish();
}
