/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/console.c: bytes, interrupts and waiting between the guest and the outside. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/console.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

enum { DATA, IER, FCR };

static struct vm vm;
static struct console c;
static char path[32];
static int irq_changes;
static bool irq_level;

/* KVM's side of the interrupt. */
int gic_set_spi(struct vm *v, unsigned int spi, bool level)
{
	assert_ptr_equal(v, &vm);
	assert_int_equal(spi, MAP_UART_SPI);
	assert_int_not_equal(level, irq_level);
	irq_level = level;
	irq_changes++;
	return 0;
}

static int open_console(void **state)
{
	int fd;

	error_clear();
	irq_changes = 0;
	irq_level = false;
	vm = (struct vm){0};
	strcpy(path, "/tmp/vmm-console-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_no_error(console_open(&c, &vm, path));
	return 0;
}

static int remove_output(void **state)
{
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
	assert_false(readable(c.out_event));
	console_write(&c, DATA, 'h');
	console_write(&c, DATA, 'i');
	assert_true(readable(c.out_event));
	assert_output("");
	assert_false(console_flush(&c));
	assert_output("hi");
	console_close(&c);
}

static void finishing_writes_the_rest(void **state)
{
	int i;

	for (i = 0; i < 600; i++)
		console_write(&c, DATA, 'a');
	assert_true(console_flush(&c));
	console_finish(&c);
	assert_int_equal(c.out_count, 0);
	console_close(&c);
}

static void a_vm_that_has_ended_does_not_wait_for_a_reader(void **state)
{
	int i;

	for (i = 0; i < CONSOLE_OUT_SIZE; i++)
		console_write(&c, DATA, 'a');
	atomic_store(&vm.end, VM_END_CONSOLE);
	console_write(&c, DATA, 'b');
	assert_int_equal(c.out_count, CONSOLE_OUT_SIZE);
	console_close(&c);
}

static void input_interrupts_once_and_until_it_is_read(void **state)
{
	console_write(&c, FCR, 1);
	console_write(&c, IER, 1);
	console_input(&c, (const uint8_t *)"ab", 2);
	assert_true(irq_level);
	assert_int_equal(console_read(&c, DATA), 'a');
	assert_int_equal(irq_changes, 1);
	assert_int_equal(console_read(&c, DATA), 'b');
	assert_false(irq_level);
	assert_int_equal(irq_changes, 2);
	console_close(&c);
}

static void who_waits_for_room_is_told(void **state)
{
	console_write(&c, IER, 1);
	assert_int_equal(console_room(&c), 1);
	console_input(&c, (const uint8_t *)"a", 1);
	assert_int_equal(console_room(&c), 0);
	assert_false(readable(c.room_event));
	console_read(&c, DATA);
	assert_true(readable(c.room_event));
	assert_int_equal(console_room(&c), 1);
	console_close(&c);
}

static void who_waits_is_told_when_the_guest_listens(void **state)
{
	assert_int_equal(console_room(&c), 0);
	console_write(&c, FCR, 1);
	assert_false(readable(c.room_event));
	console_write(&c, IER, 1);
	assert_true(readable(c.room_event));
	assert_int_equal(console_room(&c), 16);
	console_close(&c);
}

static void what_a_reset_throws_out_comes_again_unasked(void **state)
{
	console_write(&c, FCR, 1);
	console_write(&c, IER, 1);
	console_input(&c, (const uint8_t *)"ab", 2);
	console_write(&c, FCR, 3);
	assert_false(irq_level);
	assert_true(readable(c.room_event));
	assert_int_equal(console_room(&c), 14);
	assert_true(irq_level);
	assert_int_equal(console_read(&c, DATA), 'a');
	assert_int_equal(console_read(&c, DATA), 'b');
	console_close(&c);
}

static void what_could_not_be_written_is_said_at_the_end(void **state)
{
	close(c.out);
	c.out = open("/dev/full", O_WRONLY);
	assert_false(console_has_said(&c));
	console_write(&c, DATA, 'a');
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
	console_write(&c, DATA, 'a');
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
	assert_error(console_open(&c, &vm, "/nowhere/F"), -ENOENT, "--console /nowhere/F: No such");
	console_close(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_console, remove_output)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(output_is_gathered_then_written),
		TEST(finishing_writes_the_rest),
		TEST(a_vm_that_has_ended_does_not_wait_for_a_reader),
		TEST(input_interrupts_once_and_until_it_is_read),
		TEST(who_waits_for_room_is_told),
		TEST(who_waits_is_told_when_the_guest_listens),
		TEST(what_a_reset_throws_out_comes_again_unasked),
		TEST(what_could_not_be_written_is_said_at_the_end),
		TEST(a_reader_that_has_gone_misses_nothing),
		TEST(a_plain_file_has_no_input),
		TEST(a_file_that_cannot_be_made_is_named),
	};

	return cmocka_run_group_tests_name("vmm/console", tests, NULL, NULL);
}
