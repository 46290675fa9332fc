/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/console.c: the guest's output on its way to a file, pipe or terminal. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/console.h"
#include "vmm/loop/event.h"
#include "vmm/vm/vm.h"

static struct vm vm;
static struct loop loop;
static struct console c;
static char path[32];

static int open_console(void **state)
{
	error_clear();
	vm = (struct vm){0};
	make_file(path, NULL, 0);
	assert_no_error(loop_init(&loop));
	assert_no_error(console_open(&c, &vm, &loop, path));
	return 0;
}

static int remove_output(void **state)
{
	loop_free(&loop);
	return unlink(path);
}

static void assert_output(const char *want)
{
	char text[256];
	FILE *in = fopen(path, "r");
	size_t got;

	assert_non_null(in);
	got = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[got] = '\0';
	assert_string_equal(text, want);
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void output_is_gathered_then_written(void **state)
{
	assert_false(readable(c.first.fd));
	console_send(&c, 'h');
	console_send(&c, 'i');
	assert_true(readable(c.first.fd));
	assert_output("");
	assert_false(console_flush(&c));
	assert_output("hi");
	console_close(&c);
}

static struct loop_source reader;
static char got[8];
static int end;

static void read_and_end(void *owner)
{
	assert_true(read(reader.fd, got, sizeof(got)) >= 0);
	event_signal(end);
}

static void the_loop_writes_what_was_gathered_at_once(void **state)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	reader = (struct loop_source){.fd = ends[0], .events = POLLIN, .ready = read_and_end};
	end = event_create();
	c.out = c.writable.fd = ends[1];
	assert_no_error(loop_add(&loop, &reader));
	console_send(&c, 'h');
	console_send(&c, 'i');
	loop_run(&loop, end);
	assert_string_equal(got, "hi");
	assert_int_equal(c.count, 0);
	console_close(&c);
	close(ends[0]);
	event_close(&end);
}

static void finishing_writes_the_rest(void **state)
{
	int i;

	for (i = 0; i < 600; i++)
		console_send(&c, 'a');
	assert_true(console_flush(&c));
	console_finish(&c);
	assert_int_equal(c.count, 0);
	console_close(&c);
}

static void a_vm_that_has_ended_does_not_wait_for_a_reader(void **state)
{
	int i;

	for (i = 0; i < CONSOLE_OUT_SIZE; i++)
		console_send(&c, 'a');
	atomic_store(&vm.end, VM_END_CONSOLE);
	console_send(&c, 'b');
	assert_int_equal(c.count, CONSOLE_OUT_SIZE);
	console_close(&c);
}

static void what_could_not_be_written_is_said_at_the_end(void **state)
{
	close(c.out);
	c.out = open("/dev/full", O_WRONLY);
	assert_false(console_has_said(&c));
	console_send(&c, 'a');
	assert_true(console_has_said(&c));
	assert_false(console_flush(&c));
	console_finish(&c);
	assert_error(0, 0, "output of the console was lost: No space left");
	console_close(&c);
}

static void a_reader_that_has_gone_misses_nothing(void **state)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	close(c.out);
	c.out = ends[1];
	console_send(&c, 'a');
	assert_false(console_flush(&c));
	console_finish(&c);
	assert_no_error(0);
	console_close(&c);
}

static void a_plain_file_has_no_input(void **state)
{
	assert_int_equal(c.in, -1);
	console_close(&c);
}

static void a_file_that_cannot_be_made_is_named(void **state)
{
	console_close(&c);
	assert_error(console_open(&c, &vm, &loop, "/nowhere/F"), -ENOENT,
		     "--console /nowhere/F: No such");
	console_close(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_console, remove_output)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(output_is_gathered_then_written),
		TEST(the_loop_writes_what_was_gathered_at_once),
		TEST(finishing_writes_the_rest),
		TEST(a_vm_that_has_ended_does_not_wait_for_a_reader),
		TEST(what_could_not_be_written_is_said_at_the_end),
		TEST(a_reader_that_has_gone_misses_nothing),
		TEST(a_plain_file_has_no_input),
		TEST(a_file_that_cannot_be_made_is_named),
	};

	return cmocka_run_group_tests_name("vmm/dev/console", tests, NULL, NULL);
}
