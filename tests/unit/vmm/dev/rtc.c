/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/rtc.c: the registers of a PL031, and that a guest sets its own clock alone. */
#include <libfdt.h>
#include <time.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/device.h"
#include "vmm/lib/tree.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/vm.h"

enum { TIME = 0, MATCH = 4, LOAD = 8, CONTROL = 0xc, MASK = 0x10, RAW = 0x14, ID = 0xfe0 };

static void *rtc;

static int open_rtc(void **state)
{
	return rtc_device.open(&rtc_device, NULL, &rtc);
}

static int close_rtc(void **state)
{
	rtc_device.close(rtc);
	return 0;
}

static uint32_t get(uint64_t offset)
{
	return (uint32_t)rtc_device.read(rtc, 0, offset, 4);
}

static void set(uint64_t offset, uint32_t value)
{
	rtc_device.write(rtc, 0, offset, 4, value);
}

static void assert_now(uint32_t value, uint32_t want)
{
	assert_in_range(value - want, 0, 60);
}

static void it_says_what_it_is(void **state)
{
	static const uint8_t id[] = {0x31, 0x10, 0x04, 0, 0x0d, 0xf0, 0x05, 0xb1};
	unsigned int i;

	for (i = 0; i < sizeof(id); i++)
		assert_int_equal(get(ID + 4 * i), id[i]);
}

static void it_has_the_hosts_time(void **state)
{
	uint32_t now = (uint32_t)time(NULL);

	assert_now(get(TIME), now);
	assert_int_equal(get(CONTROL), 1);
	set(CONTROL, 0);
	assert_now(get(TIME), now);
}

static void a_guest_sets_its_own_clock(void **state)
{
	set(LOAD, 1000);
	assert_now(get(TIME), 1000);
	assert_int_equal(get(LOAD), 1000);
	set(LOAD, 0xffffffff);
	assert_now(get(TIME), 0xffffffff);
	rtc_device.reset(rtc);
	assert_now(get(TIME), (uint32_t)time(NULL));
}

static void no_alarm_comes(void **state)
{
	set(MATCH, get(TIME));
	set(MASK, 0xff);
	assert_int_equal(get(MASK), 1);
	assert_int_equal(get(RAW), 0);
}

static void other_offsets_read_as_zero(void **state)
{
	uint64_t offset;

	for (offset = RAW; offset < ID; offset++)
		assert_int_equal(get(offset), 0);
	set(0xffc, 1);
	assert_int_equal(get(1), 0);
}

/* Linux's driver waits for its clock, and asks for an interrupt only if there is one. */
static void the_node_names_its_clock(void **state)
{
	static uint8_t tree[4096];
	struct tree t;
	int rtc_at, clock;

	tree_start(&t, tree, sizeof(tree));
	tree_begin(&t, "");
	rtc_device.node(&rtc_device, &t);
	tree_end(&t);
	assert_no_error(tree_finish(&t));
	rtc_at = fdt_path_offset(tree, "/rtc@9010000");
	clock = fdt_path_offset(tree, "/apb-pclk");
	assert_int_equal(fdt_node_check_compatible(tree, rtc_at, "arm,primecell"), 0);
	assert_int_equal(fdt_node_check_compatible(tree, clock, "fixed-clock"), 0);
	assert_int_equal(fdt32_to_cpu(*(fdt32_t *)fdt_getprop(tree, rtc_at, "clocks", NULL)),
			 fdt_get_phandle(tree, clock));
	assert_null(fdt_getprop(tree, rtc_at, "interrupts", NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_rtc, close_rtc)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_it_is),	  TEST(it_has_the_hosts_time),
		TEST(a_guest_sets_its_own_clock), TEST(no_alarm_comes),
		TEST(other_offsets_read_as_zero), TEST(the_node_names_its_clock),
	};

	return cmocka_run_group_tests_name("vmm/dev/rtc", tests, NULL, NULL);
}
