/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_CREATE, DESTROY, FOLD, READ_ENTRY: docs/spec/rmi-2.0.md section 8. */
#include "host.h"

#define PAR_END BIT(39) /* of the default Realm */

static void assert_entry(const struct realm *r, uint64_t ipa, int level, int found, uint64_t state,
			 uint64_t desc, uint64_t ripas)
{
	struct rmi_regs e = RMI(RMI_RTT_READ_ENTRY, r->rd, ipa, (uint64_t)level);

	assert_int_equal(e.x[0], RMI_SUCCESS);
	assert_int_equal(e.x[1], found);
	assert_int_equal(e.x[2], state);
	assert_int_equal(e.x[3], desc);
	assert_int_equal(e.x[4], ripas);
}

/* (ipa, level) pairs that name no table below the root. */
static const struct {
	const char *rule;
	uint64_t ipa, level;
} bad_tables[] = {
	{"the root's level", 0, 1},
	{"a level above the root's", 0, 0},
	{"behind the last level", 0, 4},
	{"level -1", 0, ~0ull},
	{"a level of more than 32 bits", 0, BIT(32) + 2},
	{"ipa not aligned to a table of level 2", MIB(2), 2},
	{"ipa not aligned to a table of level 3", GRANULE_SIZE, 3},
	{"ipa at the end of the IPA space", BIT(40), 2},
	{"ipa of 64 bits", ~0ull << 30, 2},
};

static void test_create_errors(void **state)
{
	struct realm r;
	uint64_t t = host_delegated(1);

	realm_new(&r);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_CREATE, t, t, 0, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_CREATE, r.rd + 8, t, 0, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_CREATE, r.rd, host_pages(1), 0, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_CREATE, r.rd, r.rd, 0, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_CREATE, r.rd, t + 8, 0, 2);
	for (size_t i = 0; i < ARRAY_SIZE(bad_tables); i++)
		assert_rule(
			bad_tables[i].rule,
			RMI(RMI_RTT_CREATE, r.rd, t, bad_tables[i].ipa, bad_tables[i].level).x[0],
			RMI_ERROR_INPUT);
	assert_rmi(RTT_ERROR(1), RMI_RTT_CREATE, r.rd, t, 0, 3);
	realm_tables(&r, 0, 2);
	assert_rmi(RTT_ERROR(1), RMI_RTT_CREATE, r.rd, t, 0, 2);
	assert_true(granule_is(pa_of(t), GRANULE_DELEGATED));
	undelegate(t, 1);
	realm_destroy(&r);
}

static void test_create_keeps_meaning(void **state)
{
	struct realm r;

	realm_new(&r);
	realm_tables(&r, 0, 2);
	realm_ripas_ram(&r, 0, MIB(2));
	assert_entry(&r, 0, 2, 2, RMI_UNASSIGNED, 0, RMI_RIPAS_RAM);
	assert_entry(&r, 0, 3, 2, RMI_UNASSIGNED, 0, RMI_RIPAS_RAM);
	realm_tables(&r, 0, 3);
	assert_entry(&r, 0, 2, 2, RMI_TABLE, r.table[1].pa, 0);
	assert_entry(&r, 0, 3, 3, RMI_UNASSIGNED, 0, RMI_RIPAS_RAM);
	assert_entry(&r, MIB(2) - 0x1000, 3, 3, RMI_UNASSIGNED, 0, RMI_RIPAS_RAM);
	assert_entry(&r, MIB(2), 3, 2, RMI_UNASSIGNED, 0, RMI_RIPAS_EMPTY);
	realm_tables(&r, PAR_END, 3);
	assert_entry(&r, PAR_END, 3, 3, RMI_UNASSIGNED, 0, 0);
	assert_entry(&r, BIT(40) - 0x1000, 3, 1, RMI_UNASSIGNED, 0, 0);
	realm_destroy(&r);
}

