/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/device.c: which device answers an access, and which devices can be side by side. */
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <unistd.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/console.h"
#include "vmm/dev/device.h"
#include "vmm/dev/pci/bus.h"
#include "vmm/dev/uart/uart.h"
#include "vmm/lib/tree.h"
#include "vmm/loop/loop.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

#define A_BASE 0x0a000000ULL
#define B_BASE (A_BASE + 0x1000) /* right behind A */
#define C_BASE 0x0b000000ULL

/* The last access that came to a device. */
static struct {
	const struct device *device;
	unsigned int region, size;
	uint64_t offset, value;
} last;

static int open_count, open_error;
static const struct device *opened[4];
static struct devices ds;

/* A device's state is its description. */
static int open_device(const struct device *d, const struct device_context *c, void **state)
{
	if (open_error && open_count == 1)
		return error_set(open_error, "%s has no disk", d->name);
	opened[open_count++] = d;
	*state = (void *)d;
	return 0;
}

/* The last one that was opened is closed first. */
static void close_device(void *state)
{
	assert_ptr_equal(state, opened[--open_count]);
}

static uint64_t read_device(void *state, unsigned int region, uint64_t offset, unsigned int size)
{
	last.device = state;
	last.region = region;
	last.offset = offset;
	last.size = size;
	return 0x1122334455667788;
}

static void write_device(void *state, unsigned int region, uint64_t offset, unsigned int size,
			 uint64_t value)
{
	read_device(state, region, offset, size);
	last.value = value;
}

static unsigned int starts, resets, presses;
static int start_error;

static int start_device(void *state)
{
	assert_ptr_equal(state, opened[starts++]);
	return start_error;
}

static void reset_device(void *state)
{
	assert_ptr_equal(state, opened[resets++]);
}

static int press_device(void *state)
{
	assert_ptr_equal(state, opened[1]);
	presses++;
	return -EAGAIN;
}

#define FUNCTIONS                                                                                  \
	.open = open_device, .close = close_device, .read = read_device, .write = write_device

static const struct device a = {
	.name = "a",
	.regions = {{A_BASE, 0x1000}, {C_BASE, 0x100}},
	.spi = 3,
	.start = start_device,
	.reset = reset_device,
	FUNCTIONS,
};
static const struct device b = {
	.name = "b",
	.regions = {{B_BASE, 0x10}},
	.spi = DEVICE_NO_SPI,
	.start = start_device,
	.reset = reset_device,
	.press = press_device,
	FUNCTIONS,
};
/* A device without functions: it only says where it is. */
static const struct device c = {
	.name = "c", .regions = {{C_BASE + 0x100, 8}}, .spi = DEVICE_NO_SPI};
static const struct device *const list[] = {&a, &b, &c};

static int open_list(void **state)
{
	error_clear();
	open_count = open_error = 0;
	last.device = NULL;
	assert_no_error(devices_open(&ds, list, ARRAY_SIZE(list), NULL));
	return 0;
}

static int close_list(void **state)
{
	devices_close(&ds);
	return open_count;
}

static uint64_t read_at(uint64_t address, unsigned int size)
{
	uint64_t value = 0;

	last.device = NULL;
	devices_access(&ds, address, (uint8_t *)&value, size, false);
	return value;
}

static void write_at(uint64_t address, unsigned int size, uint64_t value)
{
	last.device = NULL;
	devices_access(&ds, address, (uint8_t *)&value, size, true);
}

static void assert_last(const struct device *d, unsigned int region, uint64_t offset)
{
	assert_ptr_equal(last.device, d);
	assert_int_equal(last.region, region);
	assert_int_equal(last.offset, offset);
}

static void an_access_comes_to_the_device_that_is_there(void **state)
{
	assert_int_equal(read_at(A_BASE, 1), 0x88);
	assert_last(&a, 0, 0);
	assert_int_equal(read_at(A_BASE + 0xffc, 4), 0x55667788);
	assert_last(&a, 0, 0xffc);
	assert_true(read_at(C_BASE + 8, 8) == 0x1122334455667788);
	assert_last(&a, 1, 8);
	write_at(B_BASE + 2, 2, 0xabcd1234);
	assert_last(&b, 0, 2);
	assert_int_equal(last.size, 2);
	assert_int_equal(last.value, 0x1234);
}

