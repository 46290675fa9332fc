/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/layout.c: where things lie, and how much memory that takes. */
#include <errno.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/layout.h"
#include "vmm/map.h"

static const struct image image = {.size = MIB(41) + 5};
static struct layout l;

static void things_follow_each_other_in_blocks_of_their_own(void **state)
{
	assert_no_error(layout_place(MIB(256), &image, MIB(3) + 1, &l));
	assert_int_equal(l.kernel, MAP_RAM);
	assert_int_equal(l.initrd, MAP_RAM + MIB(42));
	assert_int_equal(l.fdt, MAP_RAM + MIB(46));
	assert_int_equal(l.ram_size, MIB(256));
}

static void without_an_initrd_there_is_no_gap(void **state)
{
	assert_no_error(layout_place(MIB(256), &image, 0, &l));
	assert_int_equal(l.initrd, 0);
	assert_int_equal(l.fdt, MAP_RAM + MIB(42));
}

static void the_text_offset_moves_the_kernel(void **state)
{
	const struct image moved = {.text_offset = 0x80000, .size = MIB(2)};

	assert_no_error(layout_place(MIB(64), &moved, 0, &l));
	assert_int_equal(l.kernel, MAP_RAM + 0x80000);
	assert_int_equal(l.fdt, MAP_RAM + MIB(4));
}

static void too_little_memory_says_how_much_is_needed(void **state)
{
	assert_error(layout_place(MIB(58), &image, 0, &l), -ENOMEM, "--mem 60M at least");
	assert_no_error(layout_place(MIB(60), &image, 0, &l));
	assert_error(layout_place(MIB(2), &image, MIB(3), &l), -ENOMEM,
		     "kernel (42M) and initrd (3M)");
	assert_error(layout_place(MIB(256), &image, ~0ULL, &l), -EINVAL, "initrd");
}

static void one_bit_above_all_memory_says_shared(void **state)
{
	assert_int_equal(layout_ipa_bits(MIB(2)), 33);
	assert_int_equal(layout_ipa_bits(GIB(3)), 33);
	assert_int_equal(layout_ipa_bits(GIB(3) + MIB(2)), 34);
	assert_int_equal(layout_ipa_bits(GIB(7)), 34);
	assert_int_equal(layout_ipa_bits(MAP_RAM_MAX), 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(things_follow_each_other_in_blocks_of_their_own,
				       clear_errors),
		cmocka_unit_test_setup(without_an_initrd_there_is_no_gap, clear_errors),
		cmocka_unit_test_setup(the_text_offset_moves_the_kernel, clear_errors),
		cmocka_unit_test_setup(too_little_memory_says_how_much_is_needed, clear_errors),
		cmocka_unit_test_setup(one_bit_above_all_memory_says_shared, clear_errors),
	};

	return cmocka_run_group_tests_name("vmm/layout", tests, NULL, NULL);
}