static void test_read_entry_errors(void **state)
{
	static const struct {
		const char *rule;
		uint64_t ipa, level;
	} rows[] = {{"a level above the root's", 0, 0},
		    {"behind the last level", 0, 4},
		    {"level -1", 0, ~0ull},
		    {"ipa not aligned to 4K", 8, 3},
		    {"ipa not aligned to 2M", 0x1000, 2},
		    {"ipa not aligned to 1G", MIB(2), 1},
		    {"ipa at the end of the IPA space", BIT(40), 3}};
	struct realm r;

	realm_new(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_rule(rows[i].rule,
			    RMI(RMI_RTT_READ_ENTRY, r.rd, rows[i].ipa, rows[i].level).x[0],
			    RMI_ERROR_INPUT);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_READ_ENTRY, r.params->rtt_base, 0, 1);
	realm_destroy(&r);
}

static void check_destroy(const char *rule, const struct realm *r, uint64_t ipa, uint64_t level,
			  uint64_t status, uint64_t pa, uint64_t top, int line)
{
	struct rmi_regs res = RMI(RMI_RTT_DESTROY, r->rd, ipa, level);

	check_rule(rule, "X0", res.x[0], status, __FILE__, line);
	check_rule(rule, "X1", res.x[1], pa, __FILE__, line);
	check_rule(rule, "X2", res.x[2], top, __FILE__, line);
}

#define assert_destroy(...) check_destroy("RTT_DESTROY", __VA_ARGS__, __LINE__)

static void test_destroy(void **state)
{
	struct realm r;
	uint64_t data;

	realm_new(&r);
	for (size_t i = 0; i < ARRAY_SIZE(bad_tables); i++)
		check_destroy(bad_tables[i].rule, &r, bad_tables[i].ipa, bad_tables[i].level,
			      RMI_ERROR_INPUT, 0, 0, __LINE__);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_DESTROY, r.params_pa, 0, 2);
	/* Where no table is, the host may skip the whole half. */
	assert_destroy(&r, 0, 2, RTT_ERROR(1), 0, BIT(39));
	assert_destroy(&r, 0, 3, RTT_ERROR(1), 0, BIT(39));
	data = realm_map(&r, GIB(1) + MIB(6));
	/* A walk that ends early says where the next live entry is. */
	assert_destroy(&r, 0, 2, RTT_ERROR(1), 0, GIB(1));
	assert_destroy(&r, GIB(1) + MIB(2), 3, RTT_ERROR(2), 0, GIB(1) + MIB(6));
	assert_destroy(&r, GIB(1) + MIB(8), 3, RTT_ERROR(2), 0, GIB(2));
	/* A table with live entries is not destroyed. */
	assert_destroy(&r, GIB(1), 2, RTT_ERROR(2), 0, GIB(1));
	assert_destroy(&r, GIB(1) + MIB(6), 3, RTT_ERROR(3), 0, GIB(1) + MIB(6));
	assert_ok(RMI_RTT_DATA_UNMAP, r.rd, GIB(1) + MIB(6), GIB(1) + MIB(6) + 0x1000);
	undelegate(data, 1);
	r.pages = 0;
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	assert_destroy(&r, GIB(1) + MIB(6), 3, RMI_SUCCESS, r.table[1].pa, GIB(2));
	assert_int_equal(machine_tlbi.base, GIB(1) + MIB(6));
	assert_int_equal(machine_tlbi.size, MIB(2));
	assert_false(machine_tlbi.leaf_only);
	assert_true(granule_is(pa_of(r.table[1].pa), GRANULE_DELEGATED));
	assert_entry(&r, GIB(1) + MIB(6), 2, 2, RMI_UNASSIGNED, 0, RMI_RIPAS_DESTROYED);
	assert_destroy(&r, GIB(1), 2, RMI_SUCCESS, r.table[0].pa, BIT(39));
	assert_int_equal(machine_tlbi.size, GIB(1));
	assert_entry(&r, GIB(1), 1, 1, RMI_UNASSIGNED, 0, RMI_RIPAS_DESTROYED);
	r.tables = 0;
	/* The end of the IPA space bounds the skip in a root that is larger. */
	assert_destroy(&r, PAR_END, 2, RTT_ERROR(1), 0, BIT(40));
	realm_destroy(&r);
}