static void where_there_is_none_all_reads_as_ones(void **state)
{
	static const uint64_t nowhere[] = {0,	    A_BASE - 1, B_BASE + 0x10, C_BASE + 0x108,
					   MAP_RAM, UINT64_MAX};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		assert_int_equal(read_at(nowhere[i], 2), 0xffff);
		write_at(nowhere[i], 8, 1);
		assert_null(last.device);
	}
}

/* Also where another device begins right behind. */
static void an_access_over_the_end_comes_to_nobody(void **state)
{
	assert_int_equal(read_at(A_BASE + 0xffe, 4), 0xffffffff);
	assert_null(last.device);
	assert_int_equal(read_at(B_BASE + 0xf, 2), 0xffff);
	assert_null(last.device);
	assert_int_equal(read_at(A_BASE - 2, 4), 0xffffffff);
	assert_null(last.device);
}

static void a_device_without_functions_is_a_place_with_nothing(void **state)
{
	assert_int_equal(read_at(C_BASE + 0x100, 4), 0xffffffff);
	write_at(C_BASE + 0x100, 4, 1);
	assert_null(last.device);
}

static void all_are_started_until_one_fails(void **state)
{
	starts = 0;
	start_error = 0;
	assert_no_error(devices_start(&ds));
	assert_int_equal(starts, 2);
	starts = 0;
	start_error = -EAGAIN;
	assert_int_equal(devices_start(&ds), -EAGAIN);
	assert_int_equal(starts, 1);
}

static void all_are_reset_and_one_has_the_key(void **state)
{
	resets = presses = 0;
	devices_reset(&ds);
	assert_int_equal(resets, 2);
	assert_int_equal(devices_press_key(&ds), -EAGAIN);
	assert_int_equal(presses, 1);
	devices_close(&ds);
	assert_int_equal(devices_press_key(&ds), -ENOTCONN);
}

static void they_are_closed_in_reverse(void **state)
{
	assert_int_equal(open_count, 2);
	devices_close(&ds);
	assert_int_equal(open_count, 0);
	assert_int_equal(read_at(A_BASE, 1), 0xff);
}

static void when_one_cannot_be_opened_none_is(void **state)
{
	devices_close(&ds);
	open_error = -ENOENT;
	assert_error(devices_open(&ds, list, ARRAY_SIZE(list), NULL), -ENOENT, "b has no disk");
	assert_int_equal(open_count, 0);
}

/* Opens A and another one. */
static int open_beside_a(const struct device *other)
{
	const struct device *const two[] = {&a, other};
	int ret;

	devices_close(&ds);
	ret = devices_open(&ds, two, 2, NULL);
	devices_close(&ds);
	return ret;
}

static int open_at(uint64_t base, uint64_t size)
{
	const struct device other = {
		.name = "other", .regions = {{base, size}}, .spi = DEVICE_NO_SPI};

	return open_beside_a(&other);
}

static void regions_that_overlap_are_refused(void **state)
{
	static const char text[] = "devices a and other share an address";

	assert_error(open_at(A_BASE, 0x1000), -EINVAL, text);
	assert_error(open_at(A_BASE + 0xfff, 1), -EINVAL, text);
	assert_error(open_at(A_BASE - 0x10, 0x11), -EINVAL, text);
	assert_error(open_at(A_BASE - 0x10, 0x2000), -EINVAL, text);
	assert_error(open_at(C_BASE + 0xff, 0x10), -EINVAL, text);
	assert_no_error(open_at(A_BASE + 0x1000, 0x1000));
	assert_no_error(open_at(A_BASE - 0x10, 0x10));
	assert_no_error(open_at(A_BASE, 0));
	assert_int_equal(open_count, 0);
}

static void regions_of_one_device_must_not_overlap_either(void **state)
{
	const struct device other = {.name = "other",
				     .regions = {{B_BASE, 0x20}, {B_BASE + 0x10, 0x20}},
				     .spi = DEVICE_NO_SPI};

	assert_error(open_beside_a(&other), -EINVAL, "share an address");
}

static void an_interrupt_belongs_to_one_device(void **state)
{
	struct device other = {.name = "other", .regions = {{B_BASE, 8}}, .spi = 3};

	assert_error(open_beside_a(&other), -EINVAL, "devices a and other share");
	other.spi = MAP_SPIS;
	assert_error(open_beside_a(&other), -EINVAL, "there is no interrupt 32");
	other.spi = MAP_SPIS - 1;
	assert_no_error(open_beside_a(&other));
	/* Several that follow each other. */
	other.spi = 2;
	other.more_spis = 1;
	assert_error(open_beside_a(&other), -EINVAL, "share an address or interrupt");
	other.spi = 4;
	assert_no_error(open_beside_a(&other));
	other.spi = MAP_SPIS - 1;
	assert_error(open_beside_a(&other), -EINVAL, "there is no interrupt");
}

