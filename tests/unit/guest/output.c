/* SPDX-License-Identifier: BSD-3-Clause */
/* guest/attest/output.c: who can read what rsi-attest writes. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "guest/attest/output.h"

static char folder[64], path[96];

static int make_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/output.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static void make_file(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void expect_text(int fd, const char *want)
{
	char text[64] = "";

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, want);
	close(fd);
}

static void expect_private(const char *want)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	expect_text(open(path, O_RDONLY), want);
}

static void a_file_can_be_read_by_its_owner_alone(void **state)
{
	umask(0);
	assert_int_equal(output_write(path, "secret", 6), 0);
	expect_private("secret");
}

/* Neither its mode nor somebody who has it open gets at the secret. */
static void a_file_that_was_there_is_another_one(void **state)
{
	int before;

	make_file("old", 0644);
	before = open(path, O_RDONLY);
	assert_int_equal(output_write(path, "secret", 6), 0);
	expect_private("secret");
	expect_text(before, "old");
}

static void what_a_link_points_to_stays(void **state)
{
	char other[128];

	make_file("old", 0644);
	snprintf(other, sizeof(other), "%s.other", path);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(output_write(path, "secret", 6), 0);
	expect_private("secret");
	expect_text(open(other, O_RDONLY), "old");
}

static void a_fifo_is_written_to(void **state)
{
	int fd;

	assert_int_equal(mkfifo(path, 0644), 0);
	fd = open(path, O_RDWR);
	assert_int_equal(output_write(path, "secret", 6), 0);
	expect_text(fd, "secret");
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
	char command[96];

	assert_int_equal(output_write("/dev/full", "secret", 6), -ENOSPC);
	assert_int_equal(output_write("/nowhere/out", "secret", 6), -ENOENT);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(output_write(path, "secret", 6), -EISDIR);
	snprintf(command, sizeof(command), "test \"$(ls '%s')\" = out", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_can_be_read_by_its_owner_alone, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(a_file_that_was_there_is_another_one, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(what_a_link_points_to_stays, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(a_fifo_is_written_to, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_leaves_nothing, make_folder,
						remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