/* A table of the unprotected half goes with its mappings. */
static void test_destroy_unprotected(void **state)
{
	struct realm r;
	struct machine_walk w;

	realm_new(&r);
	realm_tables(&r, PAR_END, 3);
	assert_ok(RMI_RTT_UNPROT_MAP, r.rd, PAR_END, PAR_END + 0x1000,
		  RMI_MAP_OADDR_SINGLE | 6 << 16 | 3 << 19, DESC(3, BANK0_BASE, 1));
	w = machine_walk(realm_s2(&r), PAR_END);
	assert_true(w.valid && w.ns);
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	assert_ok(RMI_RTT_DESTROY, r.rd, PAR_END, 3);
	assert_int_equal(machine_tlbi.base, PAR_END);
	assert_int_equal(machine_tlbi.size, MIB(2));
	assert_entry(&r, PAR_END, 3, 2, RMI_UNASSIGNED, 0, 0);
	undelegate(r.table[1].pa, 1);
	r.tables = 1;
	realm_destroy(&r);
}

static void test_fold_errors(void **state)
{
	struct realm r;

	realm_new(&r);
	for (size_t i = 0; i < ARRAY_SIZE(bad_tables); i++)
		assert_rule(bad_tables[i].rule,
			    RMI(RMI_RTT_FOLD, r.rd, bad_tables[i].ipa, bad_tables[i].level).x[0],
			    RMI_ERROR_INPUT);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_FOLD, r.params_pa, 0, 2);
	assert_rmi(RTT_ERROR(1), RMI_RTT_FOLD, r.rd, 0, 2);
	assert_rmi(RTT_ERROR(1), RMI_RTT_FOLD, r.rd, 0, 3);
	realm_tables(&r, 0, 3);
	assert_rmi(RTT_ERROR(2), RMI_RTT_FOLD, r.rd, 0, 2); /* live below */
	realm_ripas_ram(&r, 0, 0x1000);
	assert_rmi(RTT_ERROR(3), RMI_RTT_FOLD, r.rd, 0, 3); /* RIPAS differ */
	realm_map(&r, MIB(2) - 0x1000);
	assert_rmi(RTT_ERROR(3), RMI_RTT_FOLD, r.rd, 0, 3);
	assert_true(granule_is(pa_of(r.table[1].pa), GRANULE_RTT));
	realm_destroy(&r);
}

static void test_fold_unassigned(void **state)
{
	static const uint64_t bases[] = {0, PAR_END};

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		struct realm r;
		struct rmi_regs res;

		realm_new(&r);
		realm_tables(&r, bases[i], 3);
		if (i == 0)
			realm_ripas_ram(&r, 0, MIB(2));
		res = RMI(RMI_RTT_FOLD, r.rd, bases[i], 3);
		assert_int_equal(res.x[0], RMI_SUCCESS);
		assert_int_equal(res.x[1], r.table[1].pa);
		assert_true(granule_is(pa_of(r.table[1].pa), GRANULE_DELEGATED));
		assert_entry(&r, bases[i], 2, 2, RMI_UNASSIGNED, 0, i == 0);
		undelegate(r.table[1].pa, 1);
		r.tables = 1;
		realm_destroy(&r);
	}
}

