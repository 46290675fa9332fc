/* SPDX-License-Identifier: BSD-3-Clause */
/* Encodings of stage 2: rmm/core/rtt_entry.h and section 17 of docs/spec/rmi-2.0.md. */
#include "host.h"
#include "rmm/core/rtt_entry.h"

static int setup(void **state)
{
	machine_default_features();
	return 0;
}

static const struct s2 plain = {
	.root = {0x40000000}, .vmid = 5, .ipa_bits = 40, .start_level = 1, .num_root = 2};
static const struct s2 lpa2 = {.root = {0x3000040000000},
			       .vmid = 6,
			       .ipa_bits = 52,
			       .start_level = -1,
			       .num_root = 1,
			       .lpa2 = true};

static void test_valid_descriptors(void **state)
{
	pa_t pa = pa_of(0x123456000), block = pa_of(0x140000000), high = pa_of(0xd000140000000);

	assert_int_equal(rtte_data(&plain, 3, RIPAS_RAM, pa), 0x1234567db);
	assert_int_equal(rtte_data(&plain, 2, RIPAS_RAM, block), 0x1400007d9);
	assert_int_equal(rtte_data(&plain, 1, RIPAS_RAM, block), 0x1400007d9);
	assert_int_equal(rtte_table(&plain, pa), 0x123456003);
	assert_int_equal(rtte_ns(&plain, 3, pa, 6 << 2 | 3 << 6), 0x00c00001234567db);
	/* LPA2: no SH, PA[51:50] in [9:8]. */
	assert_int_equal(rtte_data(&lpa2, 2, RIPAS_RAM, high), 0x10001400007d9);
	assert_int_equal(rtte_table(&lpa2, high), 0x1000140000303);
}

/* Whatever is encoded decodes to the same, at every level it can have. */
static void test_round_trip(void **state)
{
	static const struct s2 *all[] = {&plain, &lpa2};

	for (size_t k = 0; k < 2; k++) {
		const struct s2 *s2 = all[k];
		pa_t pa = pa_of(k ? 0xe000140000000 : 0xe00140000000);
		struct rtte e;

		for (int level = 1; level <= 3; level++) {
			for (enum ripas r = RIPAS_EMPTY; r <= RIPAS_DESTROYED; r++) {
				e = rtte_decode(s2, level, rtte_data(s2, level, r, pa));
				assert_int_equal(e.kind, RTTE_ASSIGNED);
				assert_int_equal(e.ripas, r);
				assert_int_equal(e.pa.v, pa.v);
				assert_int_equal(rtte_data(s2, level, r, pa) & 1, r == RIPAS_RAM);
				e = rtte_decode(s2, level, rtte_unassigned(r));
				assert_int_equal(e.kind, RTTE_UNASSIGNED);
				assert_int_equal(e.ripas, r);
			}
			e = rtte_decode(s2, level, rtte_ns(s2, level, pa, 5 << 2 | 1 << 6));
			assert_int_equal(e.kind, RTTE_ASSIGNED_NS);
			assert_int_equal(e.pa.v, pa.v);
			assert_int_equal(e.attr, 5 << 2 | 1 << 6);
			e = rtte_decode(s2, level, RTTE_EMPTY_NS);
			assert_int_equal(e.kind, RTTE_UNASSIGNED_NS);
		}
		e = rtte_decode(s2, 2, rtte_table(s2, pa));
		assert_int_equal(e.kind, RTTE_TABLE);
		assert_int_equal(e.pa.v, pa.v);
	}
	assert_int_equal(rtte_unassigned(RIPAS_EMPTY), 0);
}

static void test_registers(void **state)
{
	static const struct {
		const char *rule;
		struct s2 s2;
		uint8_t pa_bits;
		bool vmid16;
		uint64_t vtcr;
	} rows[] = {
		{"40 bits from level 1", {.ipa_bits = 40, .start_level = 1}, 48, true, 0xc00d3558},
		{"40 bits from level 0", {.ipa_bits = 40, .start_level = 0}, 48, true, 0xc00d3598},
		{"32 bits from level 2, PAs of 40 bits",
		 {.ipa_bits = 32, .start_level = 2},
		 40,
		 false,
		 0xc0023520},
		{"48 bits, PAs of 52 bits",
		 {.ipa_bits = 48, .start_level = 0},
		 52,
		 true,
		 0xc00e3590},
		{"32 bits from level 3, PAs of 32 bits",
		 {.ipa_bits = 32, .start_level = 3},
		 32,
		 false,
		 0xc00035e0},
		{"52 bits from level -1",
		 {.ipa_bits = 52, .start_level = -1, .lpa2 = true},
		 52,
		 true,
		 0x3c00e350c},
		{"36 bits with LPA2, PAs of 44 bits",
		 {.ipa_bits = 36, .start_level = 1, .lpa2 = true},
		 44,
		 true,
		 0x1c00c355c},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		arch_features.pa_bits = rows[i].pa_bits;
		arch_features.vmid16 = rows[i].vmid16;
		assert_rule(rows[i].rule, s2_vtcr(&rows[i].s2), rows[i].vtcr);
	}
	machine_default_features();
	assert_int_equal(s2_vttbr(&plain), 0x0005000040000000);
	assert_int_equal(s2_vttbr(&lpa2), 0x000600004000000cull);
}

