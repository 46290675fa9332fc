/* SPDX-License-Identifier: BSD-3-Clause */
/* index_nospec(): the index where it is one, 0 where it is not, and no branch in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <util.h>

static void test_index(void **state)
{
	static const struct {
		uint64_t index, size, result;
	} rows[] = {
		{0, 1, 0},
		{1, 1, 0},
		{0, 64, 0},
		{63, 64, 63},
		{64, 64, 0},
		{65, 64, 0},
		{BIT(32) | 3, 64, 0},
		{BIT(63), 64, 0},
		{~UINT64_C(0), 64, 0},
		{~UINT64_C(0) - 3, 5, 0},
		{BIT(62) - 1, BIT(62), BIT(62) - 1},
		{BIT(62), BIT(62), 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(index_nospec(rows[i].index, rows[i].size), rows[i].result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_index)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