/* 512 contiguous pages become a block and again pages; the Realm's view never changes. */
static void test_fold_and_unfold_data(void **state)
{
	struct realm r;
	uint64_t block = host_delegated(512), ipa = GIB(4), table = 0;
	struct rmi_regs res;

	realm_new(&r);
	realm_tables(&r, ipa, 3);
	res = RMI(RMI_RTT_DATA_MAP, r.rd, ipa, ipa + MIB(2), RMI_MAP_OADDR_SINGLE,
		  DESC(3, block, 512));
	assert_int_equal(res.x[1], ipa + MIB(2));
	assert_rmi(RMI_SUCCESS, RMI_RTT_INIT_RIPAS, r.rd, ipa, ipa + MIB(2) - 0x1000);
	assert_rmi(RTT_ERROR(3), RMI_RTT_FOLD, r.rd, ipa, 3);
	realm_ripas_ram(&r, ipa + MIB(2) - 0x1000, ipa + MIB(2));
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	res = RMI(RMI_RTT_FOLD, r.rd, ipa, 3);
	assert_int_equal(res.x[0], RMI_SUCCESS);
	table = res.x[1];
	assert_int_equal(machine_tlbi.ranges, 1);
	assert_int_equal(machine_tlbi.size, MIB(2));
	assert_entry(&r, ipa, 2, 2, RMI_ASSIGNED, block, RMI_RIPAS_RAM);
	for (uint64_t off = 0; off < MIB(2); off += 0x1000) {
		struct machine_walk w = machine_walk(realm_s2(&r), ipa + off);

		assert_true(w.valid && !w.ns && w.pa == block + off && w.level == 2);
	}
	/* The level 2 table is live through the block. */
	assert_rmi(RTT_ERROR(2), RMI_RTT_DESTROY, r.rd, ipa, 2);
	assert_ok(RMI_RTT_CREATE, r.rd, table, ipa, 3);
	assert_entry(&r, ipa + 0x5000, 3, 3, RMI_ASSIGNED, block + 0x5000, RMI_RIPAS_RAM);
	for (uint64_t off = 0; off < MIB(2); off += 0x1000) {
		struct machine_walk w = machine_walk(realm_s2(&r), ipa + off);

		assert_true(w.valid && w.pa == block + off && w.level == 3);
	}
	assert_rmi(RTT_ERROR(3), RMI_RTT_DESTROY, r.rd, ipa, 3);
	res = RMI(RMI_RTT_DATA_UNMAP, r.rd, ipa, ipa + MIB(2));
	assert_int_equal(res.x[1], ipa + MIB(2));
	assert_int_equal(granule_count_state(pa_of(block), 512, GRANULE_DELEGATED), 512);
	undelegate(block, 512);
	realm_destroy(&r);
}

/* Pages with RIPAS EMPTY fold as well; contiguous but for the alignment do not. */
static void test_fold_data_conditions(void **state)
{
	struct realm r;
	uint64_t block = host_delegated(1024), table;

	realm_new(&r);
	realm_tables(&r, 0, 3);
	assert_ok(RMI_RTT_DATA_MAP, r.rd, 0, MIB(2), RMI_MAP_OADDR_SINGLE,
		  DESC(3, block + 0x1000, 512));
	assert_rmi(RTT_ERROR(3), RMI_RTT_FOLD, r.rd, 0, 3);
	assert_ok(RMI_RTT_DATA_UNMAP, r.rd, 0, MIB(2));
	assert_ok(RMI_RTT_DATA_MAP, r.rd, 0, MIB(2), RMI_MAP_OADDR_SINGLE, DESC(3, block, 512));
	table = RMI(RMI_RTT_FOLD, r.rd, 0, 3).x[1];
	assert_int_equal(table, r.table[1].pa);
	assert_entry(&r, 0, 2, 2, RMI_ASSIGNED, block, RMI_RIPAS_EMPTY);
	assert_false(machine_walk(realm_s2(&r), 0).valid);
	assert_ok(RMI_RTT_CREATE, r.rd, table, 0, 3);
	assert_entry(&r, 0x1000, 3, 3, RMI_ASSIGNED, block + 0x1000, RMI_RIPAS_EMPTY);
	assert_ok(RMI_RTT_DATA_UNMAP, r.rd, 0, MIB(2));
	undelegate(block, 1024);
	realm_destroy(&r);
}

static void test_fold_unprotected(void **state)
{
	struct realm r;
	uint64_t flags = RMI_MAP_OADDR_SINGLE | 6 << 16 | 3 << 19;

	realm_new(&r);
	realm_tables(&r, PAR_END, 3);
	assert_ok(RMI_RTT_UNPROT_MAP, r.rd, PAR_END, PAR_END + MIB(2), flags,
		  DESC(3, BANK1_BASE, 512));
	assert_int_equal(RMI(RMI_RTT_FOLD, r.rd, PAR_END, 3).x[1], r.table[1].pa);
	assert_entry(&r, PAR_END, 2, 2, RMI_ASSIGNED, BANK1_BASE | 6 << 2 | 3 << 6, 0);
	assert_ok(RMI_RTT_CREATE, r.rd, r.table[1].pa, PAR_END, 3);
	assert_entry(&r, PAR_END + 0x3000, 3, 3, RMI_ASSIGNED,
		     (BANK1_BASE + 0x3000) | 6 << 2 | 3 << 6, 0);
	realm_destroy(&r);
}

