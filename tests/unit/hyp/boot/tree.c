/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp/boot/tree.c: what hyp reads of the device tree, where it goes, and what the host is told. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libfdt.h>
#include <util.h>

#include "hyp/boot/tree.h"
#include "tests/unit/monitor/boot/tree.h"

#define SIZE	   MIB(2)
#define RAM	   UINT64_C(0x40000000)
#define TOP	   (RAM + GIB(3))
#define ADDRESS(a) (uint32_t)((a) >> 32), (uint32_t)(a)

static void *fdt;
static struct tree tree;

static int setup(void **state)
{
	fdt = tree_load();
	return 0;
}

static uint64_t place(void)
{
	struct region hyp;

	assert_int_equal(tree_place(&tree, SIZE, &hyp), 0);
	assert_int_equal(hyp.size, SIZE);
	return hyp.base;
}

static void reads_what_is_the_hosts(void **state)
{
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_int_equal(tree.nr_cpus, 2);
	assert_int_equal(tree.mpidr[1], 1);
	assert_int_equal(tree.nr_dram, 1);
	assert_int_equal(tree.dram[0].base, RAM);
	assert_int_equal(tree.dram[0].size, GIB(3));
	assert_int_equal(tree.uart.size, 0x1000);
	assert_true(tree.uart.base == 0x09000000 || tree.uart.base == 0x09050000);
}

static void refuses_a_broken_tree(void **state)
{
	tree_set_cells(fdt, "/cpus/cpu@1", "reg", CELLS(0, 0, 1));
	assert_int_equal(tree_read(fdt, &tree), -EINVAL);

	fdt = tree_load();
	tree_delete(fdt, "/cpus");
	assert_int_equal(tree_read(fdt, &tree), -EINVAL);

	fdt = tree_load();
	tree_delete(fdt, "/ram");
	assert_int_equal(tree_read(fdt, &tree), -EINVAL);

	fdt = tree_load();
	tree_set_cells(fdt, "/ram", "reg", CELLS(0xffffffff, 0xffff0000, 0, 0x20000));
	assert_int_equal(tree_read(fdt, &tree), -EINVAL);

	*(uint32_t *)fdt = 0;
	assert_int_equal(tree_read(fdt, &tree), -EINVAL);
}

static void refuses_more_cpus_than_it_has_room_for(void **state)
{
	char name[] = "/cpus/cpu@xx";

	for (uint32_t i = 2; i <= MAX_CPUS; i++) {
		name[10] = (char)('a' + i / 16);
		name[11] = (char)('a' + i % 16);
		tree_add(fdt, "/cpus", name + 6);
		tree_set_string(fdt, name, "device_type", "cpu");
		tree_set_cells(fdt, name, "reg", CELLS(i));
		assert_int_equal(tree_read(fdt, &tree), i < MAX_CPUS ? 0 : -ENOSPC);
	}
}

static void lies_at_the_top_clear_of_what_is_taken(void **state)
{
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_int_equal(place(), TOP - SIZE);
	tree_take(&tree, TOP - MIB(3), MIB(1));
	assert_int_equal(place(), TOP - SIZE);
	tree_take(&tree, TOP - 1, 1);
	assert_int_equal(place(), TOP - MIB(6));
	tree_take(&tree, RAM + SIZE, GIB(3) - SIZE);
	assert_int_equal(place(), RAM);
	tree_take(&tree, RAM + 4096, 4096);
	assert_int_equal(tree_place(&tree, SIZE, &(struct region){0}), -ENOMEM);
}

static void reserved_memory_and_initrd_are_taken(void **state)
{
	tree_set_cells(fdt, "/chosen", "linux,initrd-start", CELLS(ADDRESS(TOP - MIB(4))));
	tree_set_cells(fdt, "/chosen", "linux,initrd-end", CELLS(ADDRESS(TOP)));
	tree_add(fdt, "/", "reserved-memory");
	tree_set_cells(fdt, "/reserved-memory", "#address-cells", CELLS(2));
	tree_set_cells(fdt, "/reserved-memory", "#size-cells", CELLS(2));
	tree_set_cells(fdt, "/reserved-memory", "ranges", 0, NULL);
	tree_add(fdt, "/reserved-memory", "rmm");
	tree_set_cells(fdt, "/reserved-memory/rmm", "reg",
		       CELLS(ADDRESS(TOP - MIB(8)), ADDRESS(MIB(4))));
	assert_int_equal(fdt_add_mem_rsv(fdt, TOP - MIB(10), MIB(2)), 0);
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_int_equal(place(), TOP - MIB(12));
}

static void takes_the_higher_bank(void **state)
{
	tree_set_cells(fdt, "/ram", "reg",
		       CELLS(0x10, 0, ADDRESS(MIB(64)), ADDRESS(RAM), ADDRESS(MIB(64))));
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_int_equal(place(), UINT64_C(0x1000000000) + MIB(62));
}

