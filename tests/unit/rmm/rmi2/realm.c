/* SPDX-License-Identifier: BSD-3-Clause */
/* Life of a Realm: docs/spec/rmi-2.0.md section 6. */
#include "host.h"
#include "rmm/core/life.h"

static void assert_delegated(const struct realm *r)
{
	assert_true(granule_is(pa_of(r->rd), GRANULE_DELEGATED));
	assert_int_equal(granule_count_state(pa_of(r->params->rtt_base), 2, GRANULE_DELEGATED), 2);
}

static void test_create(void **state)
{
	struct realm r;
	const uint64_t *root;
	const struct rd *rd;

	realm_init(&r);
	memset(r.params->rpv, 0x77, sizeof(r.params->rpv));
	r.params->flags0 = RMI_REALM_SVE | RMI_REALM_PMU;
	r.params->sve_vl = 3;
	r.params->num_bps = 2;
	r.params->pmu_num_ctrs = 4;
	r.params->algorithm = RMI_HASH_SHA_384;
	realm_create(&r);
	assert_true(granule_is(pa_of(r.rd), GRANULE_RD));
	assert_int_equal(granule_count_state(pa_of(r.params->rtt_base), 2, GRANULE_RTT), 2);
	rd = realm_rd(&r);
	assert_int_equal(rd->state, REALM_NEW);
	assert_int_equal(rd->config.sve_vl, 3);
	assert_true(rd->config.sve && rd->config.pmu);
	assert_int_equal(rd->config.num_bps, 2);
	/* 0 is no limit. */
	assert_int_equal(rd->config.num_wps, 3);
	assert_int_equal(rd->config.pmu_num_ctrs, 4);
	assert_int_equal(rd->config.algorithm, HASH_SHA384);
	assert_memory_equal(rd->rpv, r.params->rpv, sizeof(rd->rpv));
	assert_int_equal(rd->id[0], 1);
	/* Two tables of 512 GiB each: protected, then unprotected. */
	root = arch_realm_ptr(pa_of(r.params->rtt_base));
	for (int i = 0; i < 512; i++) {
		assert_int_equal(root[i], 0);
		assert_int_equal(root[512 + i] & 1, 0);
		assert_int_not_equal(root[512 + i], 0);
	}
	realm_destroy(&r);
}

/* Each row is one change to good parameters. */
static const struct bad_params {
	size_t offset, size;
	uint64_t value;
	const char *rule;
} bad_params[] = {
#define ROW(field, value, rule)                                                                    \
	{                                                                                          \
		offsetof(struct rmi_realm_params, field),                                          \
			sizeof(((struct rmi_realm_params *)0)->field), value, rule                 \
	}
	ROW(s2sz, 31, "fewer than 32 bits"),
	ROW(s2sz, 49, "49 bits from level 1"),
	ROW(s2sz, 39, "39 bits have one root table"),
	ROW(s2sz, 0x128, "an IPA width of 296 bits"),
	ROW(num_bps, 6, "more breakpoints than there are"),
	ROW(num_wps, 4, "more watchpoints than there are"),
	ROW(flags0, RMI_REALM_DA, "devices"),
	ROW(flags0, 2 << RMI_REALM_MEC_POLICY_SHIFT, "an unknown MEC policy"),
	ROW(rtt_level_start, 0, "level 0 for 40 bits and two tables"),
	ROW(rtt_level_start, 2, "level 2 for 40 bits and two tables"),
	ROW(rtt_level_start, -1, "level -1"),
	ROW(rtt_level_start, 0x100000001, "a level of more than 32 bits"),
	ROW(rtt_num_start, 1, "one root table where two are needed"),
	ROW(rtt_num_start, 3, "three root tables"),
	ROW(num_aux_planes, 1, "an auxiliary plane"),
	ROW(ats_plane, 1, "ATS"),
	ROW(flags1, RMI_REALM_S2AP_INDIRECT, "indirect S2AP"),
	ROW(algorithm, 3, "an unknown hash"),
	ROW(rtt_base, 0, "root tables where no memory is"),
	ROW(rtt_base, BANK1_BASE + 0x1001, "root tables not aligned to 8"),
	ROW(rtt_base, BANK1_BASE + 0x1000, "root tables not aligned to their size"),
	ROW(rtt_base, BANK1_BASE + MIB(512), "root tables that are the host's"),
	ROW(rtt_base, BIT(48), "root tables above 48 bits"),
#undef ROW
};

