/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/plan.c: what is loaded where, in which order, and that nothing else is measured. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/plan.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"
#include "vmm/vm/vm.h"

static struct plan plan;
static char kernel[32], initrd[32];
static struct plan_config config;
static struct vm_config shape;

static uint64_t loaded[PLAN_PIECES + 5], loaded_sizes[PLAN_PIECES + 5];
static size_t loaded_count;
static uint64_t entry, fdt;
static int load_error;

int memory_load(struct vm *vm, const char *what, uint64_t gpa, const void *source, uint64_t size)
{
	loaded_sizes[loaded_count] = size;
	loaded[loaded_count++] = gpa;
	return loaded_count == 2 ? load_error : 0;
}

int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t tree)
{
	entry = pc;
	fdt = tree;
	return 0;
}

/* An Image that is no Linux, at 512 KiB from the start of memory, 3 MiB long. */
static int make_files(void **state)
{
	static uint8_t head[5000];

	error_clear();
	head[10] = 0x08;
	head[18] = 0x30;
	memcpy(head + 56, "ARM\x64", 4);
	make_file(kernel, head, sizeof(head));
	make_file(initrd, "070701", 6);
	config = (struct plan_config){.kernel = kernel, .initrd = initrd, .append = "quiet"};
	shape = (struct vm_config){.mem = MIB(64), .cpus = 2, .realm = true};
	loaded_count = entry = fdt = 0;
	load_error = 0;
	return 0;
}

static int remove_files(void **state)
{
	plan_free(&plan);
	return unlink(kernel) | unlink(initrd);
}

static void assert_piece(size_t i, const char *what, uint64_t gpa)
{
	assert_string_equal(plan.pieces[i].what, what);
	assert_int_equal(plan.pieces[i].gpa, gpa);
	assert_true(is_aligned((uintptr_t)plan.pieces[i].data | gpa, GRANULE_SIZE));
}

static void the_pieces_follow_each_other(void **state)
{
	assert_no_error(plan_make(&plan, &config, &shape));
	assert_int_equal(plan.count, 3);
	assert_piece(0, "kernel", MAP_RAM + 0x80000);
	assert_int_equal(plan.pieces[0].size, 5000);
	assert_piece(1, "initrd", MAP_RAM + MIB(4));
	assert_piece(2, "device tree", MAP_RAM + MIB(6));
	assert_int_equal(plan.entry, plan.pieces[0].gpa);
	assert_int_equal(plan.fdt, plan.pieces[2].gpa);
}

static void without_an_initrd_there_are_two(void **state)
{
	config.initrd = NULL;
	assert_no_error(plan_make(&plan, &config, &shape));
	assert_int_equal(plan.count, 2);
	assert_piece(1, "device tree", MAP_RAM + MIB(4));
}

/* The tree names what the options say and the devices of the list; the rest of its page is zero. */
static void the_tree_is_that_of_the_shape(void **state)
{
	const uint8_t *tree;
	size_t i;

	assert_no_error(plan_make(&plan, &config, &shape));
	tree = plan.pieces[2].data;
	assert_int_equal(fdt_check_full(tree, plan.pieces[2].size), 0);
	assert_string_equal(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL),
			    "quiet");
	assert_true(fdt_path_offset(tree, "/cpus/cpu@1") > 0);
	assert_true(fdt_path_offset(tree, "/serial@9000000") > 0);
	for (i = plan.pieces[2].size; i < align_up(plan.pieces[2].size, GRANULE_SIZE); i++)
		assert_int_equal(tree[i], 0);
}

static const char *line(void)
{
	const void *tree = plan.pieces[plan.count - 1].data;

	return fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL);
}

static void make(void)
{
	plan_free(&plan);
	assert_no_error(plan_make(&plan, &config, &shape));
}

