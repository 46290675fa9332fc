/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/file.c: which files are mapped. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/file.h"

static char path[32];
static struct file f;

static int make_empty(void **state)
{
	make_file(path, NULL, 0);
	return 0;
}

static int remove_file(void **state)
{
	return unlink(path);
}

static void fill(const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void a_file_is_zero_up_to_the_end_of_its_page(void **state)
{
	size_t i;

	fill("contents");
	assert_no_error(file_map(&f, "initrd", path));
	assert_int_equal(f.size, 8);
	assert_memory_equal(f.data, "contents", 8);
	for (i = 8; i < 4096; i++)
		assert_int_equal(f.data[i], 0);
	file_unmap(&f);
	assert_null(f.data);
}

static void an_empty_file_is_refused(void **state)
{
	fill("");
	assert_error(file_map(&f, "kernel", path), -EINVAL, "is empty");
}

static void a_missing_file_is_named(void **state)
{
	assert_error(file_map(&f, "initrd", "/nowhere/F"), -ENOENT,
		     "initrd /nowhere/F: No such file");
}

static void a_folder_is_no_file(void **state)
{
	assert_error(file_map(&f, "kernel", "/"), -EINVAL, "kernel / is not a regular file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_file_is_zero_up_to_the_end_of_its_page, clear_errors),
		cmocka_unit_test_setup(an_empty_file_is_refused, clear_errors),
		cmocka_unit_test_setup(a_missing_file_is_named, clear_errors),
		cmocka_unit_test_setup(a_folder_is_no_file, clear_errors),
	};

	return cmocka_run_group_tests_name("vmm/boot/file", tests, make_empty, remove_file);
}
