/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/ctl/name.c: a name belongs to one process at a time, and goes with it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/ctl/name.h"

#define ROUNDS 3000

static char runtime[32], folder[64];
static char listed[256];

static int make_runtime(void **state)
{
	error_clear();
	strcpy(runtime, "/tmp/vmm-name-XXXXXX");
	assert_non_null(mkdtemp(runtime));
	snprintf(folder, sizeof(folder), "%s/kvm-cca", runtime);
	return setenv("XDG_RUNTIME_DIR", runtime, 1);
}

static int remove_runtime(void **state)
{
	rmdir(folder);
	return rmdir(runtime);
}

static void note(void *arg, const char *text)
{
	strcat(listed, text);
	strcat(listed, " ");
}

static const char *list(void)
{
	struct name_dir d;

	listed[0] = '\0';
	assert_no_error(name_open_dir(&d, false));
	name_list(&d, note, NULL);
	close(d.fd);
	return listed;
}

static bool is_there(const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return access(path, F_OK) == 0;
}

static void names_are_words(void **state)
{
	static const char *const good[] = {"a", "7", "vm-12", "A.b_c-"};
	static const char *const bad[] = {"",	 ".",	"..",  "-a",	  "_a",
					  "a/b", "a b", "a\n", "\xc3\xa4"};
	char text[NAME_SIZE_MAX + 1];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(name_is_good(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(name_is_good(bad[i]));
	memset(text, 'x', sizeof(text));
	text[NAME_SIZE_MAX - 1] = '\0';
	assert_true(name_is_good(text));
	text[NAME_SIZE_MAX - 1] = 'x';
	text[NAME_SIZE_MAX] = '\0';
	assert_false(name_is_good(text));
}

static void a_name_is_taken_and_given_back(void **state)
{
	struct sockaddr_un address;
	struct name n, other;
	struct stat st;
	int fd;

	assert_no_error(name_take(&n, "one"));
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_no_error(name_address(&n.dir, "one", &address));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_error(name_take(&other, "one"), -EBUSY, "another VM has this name");
	assert_string_equal(list(), "one ");
	name_give_back(&n);
	assert_false(is_there("one.sock") || is_there("one.lock"));
	assert_string_equal(list(), "");
	assert_no_error(name_take(&n, "one"));
	name_give_back(&n);
	name_give_back(&n);
}

/* What a process that was killed has left, its socket and its file, is in nobody's way. */
static void a_killed_process_has_no_name(void **state)
{
	struct name n;
	int pipes[2], status;
	char byte;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		(void)!write(pipes[1], name_take(&n, "one") ? "-" : "+", 1);
		pause();
	}
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	assert_int_equal(byte, '+');
	assert_error(name_take(&n, "one"), -EBUSY, "another VM");
	assert_string_equal(list(), "one ");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_true(is_there("one.sock"));
	assert_no_error(name_take(&n, "one"));
	name_give_back(&n);
	close(pipes[0]);
	close(pipes[1]);
}

static void the_list_removes_what_is_left(void **state)
{
	struct name n;
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (name_take(&n, "two"))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	assert_true(is_there("two.lock") && is_there("two.sock"));
	assert_string_equal(list(), "");
	assert_false(is_there("two.lock") || is_there("two.sock"));
}

static void leave_a_name(const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	close(open(path, O_CREAT | O_RDWR, 0600));
}

/* Who removes what is left of a name has its lock for a moment, and is no VM of this name. */
static void a_list_takes_no_name_away(void **state)
{
	struct name n;
	pid_t child = fork();
	int i, ret = 0;

	if (child == 0) {
		for (;;) {
			struct name_dir d;

			if (name_open_dir(&d, false))
				continue;
			name_list(&d, note, NULL);
			listed[0] = '\0';
			close(d.fd);
		}
	}
	for (i = 0; i < ROUNDS && ret == 0; i++) {
		leave_a_name("three.lock");
		ret = name_take(&n, "three");
		name_give_back(&n);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	list();
	assert_no_error(ret);
}

static void a_folder_of_others_is_refused(void **state)
{
	struct name n;
	struct name_dir d;

	assert_int_equal(name_open_dir(&d, false), -ENOENT);
	assert_no_error(0);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(chmod(folder, 0710), 0);
	assert_error(name_take(&n, "one"), -EPERM, "others can enter it");
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(symlink("/tmp", folder), 0);
	assert_error(name_take(&n, "one"), -ENOTDIR, "kvm-cca: Not a directory");
	unlink(folder);
	setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
	assert_error(name_take(&n, "one"), -ENOENT, "/nowhere/kvm-cca");
}

static void what_is_too_long_for_a_socket_is_said(void **state)
{
	static char longest[200];
	struct name n;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	setenv("XDG_RUNTIME_DIR", longest, 1);
	assert_error(name_take(&n, "one"), -ENAMETOOLONG, "XDG_RUNTIME_DIR is too long");
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	memset(longest, 'x', NAME_SIZE_MAX - 1);
	longest[NAME_SIZE_MAX - 1] = '\0';
	assert_no_error(name_take(&n, longest));
	name_give_back(&n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_runtime, remove_runtime)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_words),
		TEST(a_name_is_taken_and_given_back),
		TEST(a_killed_process_has_no_name),
		TEST(the_list_removes_what_is_left),
		TEST(a_list_takes_no_name_away),
		TEST(a_folder_of_others_is_refused),
		TEST(what_is_too_long_for_a_socket_is_said),
	};

	return cmocka_run_group_tests_name("vmm/ctl/name", tests, NULL, NULL);
}
