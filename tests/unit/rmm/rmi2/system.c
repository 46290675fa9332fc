/* SPDX-License-Identifier: BSD-3-Clause */
/* Discovery, configuration, activation and its end: docs/spec/rmi-2.0.md sections 3 and 18. */
#include "abi/rmi_ext.h"
#include "host.h"
#include "rmm/core/life.h"
#include "rmm/rmi2/handlers.h"

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
	/* 48 bits, LPA2, SVE 2048 bits, 6 breakpoints, 4 watchpoints, PMU with 6 counters; S2OASZ.
	 */
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 48 | 1 << 8 | 1 << 9 | 15 << 10 | 5 << 14 |
							    3 << 20 | 1 << 26 | 6u << 27 |
							    UINT64_C(48) << 33);
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
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 48 | UINT64_C(48) << 33);
	arch_features.pa_bits = 40;
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 40 | UINT64_C(40) << 33);
	arch_features = (struct arch_features){.pa_bits = 52, .lpa2 = true};
	assert_int_equal(RMI(RMI_FEATURES, 0).x[1], 52 | 1 << 8 | UINT64_C(52) << 33);
	machine_default_features();
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

static void assert_state(uint64_t wanted)
{
	struct rmi_regs r = RMI(RMI_RMM_STATE_GET);

	assert_int_equal(r.x[0], RMI_SUCCESS);
	assert_int_equal(r.x[1], wanted);
}

static void assert_tracked(uint64_t wanted)
{
	struct rmi_regs r = RMI(RMI_GRANULE_TRACKING_GET, BANK1_BASE, BANK1_BASE + GIB(1));

	assert_int_equal(r.x[0], RMI_SUCCESS);
	assert_int_equal(r.x[1], RMI_TRACKING_CONVENTIONAL);
	assert_int_equal(r.x[2], wanted);
}

/* Before RMM_ACTIVATE only discovery and configuration work. */
static void check_init(void)
{
	assert_rmi(RMI_ERROR_GLOBAL, RMI_GRANULE_RANGE_DELEGATE);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE);
	assert_state(RMI_RMM_INIT);
	assert_tracked(RMI_TRACKING_NONE);
	assert_int_equal(RMI(RMI_GPT_INFO, GIB(1), GIB(2)).x[2], RMI_GPT_PLAT);
	assert_ok(RMI_RMM_CONFIG_GET, host_pages(1));
}

static void check_active(void)
{
	assert_state(RMI_RMM_ACTIVE);
	assert_tracked(RMI_TRACKING_FINE);
	assert_rmi(RMI_ERROR_GLOBAL, RMI_RMM_ACTIVATE);
	assert_rmi(RMI_ERROR_GLOBAL, RMI_RMM_CONFIG_SET, host_pages(1));
	assert_rmi(RMI_ERROR_GLOBAL, RMI_RMM_CONFIG_SET, 0);
	assert_ok(RMI_RMM_CONFIG_GET, host_pages(1));
	assert_rmi(RMI_ERROR_INPUT, RMI_GRANULE_RANGE_DELEGATE, 0, 0);
}

/* The way to ACTIVE and back, twice: after it the RMM is as it was after the boot. */
static void test_activation(void **state)
{
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t config = host_pages(1);

		check_init();
		assert_ok(RMI_RMM_CONFIG_SET, config);
		assert_ok(RMI_RMM_ACTIVATE);
		check_active();
		delegate(config, 1);
		undelegate(config, 1);
		assert_ok(RMI_RMM_DEACTIVATE);
	}
	check_init();
	assert_ok(RMI_RMM_ACTIVATE);
}

static void assert_refused(void)
{
	struct rmi_regs r = {{RMI_RMM_DEACTIVATE, 1, 2, 3, 4}};

	rmi2_handle(&r);
	assert_int_equal(r.x[0], RMI_ERROR_GLOBAL);
	assert_int_equal(r.x[1] | r.x[2] | r.x[3], 0);
	assert_state(RMI_RMM_ACTIVE);
}

