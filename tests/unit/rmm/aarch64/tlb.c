/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 2 invalidations: every TLBI works on the VMID of VTTBR_EL2 as VTCR_EL2 makes it mean (VS:
 * how wide it is; DS: in what units a range's base is), so both are the Realm's, and in effect.
 */
#include "hw.h"
#include "rmm/core/rtt.h"

#define VTCR_VS BIT(19)
#define VTCR_DS BIT(32)
#define OLD	UINT64_C(0x1234)

static const struct s2 plain = {
	.root = {0x80000000}, .vmid = 0x101, .ipa_bits = 40, .start_level = 1, .num_root = 2};
static const struct s2 lpa2 = {.root = {0x90000000},
			       .vmid = 0x202,
			       .ipa_bits = 40,
			       .start_level = 1,
			       .num_root = 2,
			       .lpa2 = true};

/* Checks that each TLBI ran under this stage 2 and was complete before the registers changed. */
static void check_tlbis(const struct s2 *s2)
{
	size_t last = 0, tlbis = 0;

	for (size_t i = 0; i < hw_log_length; i++) {
		if (strncmp(hw_log[i].what, "tlbi", 4) != 0)
			continue;
		assert_int_equal(hw_log[i].vtcr, s2_vtcr(s2));
		assert_int_equal(hw_log[i].vttbr >> 48, s2->vmid);
		assert_int_equal(!!(hw_log[i].vtcr & VTCR_DS), s2->lpa2);
		assert_true(hw_log[i].vtcr & VTCR_VS);
		last = i;
		tlbis++;
	}
	assert_true(tlbis != 0);
	assert_string_equal(hw_log[0].what, "dsb ish");
	last = hw_find(last, "dsb ish");
	assert_true(hw_find(last, "vtcr_el2") > last);
	assert_true(hw_find(last, "vttbr_el2") > last);
	assert_string_equal(hw_log[hw_log_length - 1].what, "isb");
	for (size_t i = 0; i < last; i++)
		assert_false(strcmp(hw_log[i].what, "vtcr_el2") == 0 && hw_log[i].value == OLD);
}

/* The registers of a CPU that has run no REC are 0; later they are those of another Realm. */
static void check_both(const struct s2 *s2, void (*invalidate)(const struct s2 *s2))
{
	for (uint64_t old = 0; old <= OLD; old += OLD) {
		hw_set("vtcr_el2", old);
		hw_set("vttbr_el2", old);
		hw_forget_log();
		invalidate(s2);
		check_tlbis(s2);
		assert_int_equal(hw_effective("vtcr_el2"), old);
		assert_int_equal(hw_effective("vttbr_el2"), old);
	}
}

static void one_page(const struct s2 *s2)
{
	arch_tlbi_range(s2, ipa_of(0x5000), GRANULE_SIZE, true);
	assert_int_equal(hw_log[hw_find(0, "tlbi ipas2le1is")].value, 5);
}

static void block(const struct s2 *s2)
{
	arch_tlbi_range(s2, ipa_of(MIB(4)), MIB(2), true);
}

static void table(const struct s2 *s2)
{
	arch_tlbi_range(s2, ipa_of(MIB(4)), MIB(2), false);
}

static void test_singles(void **state)
{
	check_both(&plain, one_page);
	check_both(&lpa2, one_page);
	check_both(&plain, block);
	check_both(&plain, table);
	check_both(&lpa2, block);
	check_both(&plain, arch_tlbi_all);
	check_both(&lpa2, arch_tlbi_all);
}

/* The base of a range is counted in granules, with LPA2 in units of 64 KiB. */
static void test_ranges(void **state)
{
	machine.tlb_range = true;
	check_both(&plain, block);
	assert_int_equal(hw_log[hw_find(0, "tlbi ripas2le1is")].value & MASK(36, 0),
			 MIB(4) / KIB(4));
	check_both(&lpa2, block);
	assert_int_equal(hw_log[hw_find(0, "tlbi ripas2le1is")].value & MASK(36, 0),
			 MIB(4) / KIB(64));
	check_both(&lpa2, table);
	assert_int_equal(hw_count("tlbi ripas2e1is"), 1);
	check_both(&plain, one_page);
	check_both(&lpa2, arch_tlbi_all);
}

/* Combined entries are found by VA only. So all of the VMID's go, after the entries of stage 2. */
static void test_combined(void **state)
{
	arch_tlbi_range(&plain, ipa_of(0x5000), GRANULE_SIZE, true);
	assert_true(hw_find(0, "tlbi vmalle1is") > hw_find(0, "tlbi ipas2le1is"));
	assert_true(hw_find(hw_find(0, "tlbi ipas2le1is"), "dsb ish") <
		    hw_find(0, "tlbi vmalle1is"));
}

/* A range that takes many operations would hold interrupts off; all of the VMID goes instead. */
static void large(const struct s2 *s2)
{
	arch_tlbi_range(s2, ipa_of(0), BIT(48), false);
	assert_int_equal(hw_count("tlbi vmalls12e1is"), 1);
	assert_int_equal(hw_count("tlbi ipas2"), 0);
	assert_int_equal(hw_count("tlbi ripas2"), 0);
}

static void test_large(void **state)
{
	static const struct {
		const char *rule;
		bool ranges;
		uint64_t size;
		const char *one;
		unsigned int count; /* 0: everything */
	} rows[] = {
		{"8G by one range", true, GIB(8), "tlbi ripas2le1is", 1},
		{"128G by ranges", true, GIB(128), "tlbi ripas2le1is", 16},
		{"129G is everything", true, GIB(129), "tlbi ripas2le1is", 0},
		{"512G is everything", true, GIB(512), "tlbi ripas2le1is", 0},
		{"64 pages one by one", false, KIB(256), "tlbi ipas2le1is", 64},
		{"65 pages are everything", false, KIB(260), "tlbi ipas2le1is", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		machine.tlb_range = rows[i].ranges;
		hw_forget_log();
		arch_tlbi_range(&plain, ipa_of(0), rows[i].size, true);
		assert_rule(rows[i].rule, hw_count(rows[i].one), rows[i].count);
		assert_rule(rows[i].rule, hw_count("tlbi vmalls12e1is"), rows[i].count == 0);
	}
	machine.tlb_range = true;
	check_both(&plain, large);
	check_both(&lpa2, large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_singles, hw_reset),
		cmocka_unit_test_setup(test_ranges, hw_reset),
		cmocka_unit_test_setup(test_combined, hw_reset),
		cmocka_unit_test_setup(test_large, hw_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
