/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/platform/qemu-virt/fw_cfg.c against a model of the device that follows QEMU's
 * specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "monitor/platform/qemu-virt/fw_cfg.h"
#include "monitor/boot/mmio.h"

#define BASE 0x09020000

struct item {
	uint16_t key;
	const void *data;
	uint32_t size;
};

static const uint8_t kernel[] = "a kernel's bytes";
static struct item items[] = {
	{0x00, "QEMU", 4},
	{0x01, "\x03\0\0\0", 4},
	{FW_CFG_KERNEL_SIZE, "\x11\0\0\0", 4},
	{FW_CFG_KERNEL_DATA, kernel, sizeof(kernel)},
	{FW_CFG_CMDLINE_SIZE, "\xef\xbe\xad\xde", 4},
};

static struct {
	const struct item *selected;
	uint32_t position;
	uint32_t transfers;
	bool barrier; /* one was issued since the last transfer was started */
	bool fail;
	bool dead;
} device;

static _Alignas(8) uint8_t scratch[FW_CFG_SCRATCH_SIZE];

static void select_item(uint16_t key)
{
	device.selected = NULL;
	device.position = 0;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		if (items[i].key == key)
			device.selected = &items[i];
	}
}

static uint8_t next_byte(void)
{
	const struct item *item = device.selected;

	if (!item || device.position >= item->size)
		return 0;
	return ((const uint8_t *)item->data)[device.position++];
}

uint8_t mmio_read8(uintptr_t addr)
{
	assert_int_equal(addr, BASE + 0);
	return next_byte();
}

void mmio_write16(uintptr_t addr, uint16_t value)
{
	assert_int_equal(addr, BASE + 8);
	select_item(__builtin_bswap16(value));
}

static uint64_t get_be(const uint8_t *p, int n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | *p++;
	return value;
}

static void put_be32(uint8_t *p, uint32_t value)
{
	for (int i = 3; i >= 0; i--)
		*p++ = (uint8_t)(value >> 8 * i);
}

static void transfer(uint8_t *access)
{
	uint32_t control = (uint32_t)get_be(access, 4);
	uint32_t length = (uint32_t)get_be(access + 4, 4);
	uint8_t *dst = (uint8_t *)(uintptr_t)get_be(access + 8, 8);

	/* Select and read, nothing else, error clear. */
	assert_int_equal(control & 0xffff, 0x0a);
	select_item((uint16_t)(control >> 16));
	while (!device.fail && length--)
		*dst++ = next_byte();
	put_be32(access, device.fail ? 1 : 0);
}

void mmio_write64(uintptr_t addr, uint64_t value)
{
	assert_int_equal(addr, BASE + 16);
	assert_true(device.barrier);
	device.barrier = false;
	device.transfers++;
	if (!device.dead)
		transfer((uint8_t *)(uintptr_t)__builtin_bswap64(value));
}

void mmio_barrier(void)
{
	device.barrier = true;
}

static int set_up(void **state)
{
	memset(&device, 0, sizeof(device));
	memset(scratch, 0xff, sizeof(scratch));
	items[0].data = "QEMU";
	items[1].data = "\x03\0\0\0";
	return fw_cfg_init(BASE, scratch);
}

static void data_arrives_whole(void **state)
{
	uint8_t buffer[sizeof(kernel) + 1] = {[sizeof(kernel)] = 0x77};

	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, buffer, sizeof(kernel)), 0);
	assert_memory_equal(buffer, kernel, sizeof(kernel));
	assert_int_equal(buffer[sizeof(kernel)], 0x77);
	assert_int_equal(device.transfers, 1);
	/* Data the device wrote may be looked at only behind a barrier. */
	assert_true(device.barrier);
}

static void every_read_starts_at_the_first_byte(void **state)
{
	uint8_t a[4], b[4];

	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, a, 4), 0);
	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, b, 4), 0);
	assert_memory_equal(a, kernel, 4);
	assert_memory_equal(b, kernel, 4);
}

static void sizes_are_little_endian(void **state)
{
	uint32_t value = 0;

	assert_int_equal(fw_cfg_u32(FW_CFG_KERNEL_SIZE, &value), 0);
	assert_int_equal(value, sizeof(kernel));
	assert_int_equal(fw_cfg_u32(FW_CFG_CMDLINE_SIZE, &value), 0);
	assert_int_equal(value, 0xdeadbeef);
}

static void absent_items_read_as_zero(void **state)
{
	uint32_t value = 1;
	uint8_t bytes[3] = {1, 2, 3};

	assert_int_equal(fw_cfg_u32(FW_CFG_INITRD_SIZE, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(fw_cfg_read(FW_CFG_INITRD_DATA, bytes, 3), 0);
	assert_memory_equal(bytes, "\0\0\0", 3);
}

static void nothing_to_read_is_no_error(void **state)
{
	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, NULL, 0), 0);
}

static void device_errors_are_reported(void **state)
{
	uint32_t value = 5;
	uint8_t byte;

	device.fail = true;
	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, &byte, 1), -EIO);
	assert_int_equal(fw_cfg_u32(FW_CFG_KERNEL_SIZE, &value), -EIO);
	assert_int_equal(value, 5);
	device.fail = false;
	assert_int_equal(fw_cfg_u32(FW_CFG_KERNEL_SIZE, &value), 0);
}

static void a_dead_device_does_not_hang_us(void **state)
{
	uint8_t byte;

	device.dead = true;
	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, &byte, 1), -ETIMEDOUT);
}

static void lengths_beyond_32_bits_are_refused(void **state)
{
	uint8_t byte;

	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, &byte, GIB(4)), -EINVAL);
	assert_int_equal(device.transfers, 0);
}

static void something_else_is_not_fw_cfg(void **state)
{
	uint32_t value;
	uint8_t byte;

	items[0].data = "QEMV";
	assert_int_equal(fw_cfg_init(BASE, scratch), -ENODEV);
	assert_int_equal(fw_cfg_read(FW_CFG_KERNEL_DATA, &byte, 1), -ENODEV);
	assert_int_equal(fw_cfg_u32(FW_CFG_KERNEL_SIZE, &value), -ENODEV);
	assert_int_equal(device.transfers, 0);
}

static void fw_cfg_without_dma_is_refused(void **state)
{
	items[1].data = "\x01\0\0\0";
	assert_int_equal(fw_cfg_init(BASE, scratch), -ENOTSUP);
}

static void the_scratch_block_must_be_aligned(void **state)
{
	assert_int_equal(fw_cfg_init(BASE, scratch + 4), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(data_arrives_whole, set_up),
		cmocka_unit_test_setup(every_read_starts_at_the_first_byte, set_up),
		cmocka_unit_test_setup(sizes_are_little_endian, set_up),
		cmocka_unit_test_setup(absent_items_read_as_zero, set_up),
		cmocka_unit_test_setup(nothing_to_read_is_no_error, set_up),
		cmocka_unit_test_setup(device_errors_are_reported, set_up),
		cmocka_unit_test_setup(a_dead_device_does_not_hang_us, set_up),
		cmocka_unit_test_setup(lengths_beyond_32_bits_are_refused, set_up),
		cmocka_unit_test_setup(something_else_is_not_fw_cfg, set_up),
		cmocka_unit_test_setup(fw_cfg_without_dma_is_refused, set_up),
		cmocka_unit_test_setup(the_scratch_block_must_be_aligned, set_up),
	};

	return cmocka_run_group_tests_name("monitor/platform/fw_cfg", tests, NULL, NULL);
}
