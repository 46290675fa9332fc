/* SPDX-License-Identifier: BSD-3-Clause */
/* The PMU between host and Realm: what has to come before what. */
#include "hw.h"
#include "rmm/arch/aarch64/pmu.h"
#include "rmm/arch/aarch64/regs.h"

#define COUNTERS 2
#define OVERFLOW BIT(31)

static struct rec rec;

static int setup(void **state)
{
	memset(&rec, 0, sizeof(rec));
	rec.config.pmu = true;
	rec.config.pmu_num_ctrs = COUNTERS;
	rec.regs.pmu.pmcr = PMCR_E;
	rec.regs.pmu.pmovsset = rec.regs.pmu.pmintenset = rec.regs.pmu.pmcntenset = OVERFLOW;
	return hw_reset(state);
}

/* The counters stand still before they are read, or an overflow could get lost in between. */
static void test_stopped_before_read(void **state)
{
	pmu_to_rec(&hw_cpu, &rec);
	hw_forget_log();
	pmu_to_host(&hw_cpu, &rec);
	assert_int_equal(hw_log[0].value & PMCR_E, 0);
	assert_string_equal(hw_log[0].what, "pmcr_el0");
	assert_string_equal(hw_log[1].what, "isb");
	assert_int_equal(rec.regs.pmu.pmcr, PMCR_E);
	assert_int_equal(rec.regs.pmu.pmovsset, OVERFLOW);
}

/* The interrupt is requested as the architecture has it: E, and a counter's flag and enable. */
static void test_overflow(void **state)
{
	assert_true(pmu_overflow(&rec));
	rec.regs.pmu.pmcr = 0;
	assert_false(pmu_overflow(&rec));
	rec.regs.pmu.pmcr = PMCR_E;
	rec.regs.pmu.pmintenset = BIT(0);
	assert_false(pmu_overflow(&rec));
	rec.regs.pmu.pmovsset |= BIT(0);
	assert_true(pmu_overflow(&rec));
}

/* An overflow that comes while the Realm is left is reported with this exit, not with the next. */
static void test_late_overflow(void **state)
{
	rec.regs.pmu.pmovsset = 0;
	pmu_to_rec(&hw_cpu, &rec);
	write_sysreg(pmovsset_el0, OVERFLOW);
	pmu_to_host(&hw_cpu, &rec);
	assert_true(pmu_overflow(&rec));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_stopped_before_read, setup),
		cmocka_unit_test_setup(test_overflow, setup),
		cmocka_unit_test_setup(test_late_overflow, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
