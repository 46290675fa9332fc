/* SPDX-License-Identifier: BSD-3-Clause */
/* Range descriptors and lists of them: docs/spec/rmi-2.0.md section 5. */
#include "host.h"
#include "rmm/rmi2/range.h"

static void test_descriptor(void **state)
{
	static const struct {
		const char *rule;
		int level;
		uint64_t pa, count;
		unsigned int state;
		uint64_t desc;
	} rows[] = {
		{"a granule", 3, 0x80001000, 1, RMI_DESC_DELEGATED, 0x80001004},
		{"2M blocks", 2, 0x80200000, 5, RMI_DESC_DELEGATED, 0x80200015},
		{"1G blocks", 1, 0x80000000, 2, RMI_DESC_DELEGATED, 0x8000000a},
		{"512G blocks", 0, BIT(39), 1, RMI_DESC_DELEGATED, BIT(39) | 7},
		{"the largest count", 3, 0x1000, 1023, RMI_DESC_DELEGATED, 0x1ffc},
		{"the highest address", 3, MASK(51, 12), 1, RMI_DESC_DELEGATED, MASK(51, 12) | 4},
		{"memory of the host", 3, 0x1000, 1, RMI_DESC_UNDELEGATED, BIT(62) | 0x1004},
		{"CONDITIONAL", 3, 0x1000, 1, RMI_DESC_CONDITIONAL, BIT(63) | 0x1004},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t desc =
			range_desc(rows[i].level, pa_of(rows[i].pa), rows[i].count, rows[i].state);

		if (desc != rows[i].desc || range_level(desc) != rows[i].level)
			fail_msg("%s: %#llx", rows[i].rule, (unsigned long long)desc);
	}
}

static void test_list_valid(void **state)
{
	uint64_t page = host_pages(1), ours = host_delegated(1);
	const struct {
		const char *rule;
		uint64_t pa;
		bool valid;
	} rows[] = {
		{"the start of a page", page, true},
		{"inside a page", page + 8, true},
		{"the last entry of a page", page + GRANULE_SIZE - 8, true},
		{"not aligned, by 1", page + 1, false},
		{"not aligned, by 4", page + 4, false},
		{"not aligned, at the end", page + GRANULE_SIZE - 4, false},
		{"a delegated page", ours, false},
		{"inside a delegated page", ours + 8, false},
		{"no memory", 8, false},
		{"no address", ~UINT64_C(7), false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (range_list_valid(rows[i].pa) != rows[i].valid)
			fail_msg("%s", rows[i].rule);
	undelegate(ours, 1);
}

static void test_list_clip(void **state)
{
	static const struct {
		const char *rule;
		uint64_t pa, count, clipped;
	} rows[] = {
		{"nothing", 0x1000, 0, 0},
		{"nothing, at the page's end", 0x1ff8, 0, 0},
		{"less than there is room for", 0x1000, 3, 3},
		{"a whole page", 0x1000, 512, 512},
		{"one more than a page", 0x1000, 513, 512},
		{"any number", 0x1000, ~UINT64_C(0), 512},
		{"just as many as there is room for", 0x1fe8, 3, 3},
		{"one more than there is room for", 0x1fe8, 4, 3},
		{"one at the page's end", 0x1ff8, 1, 1},
		{"two at the page's end", 0x1ff8, 2, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (range_list_clip(rows[i].pa, rows[i].count) != rows[i].clipped)
			fail_msg("%s", rows[i].rule);
}

static void test_list_read(void **state)
{
	uint64_t pa = host_pages(1), *entry = host_ptr(pa), list[4] = {0};
	size_t n = 77;

	for (uint64_t i = 0; i < 512; i++)
		entry[i] = 1000 + i;
	assert_true(range_list_read(pa, 2, list, ARRAY_SIZE(list), &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0], 1000);
	assert_int_equal(list[1], 1001);
	assert_int_equal(list[2], 0);
	/* Reads no more entries than there is room for, and no more than the page has. */
	assert_true(range_list_read(pa + 8, 4, list, ARRAY_SIZE(list), &n));
	assert_int_equal(n, 4);
	assert_int_equal(list[3], 1004);
	assert_true(range_list_read(pa + 16, 5, list, ARRAY_SIZE(list), &n));
	assert_int_equal(n, 4);
	assert_int_equal(list[0], 1002);
	assert_true(range_list_read(pa + 510 * 8, 4, list, ARRAY_SIZE(list), &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[1], 1511);
	assert_int_equal(list[2], 1004);
	/* A list that is not valid, even without an entry; one that cannot be read. */
	assert_false(range_list_read(pa + 4, 1, list, ARRAY_SIZE(list), &n));
	assert_false(range_list_read(pa + 4, 0, list, ARRAY_SIZE(list), &n));
	machine_ns_budget = 0;
	assert_false(range_list_read(pa, 1, list, ARRAY_SIZE(list), &n));
	/* Nothing to read cannot fail. */
	assert_true(range_list_read(pa, 0, list, ARRAY_SIZE(list), &n));
	assert_int_equal(n, 0);
	machine_ns_budget = ~0u;
	assert_int_equal(list[0], 1510);
}

static void test_list_write(void **state)
{
	static const uint64_t list[] = {11, 22, 33};
	uint64_t pa = host_pages(1), *entry = host_ptr(pa);
	size_t n = 2;

	memset(entry, 0, GRANULE_SIZE);
	assert_true(range_list_write(pa + 8, list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(entry[0], 0);
	assert_int_equal(entry[1], 11);
	assert_int_equal(entry[2], 22);
	assert_int_equal(entry[3], 0);
	n = 3;
	assert_true(range_list_write(pa + 510 * 8, list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(entry[511], 22);
	machine_ns_budget = 0;
	n = 1;
	assert_false(range_list_write(pa, list, &n));
	n = 0;
	assert_true(range_list_write(pa, list, &n));
	assert_int_equal(n, 0);
	machine_ns_budget = ~0u;
	assert_int_equal(entry[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptor), cmocka_unit_test(test_list_valid),
		cmocka_unit_test(test_list_clip),  cmocka_unit_test(test_list_read),
		cmocka_unit_test(test_list_write),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
