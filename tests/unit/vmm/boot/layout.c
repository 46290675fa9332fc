/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/layout.c: where things lie, and how much memory that takes. */
#include <errno.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/layout.h"
#include "vmm/vm/map.h"

static struct layout_request r;
static struct layout l;

/* Debian's 7.3 cloud kernel and the demo's initrd, or none. */
static int set_request(void **state)
{
	error_clear();
	r = (struct layout_request){
		.mem = MIB(256),
		.image = {.size = MIB(41)},
		.linux_kernel = true,
		.cma = true,
	};
	return 0;
}

static void set_initrd(uint64_t size)
{
	r.initrd_size = r.initrd_unpacked = size;
}

static void things_follow_each_other_in_blocks_of_their_own(void **state)
{
	set_initrd(MIB(3) + 1);
	assert_no_error(layout_place(&r, &l));
	assert_int_equal(l.kernel, MAP_RAM);
	assert_int_equal(l.initrd, MAP_RAM + MIB(42));
	assert_int_equal(l.fdt, MAP_RAM + MIB(46));
}

static void without_an_initrd_there_is_no_gap(void **state)
{
	assert_no_error(layout_place(&r, &l));
	assert_int_equal(l.initrd, 0);
	assert_int_equal(l.fdt, MAP_RAM + MIB(42));
}

static void the_text_offset_moves_the_kernel(void **state)
{
	r.image = (struct image){.text_offset = 0x80000, .size = MIB(2)};
	assert_no_error(layout_place(&r, &l));
	assert_int_equal(l.kernel, MAP_RAM + 0x80000);
	assert_int_equal(l.fdt, MAP_RAM + MIB(4));
	r.image.text_offset = 0x1080000;
	assert_no_error(layout_place(&r, &l));
	assert_int_equal(l.kernel, MAP_RAM + 0x1080000);
	assert_int_equal(l.fdt, MAP_RAM + MIB(20));
	r.mem = MIB(20);
	assert_error(layout_place(&r, &l), -ENOMEM, "--mem 46M at least");
}

/* Refused or not with this many MiB. */
static bool fits(uint64_t mib)
{
	int ret;

	r.mem = MIB(mib);
	ret = layout_place(&r, &l);
	error_clear();
	return ret == 0;
}

/* Sizes with which it was seen to panic before it had a console, and to start. */
static void sizes_that_end_in_silence_are_refused(void **state)
{
	assert_false(fits(60));
	assert_false(fits(62));
	assert_true(fits(68));
	assert_true(fits(104));
	assert_false(fits(112));
	assert_true(fits(144));
	set_initrd(2572288);
	assert_false(fits(64));
	assert_false(fits(66));
	assert_true(fits(76));
	assert_true(fits(104));
	assert_true(fits(108));
	assert_false(fits(120));
	assert_false(fits(128));
	assert_true(fits(144));
	assert_true(fits(160));
}

static void too_little_memory_says_how_much_is_needed(void **state)
{
	r.mem = MIB(66);
	assert_error(layout_place(&r, &l), -ENOMEM, "--mem 68M at least");
	r.mem = MIB(2);
	set_initrd(MIB(3));
	assert_error(layout_place(&r, &l), -ENOMEM, "kernel (41M) and initrd (3M) need --mem 74M");
	r.mem = MIB(112);
	assert_error(layout_place(&r, &l), -ENOMEM,
		     "take 110M at most or 138M at least, or put cma=0");
	assert_true(fits(110));
	assert_true(fits(138));
	assert_false(fits(136));
	r.cma = false;
	assert_true(fits(136));
	r.initrd_size = ~0ULL;
	assert_error(layout_place(&r, &l), -EINVAL, "initrd");
	set_initrd(MIB(1));
	r.initrd_unpacked = ~0ULL;
	assert_error(layout_place(&r, &l), -EINVAL, "initrd");
}

/* No size below would be free of one fault or the other. */
static void with_a_large_initrd_there_is_one_limit(void **state)
{
	set_initrd(MIB(100));
	r.mem = MIB(200);
	assert_error(layout_place(&r, &l), -ENOMEM, "need --mem 332M at least");
	r.mem = MIB(300);
	assert_error(layout_place(&r, &l), -ENOMEM, "need --mem 332M at least");
	assert_true(fits(332));
	assert_false(fits(330));
}

static void other_payloads_need_what_is_loaded(void **state)
{
	r.linux_kernel = false;
	r.image.size = MIB(1);
	assert_true(fits(4));
	r.mem = MIB(2);
	assert_error(layout_place(&r, &l), -ENOMEM, "--mem 4M at least");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(things_follow_each_other_in_blocks_of_their_own,
				       set_request),
		cmocka_unit_test_setup(without_an_initrd_there_is_no_gap, set_request),
		cmocka_unit_test_setup(the_text_offset_moves_the_kernel, set_request),
		cmocka_unit_test_setup(too_little_memory_says_how_much_is_needed, set_request),
		cmocka_unit_test_setup(sizes_that_end_in_silence_are_refused, set_request),
		cmocka_unit_test_setup(with_a_large_initrd_there_is_one_limit, set_request),
		cmocka_unit_test_setup(other_payloads_need_what_is_loaded, set_request),
	};

	return cmocka_run_group_tests_name("vmm/boot/layout", tests, NULL, NULL);
}
