/* SPDX-License-Identifier: BSD-3-Clause */
/* Discovery, configuration, activation, dispatch: abi/rmi-2.0.md sections 1 to 3. */
#include "abi/rmi_ext.h"
#include "host.h"

static int setup(void **state)
{
	machine_init();
	return 0;
}

static void test_version(void **state)
{
	static const uint64_t wrong[] = {0, 0x10000, 0x20001, 0x30000, 0x120000000};
	struct rmi_regs r = RMI(RMI_VERSION, RMI_VERSION_2_0);

	assert_int_equal(r.x[0], RMI_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		r = RMI(RMI_VERSION, wrong[i]);
		assert_int_equal(r.x[0], RMI_ERROR_INPUT);
		assert_int_equal(r.x[1], RMI_VERSION_2_0);
		assert_int_equal(r.x[2], RMI_VERSION_2_0);
	}
}

static void test_features(void **state)
{
	/* 48 bits, LPA2, SVE 2048 bits, 6 breakpoints, 4 watchpoints, PMU with 6 counters. */
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1],
			 48 | 1 << 8 | 1 << 9 | 15 << 10 | 5 << 14 | 3 << 20 | 1 << 26 | 6u << 27);
	/* 4K, all three hashes, 512 RECs, PPS 2. */
	assert_int_equal(RMI(RMI_FEATURES, 1).x[1], 1 | 7 << 3 | 9 << 6 | 2 << 14);
	for (uint64_t i = 2; i < 8; i++) {
		struct rmi_regs r = RMI(RMI_FEATURES, i);

		assert_int_equal(r.x[0], RMI_SUCCESS);
		assert_int_equal(r.x[1], 0);
	}
	assert_int_equal(RMI(RMI_FEATURES, RMI_FEATURES_EXT).x[1],
			 RMI_FEATURE_EXT_DATA_MAP_INIT_RANGE | RMI_FEATURE_EXT_TIMER_LR |
				 RMI_FEATURE_EXT_WFI);
	arch_features = (struct arch_features){.pa_bits = 52};
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 48);
	arch_features.pa_bits = 40;
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 40);
	arch_features = (struct arch_features){.pa_bits = 52, .lpa2 = true};
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 52 | 1 << 8);
	machine_default_features();
}

/* Results: X1 to X3 zero when unused, X4 to X7 the caller's. */
static void test_registers(void **state)
{
	struct rmi_regs r = {{RMI_FEATURES, 2, 22, 33, 44, 55, 66, 77}};

	rmi2_handle(&r);
	assert_int_equal(r.x[1], 0);
	assert_int_equal(r.x[2], 0);
	assert_int_equal(r.x[3], 0);
	for (uint64_t i = 4; i < 8; i++)
		assert_int_equal(r.x[i], i * 11);
	/* The SVE hint is no part of the number. */
	assert_int_equal(RMI(RMI_VERSION | RMI_FID_SVE_HINT, RMI_VERSION_2_0).x[0], RMI_SUCCESS);
}

static void test_unknown(void **state)
{
	static const uint64_t fids[] = {
		RMI_FID(0x14f), RMI_FID(0x151), RMI_FID(0x152),
		RMI_FID(0x154), RMI_FID(0x212), RMI_FID(0x2bf),
		RMI_FID(0x2c1), RMI_FID(0x162), 0,
		0x84000150,	0xc4000000,	RMI_FID(0xffff),
	};

	for (size_t i = 0; i < ARRAY_SIZE(fids); i++)
		assert_int_equal(RMI(fids[i]).x[0], ~0ull);
}

static void test_config(void **state)
{
	uint64_t pa = host_pages(1), secure = host_pages(1);
	uint64_t *config = host_ptr(pa);

	machine_set_pas(secure, PAS_SECURE);
	config[0] = config[1] = 0x5a;
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_GET, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_GET, pa + 8);
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_GET, 0x1000);
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_GET, secure);
	assert_int_equal(config[0], 0x5a);
	assert_ok(RMI_RMM_CONFIG_GET, pa);
	assert_int_equal(config[0], 0);
	assert_int_equal(config[1], 0);

	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_SET, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_SET, pa + 0x800);
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_SET, secure);
	config[0] = 1;
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_SET, pa);
	config[0] = 0;
	config[1] = 1;
	assert_rmi(RMI_ERROR_INPUT, RMI_RMM_CONFIG_SET, pa);
	config[1] = 0;
	assert_ok(RMI_RMM_CONFIG_SET, pa);
	machine_set_pas(secure, PAS_NS);
}

/* Before RMM_ACTIVATE only discovery works; after it, all but configuration. Runs last. */
static void test_activation(void **state)
{
	static const uint64_t early[] = {
		RMI_GRANULE_RANGE_DELEGATE,
		RMI_REALM_CREATE,
		RMI_REC_ENTER,
		RMI_RTT_CREATE,
		RMI_OP_CONTINUE,
		RMI_PSCI_COMPLETE,
		RMI_PDEV_FIRST,
		RMI_RTT_SET_S2AP,
	};

	for (size_t i = 0; i < ARRAY_SIZE(early); i++)
		assert_rmi(RMI_ERROR_GLOBAL, early[i]);
	assert_ok(RMI_RMM_ACTIVATE);
	assert_rmi(RMI_ERROR_GLOBAL, RMI_RMM_ACTIVATE);
	assert_rmi(RMI_ERROR_GLOBAL, RMI_RMM_CONFIG_SET, host_pages(1));
	assert_ok(RMI_RMM_CONFIG_GET, host_pages(1));
	assert_rmi(RMI_ERROR_INPUT, RMI_GRANULE_RANGE_DELEGATE, 0, 0);
}

/* Commands of features that are not there. */
static void test_not_supported(void **state)
{
	static const uint16_t fnums[] = {
		0x163, 0x16a, 0x16d, 0x16f, 0x170, 0x174, 0x17c, 0x17d, 0x17f, 0x180, 0x184,
		0x185, 0x18a, 0x18b, 0x18e, 0x1d0, 0x1d3, 0x1d7, 0x1dc, 0x1e0, 0x1e3, 0x1ee,
		0x1f0, 0x1f4, 0x1f7, 0x1fa, 0x1fd, 0x200, 0x204, 0x207, 0x20b, 0x211,
	};

	for (size_t i = 0; i < ARRAY_SIZE(fnums); i++)
		assert_rmi(RMI_ERROR_NOT_SUPPORTED, RMI_FID((uint64_t)fnums[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version),	      cmocka_unit_test(test_features),
		cmocka_unit_test(test_registers),     cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_config),	      cmocka_unit_test(test_activation),
		cmocka_unit_test(test_not_supported),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