static void devices_lie_between_the_gic_and_memory(void **state)
{
	assert_error(open_at(MAP_GICR, 0x1000), -EINVAL, "no device can be at 0x80a0000");
	assert_error(open_at(MAP_RAM - 0x1000, 0x1001), -EINVAL, "no device can be at");
	assert_error(open_at(MAP_RAM, 1), -EINVAL, "no device can be at");
	assert_error(open_at(MAP_DEVICES, UINT64_MAX), -EINVAL, "no device can be at");
	assert_no_error(open_at(MAP_RAM - 0x1000, 0x1000));
}

/* What every `realm` has: its devices go together. */
static void the_list_of_devices_opens(void **state)
{
	struct loop loop;
	struct vm vm = {0};
	struct console console;
	struct device_config config = {.disk_count = 1, .disks = {{.path = "/tmp/vmm-XXXXXX"}}};
	const struct device_context context = {
		.vm = &vm, .loop = &loop, .console = &console, .config = &config};
	const struct device *chosen[DEVICE_COUNT];
	size_t count = devices_choose(&config, chosen);

	int disk = mkstemp(config.disks[0].path);

	assert_int_equal(ftruncate(disk, 512), 0);
	devices_close(&ds);
	assert_no_error(loop_init(&loop));
	assert_no_error(console_open(&console, &vm, &loop, "/dev/null"));
	assert_int_equal(count, DEVICE_COUNT);
	assert_no_error(devices_open(&ds, chosen, count, &context));
	assert_no_error(devices_start(&ds));
	assert_int_equal(read_at(UART_BASE + 5, 1), 0x60);
	assert_int_equal(read_at(PCI_ECAM_BASE, 4), 0x10421af4);
	devices_close(&ds);
	console_close(&console);
	loop_free(&loop);
	unlink(config.disks[0].path);
	close(disk);
}

static void assert_property(const void *tree, const char *path, const char *name,
			    const uint32_t *want, int count)
{
	const fdt32_t *cells;
	int i, len;

	cells = fdt_getprop(tree, fdt_path_offset(tree, path), name, &len);
	assert_non_null(cells);
	assert_int_equal(len, count * 4);
	for (i = 0; i < count; i++)
		assert_int_equal(fdt32_to_cpu(cells[i]), want[i]);
}

static void the_common_node_has_all_regions_and_the_interrupt(void **state)
{
	static const uint32_t reg[] = {0, A_BASE, 0, 0x1000, 0, C_BASE, 0, 0x100},
			      irq[] = {0, 3, 4};
	static uint8_t buf[4096];
	struct tree t;

	tree_start(&t, buf, sizeof(buf));
	tree_begin(&t, "");
	device_begin_node(&a, &t, "test,a");
	device_end_node(&a, &t);
	device_begin_node(&b, &t, "test,b");
	device_end_node(&b, &t);
	tree_end(&t);
	assert_no_error(tree_finish(&t));
	assert_property(buf, "/a@a000000", "reg", reg, 8);
	assert_property(buf, "/a@a000000", "interrupts", irq, 3);
	assert_null(fdt_getprop(buf, fdt_path_offset(buf, "/b@a001000"), "interrupts", NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_list, close_list)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_access_comes_to_the_device_that_is_there),
		TEST(where_there_is_none_all_reads_as_ones),
		TEST(an_access_over_the_end_comes_to_nobody),
		TEST(a_device_without_functions_is_a_place_with_nothing),
		TEST(all_are_started_until_one_fails),
		TEST(all_are_reset_and_one_has_the_key),
		TEST(they_are_closed_in_reverse),
		TEST(when_one_cannot_be_opened_none_is),
		TEST(regions_that_overlap_are_refused),
		TEST(regions_of_one_device_must_not_overlap_either),
		TEST(an_interrupt_belongs_to_one_device),
		TEST(devices_lie_between_the_gic_and_memory),
		TEST(the_list_of_devices_opens),
		TEST(the_common_node_has_all_regions_and_the_interrupt),
	};

	return cmocka_run_group_tests_name("vmm/dev/device", tests, NULL, NULL);
}
