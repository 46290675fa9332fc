/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/lib/progress.c: a terminal is told of what is slow, and sees nothing of it afterwards. */
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/lib/progress.h"

static int master, terminal, before;
static char seen[256];

static int begin(void **state)
{
	before = dup(STDERR_FILENO);
	return openpty(&master, &terminal, NULL, NULL, NULL);
}

static int finish(void **state)
{
	return close(master) | close(terminal) | close(before);
}

/* What the terminal was told; a terminal passes on what it gets in parts. */
static const char *told(void)
{
	size_t count = 0;
	char *end;

	assert_int_equal(write(terminal, "!", 1), 1);
	while (!(end = memchr(seen, '!', count)))
		count += (size_t)read(master, seen + count, sizeof(seen) - count);
	*end = '\0';
	return seen;
}

/* Runs through 4 parts of 25 bytes, so long after the start each. */
static void run(int fd, long long late_ms)
{
	struct progress p;
	int i;

	dup2(fd, STDERR_FILENO);
	progress_begin(&p, "working", 100);
	for (i = 0; i < 4; i++) {
		p.said_ms -= late_ms;
		progress_add(&p, 25);
	}
	progress_end(&p);
	dup2(before, STDERR_FILENO);
}

static void what_is_slow_is_told_and_wiped(void **state)
{
	const char *text;

	run(terminal, 2000);
	text = told();
	assert_non_null(strstr(text, "\rrealm: working:  25%"));
	assert_non_null(strstr(text, "\rrealm: working: 100%"));
	assert_string_equal(text + strlen(text) - 4, "\r\033[K");
}

static void what_is_quick_is_not(void **state)
{
	run(terminal, 0);
	assert_string_equal(told(), "");
}

static void files_are_told_nothing(void **state)
{
	int ends[2];
	char byte;

	assert_int_equal(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	run(ends[1], 2000);
	assert_int_equal(read(ends[0], &byte, 1), -1);
	close(ends[0]);
	close(ends[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_slow_is_told_and_wiped),
		TEST(what_is_quick_is_not),
		TEST(files_are_told_nothing),
	};

	return cmocka_run_group_tests_name("vmm/lib/progress", tests, NULL, NULL);
}