/* One granule that is not the host's, of any kind, is enough for a refusal. */
static void test_deactivate_refused(void **state)
{
	uint64_t rec = host_pages(1), aux, scrap = host_pages(2);
	struct rmi_regs res;
	struct realm r;

	delegate(scrap, 2);
	assert_refused();
	undelegate(scrap, 1);
	assert_refused();
	undelegate(scrap + GRANULE_SIZE, 1);
	realm_new(&r);
	assert_refused();
	realm_add_rec(&r, true);
	realm_map(&r, MIB(4));
	assert_refused();
	realm_activate(&r);
	realm_destroy(&r);
	/* A host has begun an operation and left it with the memory it was given. */
	realm_new(&r);
	delegate(rec, 1);
	res = RMI(RMI_REC_CREATE, r.rd, rec, host_pages(1));
	assert_int_equal(RMI_STATUS(res.x[0]), RMI_INCOMPLETE);
	aux = host_pages(1);
	delegate(aux, 1);
	*(uint64_t *)host_ptr(scrap) = DESC(3, aux, 1);
	assert_int_equal(RMI(RMI_OP_MEM_DONATE, res.x[1], scrap, 1).x[1], 1);
	realm_destroy(&r);
	assert_refused();
	res = RMI(RMI_OP_CANCEL, res.x[1]);
	assert_int_equal(op_finish(res).x[0], RMI_ERROR_INPUT);
	undelegate(rec, 1);
	assert_int_equal(life_granules(), 0);
	assert_ok(RMI_RMM_DEACTIVATE);
	assert_rmi(RMI_ERROR_GLOBAL, RMI_RMM_DEACTIVATE);
	assert_ok(RMI_RMM_ACTIVATE);
}

/* Granules that EL3 did not move are not counted, nor those that came back from a part. */
static void test_counted(void **state)
{
	uint64_t pa = host_pages(64);

	machine_set_pas(pa + 5 * GRANULE_SIZE, PAS_SECURE);
	assert_int_equal(RMI(RMI_GRANULE_RANGE_DELEGATE, pa, pa + 64 * GRANULE_SIZE).x[1],
			 pa + 5 * GRANULE_SIZE);
	assert_int_equal(life_granules(), 5);
	machine_set_pas(pa + 5 * GRANULE_SIZE, PAS_NS);
	delegate(pa, 64);
	assert_int_equal(life_granules(), 64);
	machine_irq = 1;
	assert_int_equal(RMI(RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + 64 * GRANULE_SIZE).x[1],
			 pa + 16 * GRANULE_SIZE);
	machine_irq = 0;
	assert_int_equal(life_granules(), 48);
	undelegate(pa, 64);
	assert_int_equal(life_granules(), 0);
}

/* A delegation has begun when the RMM is deactivated: it gives its granules back. */
static void test_late_delegation(void **state)
{
	struct rmi_regs r = {{0, 0, 0}};
	uint64_t pa = host_pages(4);

	assert_ok(RMI_RMM_DEACTIVATE);
	assert_false(life_take(4));
	assert_int_equal(life_granules(), 0);
	r.x[1] = pa;
	r.x[2] = pa + 4 * GRANULE_SIZE;
	assert_int_equal(rmi2_range_delegate(r.x, r.x), RMI_ERROR_GLOBAL);
	assert_int_equal(r.x[1], pa);
	assert_int_equal(machine_pas(pa), PAS_NS);
	assert_int_equal(granule_count_state(pa_of(pa), 4, GRANULE_NS), 4);
	assert_ok(RMI_RMM_ACTIVATE);
	delegate(pa, 4);
	undelegate(pa, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_activation), /* ACTIVE from here on */
		cmocka_unit_test(test_deactivate_refused),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_late_delegation),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
