/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/gdb/points.c: debug registers for gdb's points. */
#include "tests/unit/vmm/unit.h"
#include "vmm/gdb/points.h"

static struct gdb_points p;

static int set_up(void **state)
{
	p = (struct gdb_points){.breaks = 2, .watches = 1};
	return 0;
}

static void breakpoints_are_for_el0_and_el1(void **state)
{
	assert_true(gdb_points_set(&p, GDB_BREAK, 0x40080000, 4));
	assert_int_equal(p.bcr[0], 0x1e7);
	assert_int_equal(p.bvr[0], 0x40080000);
	assert_true(gdb_points_set(&p, GDB_BREAK_SOFT, 0xffff800080010000ULL, 4));
	assert_int_equal(p.bvr[1], 0xffff800080010000ULL);
	assert_false(gdb_points_set(&p, GDB_BREAK, 0x40080002, 2));
}

static void there_are_so_many(void **state)
{
	assert_true(gdb_points_set(&p, GDB_BREAK, 0x1000, 4));
	assert_true(gdb_points_set(&p, GDB_BREAK, 0x1000, 4));
	assert_true(gdb_points_set(&p, GDB_BREAK, 0x2000, 4));
	assert_false(gdb_points_set(&p, GDB_BREAK, 0x3000, 4));
	assert_true(gdb_points_clear(&p, GDB_BREAK, 0x1000, 4));
	assert_int_equal(p.bcr[0], 0);
	assert_false(gdb_points_clear(&p, GDB_BREAK, 0x1000, 4));
	assert_true(gdb_points_set(&p, GDB_BREAK, 0x3000, 4));
	assert_int_equal(p.bcr[2], 0);
}

static void watchpoints_are_on_bytes_of_a_word(void **state)
{
	assert_true(gdb_points_set(&p, GDB_WATCH_WRITE, 0x1004, 4));
	assert_int_equal(p.wvr[0], 0x1000);
	assert_int_equal(p.wcr[0], 0xf0 << 5 | 2 << 3 | 7);
	assert_true(gdb_points_clear(&p, GDB_WATCH_WRITE, 0x1004, 4));
	assert_true(gdb_points_set(&p, GDB_WATCH_READ, 0x1000, 8));
	assert_int_equal(p.wcr[0], 0xff << 5 | 1 << 3 | 7);
	assert_false(gdb_points_set(&p, GDB_WATCH_ANY, 0x2000, 1));
	assert_false(gdb_points_set(&p, GDB_WATCH_ANY, 0x1004, 5));
	assert_false(gdb_points_set(&p, GDB_WATCH_ANY, 0x1000, 0));
}

static void all_can_be_forgotten(void **state)
{
	gdb_points_set(&p, GDB_BREAK, 0x1000, 4);
	gdb_points_set(&p, GDB_WATCH_ANY, 0x1000, 1);
	gdb_points_forget(&p);
	assert_int_equal(p.bcr[0] | p.bvr[0] | p.wcr[0] | p.wvr[0], 0);
	assert_int_equal(p.breaks, 2);
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(breakpoints_are_for_el0_and_el1),
		TEST(there_are_so_many),
		TEST(watchpoints_are_on_bytes_of_a_word),
		TEST(all_can_be_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