static void test_params(void **state)
{
	static const struct {
		const char *rule;
		uint8_t pa_bits;
		uint64_t ipa_bits;
		int64_t level;
		uint64_t num;
		bool lpa2, valid;
	} rows[] = {
		{"40 bits, level 1", 48, 40, 1, 2, false, true},
		{"40 bits, level 0", 48, 40, 0, 1, false, true},
		{"39 bits, level 1", 48, 39, 1, 1, false, true},
		{"43 bits, level 1", 48, 43, 1, 16, false, true},
		{"32 bits, level 1", 48, 32, 1, 1, false, true},
		{"34 bits, level 2", 48, 34, 2, 16, false, true},
		{"33 bits, level 2", 48, 33, 2, 8, false, true},
		{"48 bits, level 0", 48, 48, 0, 1, false, true},
		{"48 bits with LPA2", 52, 48, 0, 1, true, true},
		{"52 bits, level 0", 52, 52, 0, 16, true, true},
		{"52 bits, level -1", 52, 52, -1, 1, true, true},
		{"49 bits, level -1", 52, 49, -1, 1, true, true},
		{"too few bits", 48, 31, 2, 2, false, false},
		{"more bits than PAs have", 44, 45, 0, 1, false, false},
		{"49 bits without LPA2", 52, 49, 0, 2, false, false},
		{"more than 52 bits", 52, 53, -1, 1, true, false},
		{"level -1 without LPA2", 52, 48, -1, 1, false, false},
		{"above level -1", 52, 49, -2, 1, true, false},
		{"behind level 3", 48, 40, 4, 1, false, false},
		{"level 3 for 32 bits", 48, 32, 3, 1, false, false},
		{"level 0 on PAs below 44 bits", 42, 40, 0, 1, false, false},
		{"too few bits for level 0", 48, 39, 0, 1, false, false},
		{"too many for level 1", 48, 44, 1, 32, false, false},
		{"too many for level 2", 48, 35, 2, 32, false, false},
		{"too few bits for level -1", 52, 48, -1, 1, true, false},
		{"one table for two", 48, 40, 1, 1, false, false},
		{"four tables for two", 48, 40, 1, 4, false, false},
		{"no table", 48, 40, 0, 0, false, false},
		{"two tables for one", 48, 39, 1, 2, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		arch_features.pa_bits = rows[i].pa_bits;
		assert_rule(
			rows[i].rule,
			s2_params_valid(rows[i].ipa_bits, rows[i].level, rows[i].num, rows[i].lpa2),
			rows[i].valid);
	}
	machine_default_features();
}

/* 40 bits of IPA: the protected half ends at 2^39, the other at 2^40. */
static void test_halves(void **state)
{
	static const struct s2 s2 = {.ipa_bits = 40};
	static const struct {
		const char *rule;
		uint64_t base, top;
		bool protected, unprotected;
	} rows[] = {
		{"the first page", 0, 0x1000, true, false},
		{"the protected half", 0, BIT(39), true, false},
		{"its last page", BIT(39) - 0x1000, BIT(39), true, false},
		{"both halves", BIT(39) - 0x1000, BIT(39) + 0x1000, false, false},
		{"all", 0, BIT(40), false, false},
		{"the first unprotected page", BIT(39), BIT(39) + 0x1000, false, true},
		{"the unprotected half", BIT(39), BIT(40), false, true},
		{"its last page", BIT(40) - 0x1000, BIT(40), false, true},
		{"beyond the end", BIT(40) - 0x1000, BIT(40) + 0x1000, false, false},
		{"behind the end", BIT(40), BIT(40) + 0x1000, false, false},
		{"empty", 0x1000, 0x1000, false, false},
		{"empty, unprotected", BIT(39), BIT(39), false, false},
		{"the wrong way round", 0x2000, 0x1000, false, false},
		{"the wrong way round, unprotected", BIT(40), BIT(39), false, false},
		{"base not aligned", 0x800, 0x2000, false, false},
		{"base not aligned, unprotected", BIT(39) + 8, BIT(39) + 0x2000, false, false},
		{"top not aligned", 0x1000, 0x2008, false, false},
		{"top not aligned, unprotected", BIT(39), BIT(39) + 0x1800, false, false},
		{"around the end of all addresses", ~0xfffull, 0x1000, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (s2_range_protected(&s2, rows[i].base, rows[i].top) != rows[i].protected)
			fail_msg("%s: protected", rows[i].rule);
		if (s2_range_unprotected(&s2, rows[i].base, rows[i].top) != rows[i].unprotected)
			fail_msg("%s: unprotected", rows[i].rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid_descriptors),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_halves),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