static void test_create_params(void **state)
{
	struct rmi_realm_params good;
	struct realm r;

	realm_init(&r);
	good = *r.params;
	for (size_t i = 0; i < ARRAY_SIZE(bad_params); i++) {
		const struct bad_params *row = &bad_params[i];

		memcpy((char *)r.params + row->offset, &row->value, row->size);
		assert_rule(row->rule, RMI(RMI_REALM_CREATE, r.rd, r.params_pa).x[0],
			    RMI_ERROR_INPUT);
		*r.params = good;
		assert_delegated(&r);
	}
	realm_create(&r);
	realm_destroy(&r);
}

/* What hosts ask for where there is one plane and no FEAT_MEC: a tree per plane, a private MECID.
 */
static void test_create_tree_pp_mec(void **state)
{
	struct realm r;

	realm_init(&r);
	r.params->flags0 |= 1 << RMI_REALM_MEC_POLICY_SHIFT;
	r.params->flags1 = RMI_REALM_RTT_TREE_PP;
	realm_create(&r);
	realm_destroy(&r);
}

/* Features the machine has not got. */
static void test_create_features(void **state)
{
	static const struct {
		const char *rule;
		uint64_t flags0;
		uint32_t sve_vl, ctrs;
		struct arch_features f;
		uint64_t status;
	} rows[] = {
		{"LPA2 that is not there", RMI_REALM_LPA2, 0, 0, {.pa_bits = 48}, RMI_ERROR_INPUT},
		{"LPA2", RMI_REALM_LPA2, 0, 0, {.pa_bits = 48, .lpa2 = true}, RMI_SUCCESS},
		{"SVE that is not there", RMI_REALM_SVE, 0, 0, {.pa_bits = 48}, RMI_ERROR_INPUT},
		{"longer vectors than there are",
		 RMI_REALM_SVE,
		 2,
		 0,
		 {.pa_bits = 48, .sve = true, .sve_vl_max = 1},
		 RMI_ERROR_INPUT},
		{"the longest vectors there are",
		 RMI_REALM_SVE,
		 1,
		 0,
		 {.pa_bits = 48, .sve = true, .sve_vl_max = 1},
		 RMI_SUCCESS},
		{"a PMU that is not there", RMI_REALM_PMU, 0, 1, {.pa_bits = 48}, RMI_ERROR_INPUT},
		{"more counters than there are",
		 RMI_REALM_PMU,
		 0,
		 3,
		 {.pa_bits = 48, .pmu = true, .pmu_num_ctrs = 2},
		 RMI_ERROR_INPUT},
		{"no counter without HPMN0",
		 RMI_REALM_PMU,
		 0,
		 0,
		 {.pa_bits = 48, .pmu = true, .pmu_num_ctrs = 2},
		 RMI_ERROR_INPUT},
		{"no counter with HPMN0",
		 RMI_REALM_PMU,
		 0,
		 0,
		 {.pa_bits = 48, .pmu = true, .hpmn0 = true},
		 RMI_SUCCESS},
		{"all counters there are",
		 RMI_REALM_PMU,
		 0,
		 2,
		 {.pa_bits = 48, .pmu = true, .pmu_num_ctrs = 2},
		 RMI_SUCCESS},
		{"a wider IPA space than the PA space", 0, 0, 0, {.pa_bits = 39}, RMI_ERROR_INPUT},
	};
	struct realm r;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		realm_init(&r);
		r.params->flags0 = rows[i].flags0;
		r.params->sve_vl = rows[i].sve_vl;
		r.params->pmu_num_ctrs = rows[i].ctrs;
		arch_features = rows[i].f;
		assert_rule(rows[i].rule, RMI(RMI_REALM_CREATE, r.rd, r.params_pa).x[0],
			    rows[i].status);
		if (rows[i].status == RMI_SUCCESS)
			realm_destroy(&r);
	}
	machine_default_features();
}

