/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/dump.c: the tree that is written is the one that would be measured. */
#include <fcntl.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/plan.h"
#include "vmm/cmd/dump.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/status.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"

static char kernel[32], out[32];
static uint8_t tree[65536];
static struct options o;

static int make_files(void **state)
{
	static uint8_t image[4096];

	error_clear();
	memcpy(image + 56, "ARM\x64", 4);
	make_file(kernel, image, sizeof(image));
	make_file(out, "", 0);
	o = (struct options){
		.boot = {.kernel = kernel, .append = "quiet", .devices.disk_count = 1},
		.vm = {.mem = MIB(512), .cpus = 2, .realm = true},
		.dump_fdt = out,
	};
	return 0;
}

static int remove_files(void **state)
{
	return unlink(kernel) | unlink(out);
}

static size_t read_out(void)
{
	int fd = open(out, O_RDONLY);
	ssize_t size = read(fd, tree, sizeof(tree));

	assert_true(size >= 0);
	close(fd);
	return (size_t)size;
}

static void it_is_the_tree_of_the_plan(void **state)
{
	struct plan plan;
	size_t size;

	assert_int_equal(dump_fdt(&o), STATUS_OK);
	size = read_out();
	assert_no_error(plan_make(&plan, &o.boot, &o.vm));
	assert_int_equal(size, plan.pieces[plan.count - 1].size);
	assert_memory_equal(tree, plan.pieces[plan.count - 1].data, size);
	plan_free(&plan);
}

/* What is added to the command line can be seen, and is not added to one that has it. */
static void the_bounce_buffers_are_visible(void **state)
{
	static const char *const lines[][2] = {
		{"quiet", "quiet swiotlb=8192"},
		{"swiotlb=64 quiet", "swiotlb=64 quiet"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		o.boot.append = lines[i][0];
		assert_int_equal(dump_fdt(&o), STATUS_OK);
		read_out();
		assert_string_equal(
			fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL),
			lines[i][1]);
	}
}

static void what_cannot_be_written_is_said(void **state)
{
	o.dump_fdt = "/nowhere/F";
	assert_int_equal(dump_fdt(&o), STATUS_NOT_STARTED);
	assert_error(0, 0, "--dump-fdt /nowhere/F: No such file");
	o.dump_fdt = "/dev/full";
	assert_int_equal(dump_fdt(&o), STATUS_NOT_STARTED);
	assert_error(0, 0, "--dump-fdt /dev/full: No space");
	o.boot.kernel = "/nowhere";
	assert_int_equal(dump_fdt(&o), STATUS_NOT_STARTED);
	assert_error(0, 0, "kernel /nowhere: No such");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_files, remove_files)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_the_tree_of_the_plan),
		TEST(the_bounce_buffers_are_visible),
		TEST(what_cannot_be_written_is_said),
	};

	return cmocka_run_group_tests_name("vmm/cmd/dump", tests, NULL, NULL);
}
