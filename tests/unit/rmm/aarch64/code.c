/* SPDX-License-Identifier: BSD-3-Clause */
/* Instruction caches: what CTR_EL0 and CLIDR_EL1 ask for, and the instructions that do it. */
#include "hw.h"

#define IDC	 BIT(28)
#define DIC	 BIT(29)
#define LINE_64	 (UINT64_C(4) << 16)
#define LINE_128 (UINT64_C(5) << 16)
#define LOUIS_1	 (UINT64_C(1) << 21)
#define LOC_2	 (UINT64_C(2) << 24)
#define LOUU_1	 (UINT64_C(1) << 27)

static void test_needed(void **state)
{
	static const struct {
		const char *rule;
		uint64_t ctr, clidr;
		bool clean, forget;
	} rows[] = {
		{"coherent", IDC | DIC, LOUIS_1 | LOC_2 | LOUU_1, false, false},
		{"DIC 0", IDC, LOUIS_1 | LOC_2 | LOUU_1, false, true},
		{"IDC 0", DIC, LOUIS_1 | LOC_2 | LOUU_1, true, false},
		{"neither", 0, LOUU_1 | LOC_2, true, true},
		{"unified caches (FEAT_S2FWB)", 0, LOC_2, false, true},
		{"no caches before the point of unification", 0, LOUU_1, false, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		hw_set("ctr_el0", rows[i].ctr);
		hw_set("clidr_el1", rows[i].clidr);
		code_init(&arch_features);
		assert_rule(rows[i].rule, arch_features.clean_code, rows[i].clean);
		assert_rule(rows[i].rule, arch_features.forget_code, rows[i].forget);
	}
}

static void test_nothing_to_do(void **state)
{
	arch_features.clean_code = arch_features.forget_code = false;
	arch_code_written((void *)0x1000, GRANULE_SIZE);
	arch_code_gone();
	assert_int_equal(hw_log_length, 0);
}

/* Every line once, then complete for all CPUs. */
static void check_clean(uint64_t ctr, uint64_t line)
{
	size_t lines = 2 * GRANULE_SIZE / line;

	hw_set("ctr_el0", ctr);
	arch_features.clean_code = true;
	hw_forget_log();
	arch_code_written((void *)0x1000, 2 * GRANULE_SIZE);
	assert_int_equal(hw_log_length, lines + 1);
	for (size_t i = 0; i < lines; i++) {
		assert_string_equal(hw_log[i].what, "dc cvau");
		assert_int_equal(hw_log[i].value, 0x1000 + i * line);
	}
	assert_string_equal(hw_log[lines].what, "dsb ish");
}

static void test_written(void **state)
{
	check_clean(LINE_64, 64);
	check_clean(LINE_128, 128);
}

static void test_gone(void **state)
{
	arch_features.forget_code = true;
	arch_code_gone();
	assert_int_equal(hw_log_length, 3);
	assert_string_equal(hw_log[0].what, "ic ialluis");
	assert_string_equal(hw_log[1].what, "dsb ish");
	assert_string_equal(hw_log[2].what, "isb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_needed, hw_reset),
		cmocka_unit_test_setup(test_nothing_to_do, hw_reset),
		cmocka_unit_test_setup(test_written, hw_reset),
		cmocka_unit_test_setup(test_gone, hw_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
