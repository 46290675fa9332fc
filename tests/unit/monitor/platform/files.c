/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/platform/qemu-virt/files.c: the device is found in the tree, each file by its item. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>

#include "monitor/include/platform.h"
#include "monitor/platform/qemu-virt/fw_cfg.h"
#include "tests/unit/monitor/boot/tree.h"

static uintptr_t registers;
static void *scratch_given;
static uint16_t key_read;

int fw_cfg_init(uintptr_t base, void *scratch)
{
	registers = base;
	scratch_given = scratch;
	return -ENOTSUP;
}

int fw_cfg_read(uint16_t key, void *dst, size_t n)
{
	key_read = key;
	return -EIO;
}

int fw_cfg_u32(uint16_t key, uint32_t *value)
{
	key_read = key;
	*value = 7;
	return 0;
}

static void the_device_is_the_one_in_the_tree(void **state)
{
	char scratch;

	registers = 0;
	assert_int_equal(platform_files_init(tree_load(), &scratch), -ENOTSUP);
	assert_int_equal(registers, 0x09020000);
	assert_ptr_equal(scratch_given, &scratch);
}

static void assert_no_device(const void *fdt)
{
	registers = 0;
	assert_int_equal(platform_files_init(fdt, NULL), -ENODEV);
	assert_int_equal(registers, 0);
}

static void a_tree_without_the_device_is_refused(void **state)
{
	void *fdt = tree_load();

	tree_delete(fdt, "/firmware-config");
	assert_no_device(fdt);
	fdt = tree_load();
	tree_set_string(fdt, "/firmware-config", "status", "disabled");
	assert_no_device(fdt);
	fdt = tree_load();
	tree_delete_property(fdt, "/firmware-config", "reg");
	assert_no_device(fdt);
}

static void each_file_has_its_items(void **state)
{
	static const struct {
		enum platform_file file;
		uint16_t size, data;
	} files[] = {
		{PLATFORM_KERNEL, FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA},
		{PLATFORM_INITRD, FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA},
		{PLATFORM_CMDLINE, FW_CFG_CMDLINE_SIZE, FW_CFG_CMDLINE_DATA},
	};
	uint32_t size;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_int_equal(platform_file_size(files[i].file, &size), 0);
		assert_int_equal(size, 7);
		assert_int_equal(key_read, files[i].size);
		assert_int_equal(platform_file_read(files[i].file, NULL, 0), -EIO);
		assert_int_equal(key_read, files[i].data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_is_the_one_in_the_tree),
		cmocka_unit_test(a_tree_without_the_device_is_refused),
		cmocka_unit_test(each_file_has_its_items),
	};

	return cmocka_run_group_tests_name("monitor/platform/files", tests, NULL, NULL);
}