/* A bus is there for what is on it, and a Realm's kernel sets memory aside for what it shares. */
static void devices_change_the_tree_and_the_line(void **state)
{
	shape.mem = MIB(512);
	make();
	assert_true(fdt_path_offset(plan.pieces[2].data, "/pcie@30000000") < 0);
	config.devices.disk_count = 1;
	make();
	assert_true(fdt_path_offset(plan.pieces[2].data, "/pcie@30000000") > 0);
	assert_string_equal(line(), "quiet swiotlb=8192");
	config.devices.net_count = 1;
	make();
	assert_string_equal(line(), "quiet swiotlb=16384");
	config.devices.vsock_cid = 3;
	make();
	assert_string_equal(line(), "quiet swiotlb=24576");
	shape.mem = MIB(64);
	make();
	assert_string_equal(line(), "quiet swiotlb=4096");
	config.append = "swiotlb=force quiet";
	make();
	assert_string_equal(line(), "swiotlb=force quiet");
	config.append = "quiet";
	shape.realm = false;
	make();
	assert_string_equal(line(), "quiet");
}

static void all_is_loaded_in_ascending_order(void **state)
{
	assert_no_error(plan_make(&plan, &config, &shape));
	assert_no_error(plan_load(&plan, NULL));
	assert_int_equal(loaded_count, 3);
	assert_true(loaded[0] < loaded[1] && loaded[1] < loaded[2]);
	assert_int_equal(entry, loaded[0]);
	assert_int_equal(fdt, loaded[2]);
}

/* So that a terminal can be told how far it has come. */
static void large_pieces_are_loaded_in_parts(void **state)
{
	assert_int_equal(truncate(kernel, MIB(9)), 0);
	assert_no_error(plan_make(&plan, &config, &shape));
	assert_no_error(plan_load(&plan, NULL));
	assert_int_equal(loaded_count, 4);
	assert_int_equal(loaded[0], MAP_RAM + 0x80000);
	assert_int_equal(loaded_sizes[0], MIB(8) - 0x80000);
	assert_int_equal(loaded[1], MAP_RAM + MIB(8));
	assert_int_equal(loaded_sizes[1], MIB(1) + 0x80000);
}

static void a_changed_file_is_not_loaded_again(void **state)
{
	assert_no_error(plan_make(&plan, &config, &shape));
	assert_no_error(plan_check(&plan));
	assert_int_equal(truncate(initrd, 100), 0);
	assert_error(plan_check(&plan), -ESTALE, "its kernel or initrd has changed");
}

static void loading_ends_at_the_first_error(void **state)
{
	assert_no_error(plan_make(&plan, &config, &shape));
	load_error = -ENOMEM;
	assert_int_equal(plan_load(&plan, NULL), -ENOMEM);
	assert_int_equal(loaded_count, 2);
	assert_int_equal(entry, 0);
}

static void what_is_wrong_with_a_file_is_said(void **state)
{
	config.kernel = initrd;
	assert_error(plan_make(&plan, &config, &shape), -EINVAL, "too short for an arm64 Image");
	plan_free(&plan);
	config.kernel = kernel;
	config.initrd = "/nowhere";
	assert_error(plan_make(&plan, &config, &shape), -ENOENT, "initrd /nowhere: No such");
	plan_free(&plan);
	config.initrd = initrd;
	shape.mem = MIB(4);
	assert_error(plan_make(&plan, &config, &shape), -ENOMEM, "--mem 8M at least");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_files, remove_files)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_pieces_follow_each_other),	    TEST(without_an_initrd_there_are_two),
		TEST(the_tree_is_that_of_the_shape),	    TEST(all_is_loaded_in_ascending_order),
		TEST(devices_change_the_tree_and_the_line), TEST(loading_ends_at_the_first_error),
		TEST(what_is_wrong_with_a_file_is_said),    TEST(large_pieces_are_loaded_in_parts),
		TEST(a_changed_file_is_not_loaded_again),
	};

	return cmocka_run_group_tests_name("vmm/boot/plan", tests, NULL, NULL);
}
