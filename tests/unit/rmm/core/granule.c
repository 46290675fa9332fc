/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules of the granule table: rmm/core/granule.h. */
#include "host.h"

#define A (BANK1_BASE + MIB(2)) /* a run aligned to 2 MiB */

static int setup(void **state)
{
	machine_init();
	return 0;
}

static void test_table_size(void **state)
{
	static const struct {
		const char *rule;
		struct granule_bank bank[2];
		size_t count, bytes;
	} rows[] = {
		{"16 granules", {{{0x40000000}, 0x10000}}, 1, 32},
		{"one, in the middle of a quad", {{{0x40001000}, 0x1000}}, 1, 8},
		{"two, across quads", {{{0x40003000}, 0x2000}}, 1, 16},
		{"two banks", {{{0x40000000}, 0x4000}, {{0x80000000}, 0x4000}}, 2, 16},
		{"not ascending", {{{0x80000000}, 0x4000}, {{0x40000000}, 0x4000}}, 2, 0},
		{"overlapping", {{{0x40000000}, 0x4000}, {{0x40003000}, 0x4000}}, 2, 0},
		{"base not aligned", {{{0x40000800}, 0x4000}}, 1, 0},
		{"size not aligned", {{{0x40000000}, 0x800}}, 1, 0},
		{"empty", {{{0x40000000}, 0}}, 1, 0},
		{"around the end of all addresses", {{{0xfffffffffffff000}, 0x1000}}, 1, 0},
		{"beyond 52 bits", {{{0xfffffffff000}, BIT(52)}}, 1, 0},
		{"at address 0", {{{0}, 0x1000}}, 1, 0},
		{"too many banks", {{{0x40000000}, 0x4000}}, GRANULE_MAX_BANKS + 1, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_rule(rows[i].rule, granule_table_size(rows[i].bank, rows[i].count),
			    rows[i].bytes);
}

static void test_tracked(void **state)
{
	static const struct {
		const char *rule;
		uint64_t pa;
		bool tracked;
		uint64_t bytes;
	} rows[] = {
		{"below all banks", 0, false, BANK0_BASE},
		{"one granule below a bank", BANK0_BASE - GRANULE_SIZE, false, GRANULE_SIZE},
		{"the start of a bank", BANK0_BASE, true, BANK0_SIZE},
		{"the last granule of a bank", BANK0_BASE + BANK0_SIZE - GRANULE_SIZE, true,
		 GRANULE_SIZE},
		{"between two banks", BANK0_BASE + BANK0_SIZE, false,
		 BANK1_BASE - BANK0_BASE - BANK0_SIZE},
		{"before a bank far away", BANK1_BASE + BANK1_SIZE, false,
		 BANK2_BASE - BANK1_BASE - BANK1_SIZE},
		{"the last bank", BANK2_BASE, true, BANK2_SIZE},
		{"behind the last bank", BANK2_BASE + BANK2_SIZE, false, ~0ull},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bytes;

		assert_rule(rows[i].rule, granule_tracked(pa_of(rows[i].pa), &bytes),
			    rows[i].tracked);
		assert_rule(rows[i].rule, bytes, rows[i].bytes);
	}
}

/* Banks that touch are one stretch of memory. Leaves the table as machine_init() made it. */
static void test_tracked_across_banks(void **state)
{
	static const struct granule_bank touching[] = {
		{{0x40000000}, 0x4000},
		{{0x40004000}, 0x2000},
		{{0x40006000}, 0x1000},
		{{0x40008000}, 0x1000},
	};
	static uint64_t table[8];
	uint64_t bytes;

	assert_true(granule_table_size(touching, 4) <= sizeof(table));
	granule_init(touching, 4, table);
	assert_int_equal(granule_end(), 0x40009000);
	assert_true(granule_tracked(pa_of(0x40001000), &bytes));
	assert_int_equal(bytes, 0x6000);
	assert_true(granule_tracked(pa_of(0x40005000), &bytes));
	assert_int_equal(bytes, 0x2000);
	assert_false(granule_tracked(pa_of(0x40007000), &bytes));
	assert_int_equal(bytes, 0x1000);
	assert_true(granule_tracked(pa_of(0x40008000), &bytes));
	assert_int_equal(bytes, 0x1000);
	machine_high_bank(false);
	assert_int_equal(granule_end(), BANK1_BASE + BANK1_SIZE);
}

static void test_lock_expects_state(void **state)
{
	struct granule_lock lock, other;

	assert_false(granule_lock(pa_of(A), GRANULE_DELEGATED, &lock));
	assert_false(granule_lock(pa_of(A + 8), GRANULE_NS, &lock));
	assert_false(granule_lock(pa_of(0x1000), GRANULE_NS, &lock));
	assert_true(granule_lock(pa_of(A), GRANULE_NS, &lock));
	/* A granule in another state never makes anybody wait. */
	assert_int_equal(granule_trylock(pa_of(A), GRANULE_RD, &other), GRANULE_OTHER_STATE);
	assert_int_equal(granule_trylock(pa_of(A), GRANULE_NS, &other), GRANULE_CONTENDED);
	granule_unlock(&lock);
	assert_int_equal(granule_trylock(pa_of(A), GRANULE_NS, &other), GRANULE_TAKEN);
	granule_unlock_to(&other, GRANULE_PARTIAL);
	assert_true(granule_is(pa_of(A), GRANULE_PARTIAL));
	granule_publish(pa_of(A), 1, GRANULE_NS);
	assert_true(granule_is(pa_of(A), GRANULE_NS));
	assert_false(granule_is(pa_of(A + 8), GRANULE_NS));
}

static void test_refcount(void **state)
{
	struct granule_lock lock;

	assert_true(granule_lock(pa_of(A), GRANULE_NS, &lock));
	granule_ref_add(&lock, GRANULE_REF_MAX);
	assert_int_equal(granule_refs(&lock), GRANULE_REF_MAX);
	granule_unlock(&lock);
	assert_true(granule_is(pa_of(A), GRANULE_NS));
	assert_true(granule_lock(pa_of(A), GRANULE_NS, &lock));
	granule_ref_add(&lock, -GRANULE_REF_MAX);
	assert_int_equal(granule_refs(&lock), 0);
	granule_unlock(&lock);
}

/* Claims of every alignment and length around the quads give the same result. */
static void test_claim_runs(void **state)
{
	struct granule_lock lock;
	enum granule_try why;

	for (uint64_t first = 0; first < 6; first++) {
		for (size_t n = 1; n < 14; n++) {
			pa_t pa = pa_of(A + (first << GRANULE_SHIFT));

			assert_int_equal(granule_claim(pa, n, GRANULE_NS, NULL), n);
			assert_int_equal(granule_claim(pa, n, GRANULE_NS, &why), 0);
			assert_int_equal(why, GRANULE_CONTENDED);
			granule_publish(pa, n, GRANULE_DELEGATED);
			assert_int_equal(granule_count_state(pa, 64, GRANULE_DELEGATED), n);
			assert_int_equal(granule_claim(pa, 64, GRANULE_DELEGATED, &why), n);
			assert_int_equal(why, GRANULE_OTHER_STATE);
			granule_release(pa, n);
			granule_data_to_delegated(pa, n);
			granule_publish(pa, n, GRANULE_NS);
			assert_int_equal(granule_count_state(pa, 64, GRANULE_NS), 64);
		}
	}
	/* A held granule inside a quad stops the claim there. */
	assert_true(granule_lock(pa_of(A + 2 * GRANULE_SIZE), GRANULE_NS, &lock));
	assert_int_equal(granule_claim(pa_of(A), 8, GRANULE_NS, &why), 2);
	assert_int_equal(why, GRANULE_CONTENDED);
	granule_release(pa_of(A), 2);
	granule_unlock(&lock);
}

static void test_claim_ends_with_bank(void **state)
{
	enum granule_try why;
	pa_t last = pa_of(BANK0_BASE + BANK0_SIZE - GRANULE_SIZE);

	assert_int_equal(granule_claim(last, 8, GRANULE_NS, &why), 1);
	assert_int_equal(why, GRANULE_OTHER_STATE);
	granule_release(last, 1);
	assert_int_equal(granule_claim(pa_of(0x1000), 8, GRANULE_NS, &why), 0);
	assert_int_equal(why, GRANULE_OTHER_STATE);
	assert_int_equal(granule_claim(pa_of(A + 8), 8, GRANULE_NS, &why), 0);
	assert_int_equal(granule_count_state(last, 8, GRANULE_NS), 1);
}

/* What is known to be zero is not written again, until it may have been used. */
static void test_scrub(void **state)
{
	uint8_t *mem = arch_realm_ptr(pa_of(A));

	for (int i = 0; i < 3; i++)
		machine_set_pas(A + (uint64_t)i * GRANULE_SIZE, PAS_REALM);
	assert_int_equal(granule_claim(pa_of(A), 3, GRANULE_NS, NULL), 3);
	granule_publish(pa_of(A), 3, GRANULE_DELEGATED);
	memset(mem, 0x5a, 3 * GRANULE_SIZE);

	assert_int_equal(granule_claim(pa_of(A), 3, GRANULE_DELEGATED, NULL), 3);
	granule_scrub(pa_of(A), 3);
	for (size_t i = 0; i < 3 * GRANULE_SIZE; i++)
		assert_int_equal(mem[i], 0);
	granule_release(pa_of(A), 3);

	mem[0] = 1;
	assert_int_equal(granule_claim(pa_of(A), 3, GRANULE_DELEGATED, NULL), 3);
	granule_scrub(pa_of(A), 3);
	assert_int_equal(mem[0], 1);
	granule_publish(pa_of(A), 3, GRANULE_DELEGATED);
	assert_int_equal(granule_claim(pa_of(A), 3, GRANULE_DELEGATED, NULL), 3);
	granule_scrub(pa_of(A), 3);
	assert_int_equal(mem[0], 0);
	granule_publish(pa_of(A), 3, GRANULE_NS);
}

/* The last test: it puts other banks in place of the machine's. Each is found, and no gap is. */
static void test_any_number_of_banks(void **state)
{
	struct granule_bank banks[GRANULE_MAX_BANKS];
	uint64_t table[64], bytes;

	for (size_t count = 1; count <= GRANULE_MAX_BANKS; count++) {
		for (size_t i = 0; i < count; i++)
			banks[i] = (struct granule_bank){pa_of((i + 1) * GIB(1)), 4 * GRANULE_SIZE};
		assert_in_range(granule_table_size(banks, count), 1, sizeof(table));
		memset(table, 0, sizeof(table));
		granule_init(banks, count, table);
		for (size_t i = 0; i < count; i++) {
			pa_t base = banks[i].base, last = pa_add(base, 3 * GRANULE_SIZE);

			assert_true(granule_tracked(base, &bytes));
			assert_int_equal(bytes, 4 * GRANULE_SIZE);
			assert_int_equal(granule_claim(last, 1, GRANULE_NS, NULL), 1);
			granule_publish(last, 1, GRANULE_RD + i % 2);
			assert_true(granule_is(last, GRANULE_RD + i % 2));
			assert_false(granule_tracked(pa_add(last, GRANULE_SIZE), &bytes));
			assert_false(granule_tracked(pa_of(base.v - GRANULE_SIZE), &bytes));
		}
		assert_false(granule_tracked(pa_of(0), &bytes));
		assert_false(granule_tracked(pa_of(BIT(51)), &bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_size),
		cmocka_unit_test(test_tracked),
		cmocka_unit_test(test_tracked_across_banks),
		cmocka_unit_test(test_lock_expects_state),
		cmocka_unit_test(test_refcount),
		cmocka_unit_test(test_claim_runs),
		cmocka_unit_test(test_claim_ends_with_bank),
		cmocka_unit_test(test_scrub),
		cmocka_unit_test(test_any_number_of_banks),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