/* A table of 1 GiB blocks cannot become one of 512 GiB; a uniform empty one can go. */
static void test_fold_level_1(void **state)
{
	struct realm r;
	struct rmi_regs res;
	uint64_t size = BIT(39);

	realm_init(&r);
	r.params->rtt_level_start = 0;
	r.params->rtt_num_start = 1;
	realm_create(&r);
	realm_tables(&r, size, 1);
	for (uint64_t i = 0; i < 512; i++) {
		uint64_t ipa = size + i * GIB(1);

		assert_ok(RMI_RTT_UNPROT_MAP, r.rd, ipa, ipa + GIB(1),
			  RMI_MAP_OADDR_SINGLE | 1 << 16 | 3 << 19, DESC(1, i * GIB(1), 1));
	}
	assert_rmi(RTT_ERROR(0), RMI_RTT_FOLD, r.rd, size, 1);
	res = RMI(RMI_RTT_UNPROT_UNMAP, r.rd, size, 2 * size);
	assert_int_equal(res.x[0], RMI_SUCCESS);
	while (res.x[1] < 2 * size)
		res = RMI(RMI_RTT_UNPROT_UNMAP, r.rd, res.x[1], 2 * size);
	res = RMI(RMI_RTT_FOLD, r.rd, size, 1);
	assert_int_equal(res.x[0], RMI_SUCCESS);
	undelegate(res.x[1], 1);
	r.tables = 0;
	realm_destroy(&r);
}

/* Start level -1 and 52-bit addresses. */
static void test_lpa2(void **state)
{
	struct realm r;
	uint64_t data, high = BIT(50);

	arch_features.pa_bits = 52;
	realm_init(&r);
	r.params->flags0 = RMI_REALM_LPA2;
	r.params->s2sz = 52;
	r.params->rtt_level_start = -1;
	r.params->rtt_num_start = 1;
	realm_create(&r);
	assert_rmi(RTT_ERROR(-1), RMI_RTT_CREATE, r.rd, host_delegated(1), 0, 2);
	data = realm_map(&r, high);
	realm_ripas_ram(&r, high, high + 0x1000);
	assert_entry(&r, high, -1, -1, RMI_TABLE, r.table[0].pa, 0);
	assert_entry(&r, high, 3, 3, RMI_ASSIGNED, data, RMI_RIPAS_RAM);
	assert_true(machine_walk(realm_s2(&r), high).valid);
	assert_int_equal(machine_walk(realm_s2(&r), high).pa, data);
	/* PA[51:50] lie in [9:8] of the descriptor. */
	realm_tables(&r, BIT(51), 3);
	assert_ok(RMI_RTT_UNPROT_MAP, r.rd, BIT(51), BIT(51) + 0x1000,
		  RMI_MAP_OADDR_SINGLE | 1 << 16 | 3 << 19, DESC(3, 0xd000123456000, 1));
	assert_int_equal(machine_walk(realm_s2(&r), BIT(51)).pa, 0xd000123456000);
	assert_entry(&r, BIT(51), 3, 3, RMI_ASSIGNED, 0xd000123456000 | 1 << 2 | 3 << 6, 0);
	realm_destroy(&r);
	machine_default_features();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create_errors),
		cmocka_unit_test(test_create_keeps_meaning),
		cmocka_unit_test(test_read_entry_errors),
		cmocka_unit_test(test_destroy),
		cmocka_unit_test(test_destroy_unprotected),
		cmocka_unit_test(test_fold_errors),
		cmocka_unit_test(test_fold_unassigned),
		cmocka_unit_test(test_fold_and_unfold_data),
		cmocka_unit_test(test_fold_data_conditions),
		cmocka_unit_test(test_fold_unprotected),
		cmocka_unit_test(test_fold_level_1),
		cmocka_unit_test(test_lpa2),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