static void host_is_told(void **state)
{
	static uint64_t to[TREE_ROOM / sizeof(uint64_t)];
	const struct region hyp = {TOP - SIZE, SIZE};
	struct region taken;
	const char *path = "/reserved-memory/hyp";

	assert_int_equal(tree_edit(fdt, to, sizeof(to), &hyp), 0);
	assert_non_null(fdt_getprop(to, tree_node(to, path), "no-map", NULL));
	assert_non_null(fdt_getprop(to, tree_node(to, "/reserved-memory"), "ranges", NULL));
	assert_int_equal(tree_read(to, &tree), 0);
	assert_int_equal(tree.nr_taken, 1);
	taken = tree.taken[0];
	assert_int_equal(taken.base, hyp.base);
	assert_int_equal(taken.size, hyp.size);
	/* A hypervisor below a hypervisor finds another place. */
	assert_int_equal(place(), TOP - 2 * SIZE);
	assert_int_equal(tree_edit(fdt, to, 1024, &hyp), -ENOSPC);
}

static void memory_is_in_one_bank(void **state)
{
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_true(tree_is_dram(&tree, RAM, 4096));
	assert_true(tree_is_dram(&tree, TOP - 4096, 4096));
	assert_false(tree_is_dram(&tree, TOP - 4096, 4097));
	assert_false(tree_is_dram(&tree, RAM - 1, 4096));
	assert_false(tree_is_dram(&tree, UINT64_MAX - 4095, 4096));
	assert_false(tree_is_dram(&tree, RAM + 4096, UINT64_MAX));
}

/* Is each page of [base, base + size) in a region, and in one only? */
static bool is_device(uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < tree.nr_devices; i++) {
		const struct region *d = &tree.devices[i];

		if (base >= d->base && base + size <= d->base + d->size)
			return true;
	}
	return false;
}

static void devices_are_what_the_tree_names(void **state)
{
	tree_add(fdt, "/bus", "device");
	tree_set_cells(fdt, "/bus/device", "reg", CELLS(0x5000, 0x800));
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_true(is_device(0x09000000, 0x1000));
	assert_true(is_device(0x09050000, 0x1000));
	assert_true(is_device(0x08000000, 0x10000));
	assert_true(is_device(0x080a0000, 0xf60000)); /* the second frame of the same device */
	assert_true(is_device(0x09020000, 0x1000));   /* a frame of 24 bytes */
	assert_true(is_device(0x0c005000, 0x1000));   /* on a bus */
	assert_false(is_device(0x0c000000, 0x1000));  /* the bus itself */
	assert_false(is_device(0x09040000, 0x1000));  /* Secure */
	assert_false(is_device(0, 0x1000));
	assert_false(is_device(RAM, 0x1000));
}

static void pci_has_its_windows(void **state)
{
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_true(is_device(0x10000000, 0x2f000000)); /* two windows that touch */
	assert_true(is_device(UINT64_C(0x4010000000), 0x10000000));
	assert_true(is_device(UINT64_C(0x8000000000), UINT64_C(0x8000000000)));
	tree_set_string(fdt, "/pci-host", "device_type", "other");
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_false(is_device(0x10000000, 0x1000));
	assert_true(is_device(UINT64_C(0x4010000000), 0x10000000));
}

/* A row of frames in any order is one region, so many small devices need little room. */
static void frames_that_touch_are_one_region(void **state)
{
	static const uint32_t order[] = {6, 3, 7, 2, 8, 4, 1, 9, 0, 5};
	char path[] = "/frame-x";
	uint32_t before;

	assert_int_equal(tree_read(fdt, &tree), 0);
	before = tree.nr_devices;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		path[7] = (char)('0' + order[i]);
		tree_add(fdt, "/", path + 1);
		tree_set_cells(fdt, path, "reg", CELLS(0, 0x0a000000 + order[i] * 0x800, 0, 0x800));
	}
	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_int_equal(tree.nr_devices, before + 1);
	assert_true(is_device(0x0a000000, 0x5000));
	assert_false(is_device(0x0a005000, 0x1000));
}

static void refuses_more_devices_than_it_has_room_for(void **state)
{
	char path[] = "/device-xx";
	int err = 0;

	for (uint32_t i = 0; i <= TREE_MAX_DEVICES && !err; i++) {
		path[8] = (char)('a' + i / 16);
		path[9] = (char)('a' + i % 16);
		tree_add(fdt, "/", path + 1);
		tree_set_cells(fdt, path, "reg", CELLS(1, i * 0x10000, 0, 0x1000));
		err = tree_read(fdt, &tree);
	}
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(tree.nr_devices, TREE_MAX_DEVICES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_what_is_the_hosts, setup),
		cmocka_unit_test_setup(refuses_a_broken_tree, setup),
		cmocka_unit_test_setup(refuses_more_cpus_than_it_has_room_for, setup),
		cmocka_unit_test_setup(lies_at_the_top_clear_of_what_is_taken, setup),
		cmocka_unit_test_setup(reserved_memory_and_initrd_are_taken, setup),
		cmocka_unit_test_setup(takes_the_higher_bank, setup),
		cmocka_unit_test_setup(host_is_told, setup),
		cmocka_unit_test_setup(memory_is_in_one_bank, setup),
		cmocka_unit_test_setup(devices_are_what_the_tree_names, setup),
		cmocka_unit_test_setup(pci_has_its_windows, setup),
		cmocka_unit_test_setup(frames_that_touch_are_one_region, setup),
		cmocka_unit_test_setup(refuses_more_devices_than_it_has_room_for, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
