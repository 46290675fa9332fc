/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/uart/input.c: what is read when, and that the guest gets all of it. */
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/terminal.h"
#include "vmm/dev/uart/input.h"
#include "vmm/dev/uart/uart.h"

#define MUCH 40000

static struct input in;
static int writer, reader;
static size_t room; /* of the UART, which counts down */
static uint8_t given[MUCH];
static size_t given_count;

size_t uart_room(struct uart *u)
{
	return room;
}

void uart_input(struct uart *u, const uint8_t *bytes, size_t count)
{
	assert_in_range(count, 1, room);
	memcpy(given + given_count, bytes, count);
	given_count += count;
	room -= count;
}

static int reset(void **state)
{
	room = given_count = 0;
	return 0;
}

static int close_ends(void **state)
{
	terminal_restore();
	return close(reader) | close(writer);
}

static void open_pipe(void)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	reader = ends[0];
	writer = ends[1];
	input_open(&in, reader);
	assert_true(in.wanted);
}

static void open_terminal(void)
{
	assert_int_equal(openpty(&writer, &reader, NULL, NULL, NULL), 0);
	terminal_raw(reader);
	input_open(&in, reader);
}

static void put(const char *text)
{
	assert_int_equal(write(writer, text, strlen(text)), strlen(text));
}

static void assert_given(const char *text)
{
	assert_int_equal(given_count, strlen(text));
	assert_memory_equal(given, text, given_count);
}

static void a_pipe_is_read_as_far_as_there_is_room(void **state)
{
	char rest[8];

	open_pipe();
	put("abcdef");
	assert_false(input_take(&in, NULL));
	assert_false(in.wanted);
	room = 4;
	input_give(&in, NULL);
	assert_true(in.wanted);
	assert_false(input_take(&in, NULL));
	assert_given("abcd");
	assert_false(in.wanted);
	/* The rest is for whoever reads after `realm`. */
	assert_int_equal(read(reader, rest, sizeof(rest)), 2);
}

static void the_end_of_a_pipe_ends_input(void **state)
{
	open_pipe();
	close(writer);
	writer = dup(reader);
	assert_false(input_take(&in, NULL));
	assert_int_equal(in.fd, reader);
	room = 1;
	assert_false(input_take(&in, NULL));
	assert_int_equal(in.fd, -1);
}

static void the_escape_key_is_no_key_in_a_pipe(void **state)
{
	open_pipe();
	put("\1x");
	room = 16;
	assert_false(input_take(&in, NULL));
	assert_given("\1x");
}

static void the_escape_key_works_in_front_of_a_guest_that_takes_nothing(void **state)
{
	open_terminal();
	put("lost patience");
	assert_false(input_take(&in, NULL));
	assert_true(in.wanted);
	put("\1");
	assert_false(input_take(&in, NULL));
	put("x");
	assert_true(input_take(&in, NULL));
	assert_given("");
}

static void what_was_typed_ahead_comes_when_there_is_room(void **state)
{
	open_terminal();
	put("ab\1\1c");
	assert_false(input_take(&in, NULL));
	room = 3;
	input_give(&in, NULL);
	assert_given("ab\1");
	room = 3;
	input_give(&in, NULL);
	assert_given("ab\1c");
}

/* Types until nothing more goes in. */
static size_t paste(void)
{
	static const char block[512] = "";
	size_t sent = 0;
	ssize_t got;

	fcntl(writer, F_SETFL, O_NONBLOCK);
	while (sent + sizeof(block) <= MUCH) {
		got = write(writer, block, sizeof(block));
		if (got > 0)
			sent += (size_t)got;
		if (!in.wanted)
			break;
		input_take(&in, NULL);
	}
	return sent;
}

static void a_terminal_waits_when_too_much_was_typed_ahead(void **state)
{
	open_terminal();
	assert_in_range(paste(), INPUT_SIZE, MUCH);
	assert_false(in.wanted);
	assert_int_equal(in.count, INPUT_SIZE);
	room = 16;
	input_give(&in, NULL);
	assert_true(in.wanted);
	assert_int_equal(given_count, 16);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, reset, close_ends)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pipe_is_read_as_far_as_there_is_room),
		TEST(the_end_of_a_pipe_ends_input),
		TEST(the_escape_key_is_no_key_in_a_pipe),
		TEST(the_escape_key_works_in_front_of_a_guest_that_takes_nothing),
		TEST(what_was_typed_ahead_comes_when_there_is_room),
		TEST(a_terminal_waits_when_too_much_was_typed_ahead),
	};

	return cmocka_run_group_tests_name("vmm/dev/uart/input", tests, NULL, NULL);
}