/* Draft bet3 has no flag: more than 48 bits of IPA mean LPA2, and so does memory above 2^48. */
static void test_create_lpa2(void **state)
{
	static const struct {
		const char *rule;
		uint64_t flags0;
		uint32_t s2sz;
		int64_t level;
		uint32_t roots;
		bool high, has_lpa2;
		uint64_t status;
		bool lpa2;
	} rows[] = {
		{"48 bits", 0, 48, 0, 1, false, true, RMI_SUCCESS, false},
		{"49 bits, by width", 0, 49, 0, 2, false, true, RMI_SUCCESS, true},
		{"50 bits", 0, 50, 0, 4, false, true, RMI_SUCCESS, true},
		{"51 bits", 0, 51, 0, 8, false, true, RMI_SUCCESS, true},
		{"52 bits, 16 tables of level 0", 0, 52, 0, 16, false, true, RMI_SUCCESS, true},
		{"52 bits, one table of level -1", 0, 52, -1, 1, false, true, RMI_SUCCESS, true},
		{"52 bits with the flag", RMI_REALM_LPA2, 52, 0, 16, false, true, RMI_SUCCESS,
		 true},
		{"48 bits with the flag", RMI_REALM_LPA2, 48, 0, 1, false, true, RMI_SUCCESS, true},
		{"49 bits need two tables", 0, 49, 0, 1, false, true, RMI_ERROR_INPUT, false},
		{"53 bits", 0, 53, 0, 16, false, true, RMI_ERROR_INPUT, false},
		{"level -1 is for LPA2", 0, 48, -1, 1, false, true, RMI_ERROR_INPUT, false},
		{"49 bits without LPA2", 0, 49, 0, 2, false, false, RMI_ERROR_INPUT, false},
		{"memory above 2^48", 0, 40, 1, 2, true, true, RMI_SUCCESS, true},
		{"memory above 2^48, no LPA2", 0, 40, 1, 2, true, false, RMI_SUCCESS, false},
	};
	struct realm r;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		machine_high_bank(rows[i].high);
		life_give_back(life_granules());
		arch_features.pa_bits = 52;
		arch_features.lpa2 = rows[i].has_lpa2;
		realm_init(&r);
		r.params->flags0 = rows[i].flags0;
		r.params->s2sz = rows[i].s2sz;
		r.params->rtt_level_start = rows[i].level;
		r.params->rtt_num_start = rows[i].roots;
		r.params->rtt_base = host_delegated(rows[i].roots);
		assert_rule(rows[i].rule, RMI(RMI_REALM_CREATE, r.rd, r.params_pa).x[0],
			    rows[i].status);
		if (rows[i].status != RMI_SUCCESS)
			continue;
		assert_rule(rows[i].rule, realm_s2(&r)->lpa2, rows[i].lpa2);
		realm_destroy(&r);
	}
	machine_high_bank(false);
	life_give_back(life_granules());
	machine_default_features();
}

