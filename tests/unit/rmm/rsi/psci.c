/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI as a Realm sees it: docs/spec/rsi.md section 5. */
#include "realm_run.h"

#define ERR(e) ((uint64_t)(int64_t)(e))

static void test_version_and_features(void **state)
{
	static const struct {
		const char *rule;
		uint32_t fid;
		int64_t result;
	} rows[] = {
		{"PSCI_VERSION", PSCI_VERSION, 0},
		{"CPU_SUSPEND, 32", PSCI_CPU_SUSPEND32, 0},
		{"CPU_SUSPEND, 64", PSCI_CPU_SUSPEND64, 0},
		{"CPU_OFF", PSCI_CPU_OFF, 0},
		{"CPU_ON, 32", PSCI_CPU_ON32, 0},
		{"CPU_ON, 64", PSCI_CPU_ON64, 0},
		{"AFFINITY_INFO, 32", PSCI_AFFINITY_INFO32, 0},
		{"AFFINITY_INFO, 64", PSCI_AFFINITY_INFO64, 0},
		{"SYSTEM_OFF", PSCI_SYSTEM_OFF, 0},
		{"SYSTEM_RESET", PSCI_SYSTEM_RESET, 0},
		{"PSCI_FEATURES", PSCI_FEATURES, 0},
		{"SMCCC_VERSION", 0x80000000, 0},
		{"MIGRATE_INFO_TYPE", PSCI_MIGRATE_INFO_TYPE, -1},
		{"SYSTEM_RESET2", PSCI_SYSTEM_RESET2_64, -1},
		{"RSI_VERSION", RSI_VERSION, -1},
	};
	struct running t;

	running_begin(&t);
	SMC(&t, 0, PSCI_VERSION);
	assert_smc(&t, 0, PSCI_VERSION_1_1, 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SMC(&t, 0, PSCI_FEATURES, rows[i].fid);
		assert_smc_rule(rows[i].rule, &t, 0, ERR(rows[i].result), 0, 0);
	}
	/* The SVE hint is no part of the number. */
	SMC(&t, 0, PSCI_VERSION | 0x10000);
	assert_smc(&t, 0, PSCI_VERSION_1_1, 0, 0);
	SMC(&t, 0, PSCI_MIGRATE_INFO_TYPE);
	assert_smc(&t, 0, ERR(-1), 0, 0);
	running_end(&t);
}

static void test_cpu_on_errors(void **state)
{
	const struct {
		const char *rule;
		uint64_t fid, mpidr, entry;
		int64_t result;
	} rows[] = {
		{"the entry before the CPU", PSCI_CPU_ON64, 7, BIT(39), PSCI_INVALID_ADDRESS},
		{"a CPU that there is not", PSCI_CPU_ON64, 2, 0, PSCI_INVALID_PARAMETERS},
		{"reserved bits of MPIDR", PSCI_CPU_ON64, 0x10, 0, PSCI_INVALID_PARAMETERS},
		{"Aff1", PSCI_CPU_ON64, 0x100, 0, PSCI_INVALID_PARAMETERS},
		{"Aff2", PSCI_CPU_ON64, 0x10000, 0, PSCI_INVALID_PARAMETERS},
		{"Aff3", PSCI_CPU_ON64, BIT(32), 0, PSCI_INVALID_PARAMETERS},
		{"the caller", PSCI_CPU_ON64, 0, 0, PSCI_ALREADY_ON},
		{"bits 31 and 24 say nothing", PSCI_CPU_ON64, BIT(31) | BIT(24), 0,
		 PSCI_ALREADY_ON},
		{"32-bit calls have 32-bit arguments", PSCI_CPU_ON32, BIT(32), BIT(39),
		 PSCI_ALREADY_ON},
	};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SMC(&t, 0, rows[i].fid, rows[i].mpidr, rows[i].entry, 0);
		assert_smc_rule(rows[i].rule, &t, 0, ERR(rows[i].result), 0, 0);
	}
	/* A REC that was destroyed is no CPU. */
	assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, t.r.rec[1])).x[0], RMI_SUCCESS);
	undelegate(t.r.rec[1], 1);
	t.r.recs = 1;
	SMC(&t, 0, PSCI_CPU_ON64, 1, 0, 0);
	assert_smc(&t, 0, ERR(PSCI_INVALID_PARAMETERS), 0, 0);
	running_end(&t);
}

static void test_affinity_info(void **state)
{
	const struct {
		const char *rule;
		uint64_t mpidr, level, result;
	} rows[] = {
		{"the caller", 0, 0, PSCI_AFFINITY_ON},
		{"a CPU that is off", 1, 0, PSCI_AFFINITY_OFF},
		{"a level above 0", 0, 1, ERR(PSCI_INVALID_PARAMETERS)},
		{"a CPU that there is not", 2, 0, ERR(PSCI_INVALID_PARAMETERS)},
		{"reserved bits of MPIDR", 0x10, 0, ERR(PSCI_INVALID_PARAMETERS)},
	};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SMC(&t, 0, PSCI_AFFINITY_INFO64, rows[i].mpidr, rows[i].level);
		assert_smc_rule(rows[i].rule, &t, 0, rows[i].result, 0, 0);
	}
	realm_rec(&t.r, 1)->runnable = 1;
	SMC(&t, 0, PSCI_AFFINITY_INFO32, 1, 0);
	assert_smc(&t, 0, PSCI_AFFINITY_ON, 0, 0);
	running_end(&t);
}

static void assert_psci_exit(const struct running *t, uint64_t fid, uint64_t arg)
{
	assert_false(smc_returned);
	assert_int_equal(t->run->exit.exit_reason, RMI_EXIT_PSCI);
	assert_int_equal(t->run->exit.gprs[0], fid);
	assert_int_equal(t->run->exit.gprs[1], arg);
	for (int i = 2; i < RMI_REC_GPRS; i++)
		assert_int_equal(t->run->exit.gprs[i], 0);
}

static void test_power_exits(void **state)
{
	struct running t;

	running_begin(&t);
	SMC(&t, 0, PSCI_CPU_SUSPEND64, 0x10000, 0x5000, 77);
	assert_psci_exit(&t, PSCI_CPU_SUSPEND64, 0x10000);
	assert_int_equal(gprs(&t, 0)[0], 0);
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	SMC(&t, 0, PSCI_CPU_OFF);
	assert_psci_exit(&t, PSCI_CPU_OFF, 0);
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	realm_rec(&t.r, 0)->runnable = 1;
	SMC(&t, 0, PSCI_SYSTEM_OFF);
	assert_psci_exit(&t, PSCI_SYSTEM_OFF, 0);
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REALM);
	realm_rd(&t.r)->state = REALM_ACTIVE;
	SMC(&t, 0, PSCI_SYSTEM_RESET);
	assert_psci_exit(&t, PSCI_SYSTEM_RESET, 0);
	assert_int_equal(realm_rd(&t.r)->state, REALM_SYSTEM_OFF);
	running_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_and_features),
		cmocka_unit_test(test_cpu_on_errors),
		cmocka_unit_test(test_affinity_info),
		cmocka_unit_test(test_power_exits),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