static void test_create_memory(void **state)
{
	struct realm r;
	struct granule_lock lock;

	realm_init(&r);
	/* The parameters' page. */
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd, r.params_pa + 8);
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd, r.rd);
	for (uint32_t n = 0; n < 3; n++) {
		machine_ns_budget = n;
		assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd, r.params_pa);
		machine_ns_budget = ~0u;
	}
	/* The RD: not delegated, not aligned, one of the root tables, held by another CPU. */
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, host_pages(1), r.params_pa);
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd + 8, r.params_pa);
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.params->rtt_base + 0x1000, r.params_pa);
	assert_true(granule_lock(pa_of(r.rd), GRANULE_DELEGATED, &lock));
	assert_rmi(RMI_BUSY, RMI_REALM_CREATE, r.rd, r.params_pa);
	granule_unlock(&lock);
	/* The second root table. */
	undelegate(r.params->rtt_base + 0x1000, 1);
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd, r.params_pa);
	delegate(r.params->rtt_base + 0x1000, 1);
	/* No randomness. */
	machine_no_entropy = true;
	assert_rmi(RMI_ERROR_GLOBAL, RMI_REALM_CREATE, r.rd, r.params_pa);
	machine_no_entropy = false;
	assert_delegated(&r);
	realm_create(&r);
	assert_rmi(RMI_ERROR_INPUT, RMI_REALM_CREATE, r.rd, r.params_pa);
	realm_destroy(&r);
}

/* VMIDs are few without the 16-bit form: Realms differ, the last is refused, freed ones return. */
static void test_vmids(void **state)
{
	uint16_t vmid;
	struct realm a, b;
	unsigned int n = 0;

	arch_features.vmid16 = false;
	realm_new(&a);
	realm_new(&b);
	assert_int_not_equal(realm_s2(&a)->vmid, realm_s2(&b)->vmid);
	realm_destroy(&b);
	while (vmid_alloc(&vmid))
		n++;
	assert_int_equal(n, 255);
	realm_init(&b);
	assert_rmi(RMI_ERROR_GLOBAL, RMI_REALM_CREATE, b.rd, b.params_pa);
	for (unsigned int v = 0; v < 256; v++)
		if (v != realm_s2(&a)->vmid)
			vmid_free((uint16_t)v);
	realm_create(&b);
	realm_destroy(&b);
	realm_destroy(&a);
	machine_default_features();
}

static void test_states(void **state)
{
	static const uint64_t commands[] = {RMI_REALM_ACTIVATE, RMI_REALM_TERMINATE,
					    RMI_REALM_DESTROY};
	struct realm r;
	uint64_t ns = host_pages(1);

	realm_new(&r);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_rmi(RMI_ERROR_INPUT, commands[i], ns);
		assert_rmi(RMI_ERROR_INPUT, commands[i], r.rd + 8);
		assert_rmi(RMI_ERROR_INPUT, commands[i], r.params->rtt_base);
		assert_rmi(RMI_ERROR_INPUT, commands[i], 0);
	}
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_DESTROY, r.rd);
	realm_activate(&r);
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_ACTIVATE, r.rd);
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_DESTROY, r.rd);
	assert_ok(RMI_REALM_TERMINATE, r.rd);
	assert_ok(RMI_REALM_TERMINATE, r.rd);
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_ACTIVATE, r.rd);
	realm_destroy(&r);
}

static void test_destroy(void **state)
{
	struct realm r;

	realm_new(&r);
	realm_add_rec(&r, true);
	/* A table in the second root only: all roots are looked at. */
	realm_tables(&r, GIB(512), 2);
	assert_ok(RMI_REALM_TERMINATE, r.rd);
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_DESTROY, r.rd);
	assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, r.rec[0])).x[0], RMI_SUCCESS);
	undelegate(r.rec[0], 1);
	r.recs = 0;
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_DESTROY, r.rd);
	assert_true(granule_is(pa_of(r.rd), GRANULE_RD));
	machine_tlbi.all = 0;
	realm_destroy(&r);
	assert_int_equal(machine_tlbi.all, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_create_params),
		cmocka_unit_test(test_create_tree_pp_mec),
		cmocka_unit_test(test_create_features),
		cmocka_unit_test(test_create_lpa2),
		cmocka_unit_test(test_create_memory),
		cmocka_unit_test(test_vmids),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_destroy),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
