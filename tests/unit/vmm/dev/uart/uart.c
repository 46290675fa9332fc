/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/uart/uart.c: bytes, interrupts and waiting between the guest and the console. */
#include <libfdt.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/console.h"
#include "vmm/dev/uart/uart.h"
#include "vmm/lib/tree.h"
#include "vmm/loop/event.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/vm.h"

enum { DATA, IER, FCR, LSR = 5, SCRATCH = 7 };

#define MUCH 40000 /* and less than a pipe holds */

static struct vm vm;
static struct loop loop;
static struct console c;
static struct uart *u;
static int irq_changes;
static atomic_bool irq_level;
static size_t wrong_bytes;

/* KVM's side of the interrupt. */
int gic_set_spi(struct vm *v, unsigned int spi, bool level)
{
	assert_ptr_equal(v, &vm);
	assert_int_equal(spi, UART_SPI);
	assert_int_not_equal(level, atomic_load(&irq_level));
	atomic_store(&irq_level, level);
	irq_changes++;
	return 0;
}

/* Of the console, which takes output and has this input. */
static int out_ends[2], in_ends[2];

bool vm_end(struct vm *v, enum vm_end why)
{
	atomic_store(&v->end, why);
	event_signal(v->end_event);
	return true;
}

static void open_ends(void)
{
	assert_int_equal(pipe(out_ends), 0);
	assert_int_equal(pipe(in_ends), 0);
	assert_no_error(console_open(&c, &vm, &loop, NULL));
	c.in = in_ends[0];
	c.out = c.writable.fd = out_ends[1];
}

static int open_uart(void **state)
{
	const struct device_context context = {.vm = &vm, .loop = &loop, .console = &c};
	void *opened;

	alarm(60);
	error_clear();
	irq_changes = 0;
	irq_level = false;
	vm = (struct vm){.end_event = event_create()};
	assert_no_error(loop_init(&loop));
	open_ends();
	assert_no_error(uart_device.open(&uart_device, &context, &opened));
	u = opened;
	return 0;
}

static int close_uart(void **state)
{
	uart_device.close(u);
	console_close(&c);
	loop_free(&loop);
	event_close(&vm.end_event);
	return close(out_ends[0]) | close(out_ends[1]) | close(in_ends[0]) | close(in_ends[1]);
}

static void put(uint64_t reg, uint8_t value)
{
	uart_device.write(u, 0, reg, 1, value);
}

static uint8_t get(uint64_t reg)
{
	return (uint8_t)uart_device.read(u, 0, reg, 1);
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void input_interrupts_once_and_until_it_is_read(void **state)
{
	put(FCR, 1);
	put(IER, 1);
	uart_input(u, (const uint8_t *)"ab", 2);
	assert_true(irq_level);
	assert_int_equal(get(DATA), 'a');
	assert_int_equal(irq_changes, 1);
	assert_int_equal(get(DATA), 'b');
	assert_false(irq_level);
	assert_int_equal(irq_changes, 2);
}

static void who_waits_for_room_is_told(void **state)
{
	put(IER, 1);
	assert_int_equal(uart_room(u), 1);
	uart_input(u, (const uint8_t *)"a", 1);
	assert_int_equal(uart_room(u), 0);
	assert_false(readable(u->room.fd));
	get(DATA);
	assert_true(readable(u->room.fd));
	assert_int_equal(uart_room(u), 1);
}

static void who_waits_is_told_when_the_guest_listens(void **state)
{
	assert_int_equal(uart_room(u), 0);
	put(FCR, 1);
	assert_false(readable(u->room.fd));
	put(IER, 1);
	assert_true(readable(u->room.fd));
	assert_int_equal(uart_room(u), 16);
}

static void what_a_reset_throws_out_comes_again_unasked(void **state)
{
	put(FCR, 1);
	put(IER, 1);
	uart_input(u, (const uint8_t *)"ab", 2);
	put(FCR, 3);
	assert_false(irq_level);
	assert_true(readable(u->room.fd));
	assert_int_equal(uart_room(u), 14);
	assert_true(irq_level);
	assert_int_equal(get(DATA), 'a');
	assert_int_equal(get(DATA), 'b');
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_uart, close_uart)

static void what_the_guest_sends_goes_to_the_console(void **state)
{
	assert_false(console_has_said(&c));
	put(DATA, 'a');
	assert_true(console_has_said(&c));
	assert_int_equal(c.count, 1);
}

/* 4 KiB are decoded, 8 bytes of them are registers. */
static void behind_the_registers_there_is_nothing(void **state)
{
	assert_true(uart_device.read(u, 0, UART8250_REGS, 4) == ~0ULL);
	uart_device.write(u, 0, UART8250_REGS, 1, 'a');
	assert_false(console_has_said(&c));
}

static void a_wide_read_is_one_register(void **state)
{
	put(SCRATCH, 0xa5);
	assert_int_equal(uart_device.read(u, 0, SCRATCH, 4), 0xa5);
}

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

/* What Linux's driver does when its settings change: interrupts off, FIFO off and on, empty. */
static void change_settings(void)
{
	put(IER, 0);
	put(FCR, 0);
	put(FCR, 1);
	put(FCR, 3);
	put(IER, 1);
}

/* The driver's interrupt handler, once the interrupt is there. Returns the bytes read so far. */
static size_t handle_interrupt(size_t count)
{
	while (!atomic_load(&irq_level))
		sched_yield();
	while (count < MUCH && get(LSR) & 1) {
		wrong_bytes += get(DATA) != pattern(count);
		count++;
	}
	return count;
}

static void *guest(void *arg)
{
	size_t count = 0, round = 0;

	change_settings();
	while (count < MUCH) {
		count = handle_interrupt(count);
		if (++round % 100 == 0)
			change_settings();
	}
	vm_end(&vm, VM_END_POWER_OFF);
	return NULL;
}

static void send_much(int to)
{
	static uint8_t bytes[MUCH];
	pthread_t thread;
	size_t i;

	for (i = 0; i < MUCH; i++)
		bytes[i] = pattern(i);
	assert_int_equal(write(to, bytes, MUCH), MUCH);
	pthread_create(&thread, NULL, guest, NULL);
	loop_run(&loop, vm.end_event);
	pthread_join(thread, NULL);
	assert_int_equal(wrong_bytes, 0);
}

/* While the guest's driver changes its settings again and again. */
static void a_large_pipe_arrives_whole(void **state)
{
	send_much(in_ends[1]);
}

static void what_is_attached_arrives_whole(void **state)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	c.guest.attach(c.guest.owner, ends[0]);
	send_much(ends[1]);
	c.guest.attach(c.guest.owner, -1);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(u->more_in.fd, -1);
}

static void a_new_start_finds_it_as_the_first(void **state)
{
	put(FCR, 1);
	put(IER, 1);
	put(SCRATCH, 1);
	uart_input(u, (const uint8_t *)"a", 1);
	uart_device.reset(u);
	atomic_store(&irq_level, false); /* the interrupt controller is a new one, too */
	assert_int_equal(get(SCRATCH), 0);
	assert_int_equal(uart_room(u), 0);
	put(FCR, 1);
	put(IER, 1);
	assert_false(irq_level);
	uart_input(u, (const uint8_t *)"b", 1);
	assert_true(irq_level);
	assert_int_equal(get(DATA), 'b');
}

static void the_node_says_where_it_is_and_what_interrupts(void **state)
{
	static uint8_t buf[4096];
	const uint32_t irq[] = {cpu_to_fdt32(0), cpu_to_fdt32(UART_SPI), cpu_to_fdt32(4)};
	const uint64_t reg[] = {cpu_to_fdt64(UART_BASE), cpu_to_fdt64(UART_SIZE)};
	struct tree t;
	int node;

	tree_start(&t, buf, sizeof(buf));
	tree_begin(&t, "");
	uart_device.node(&uart_device, &t);
	tree_end(&t);
	assert_no_error(tree_finish(&t));
	node = fdt_path_offset(buf, "/serial@9000000");
	assert_true(node >= 0);
	assert_string_equal(fdt_getprop(buf, node, "compatible", NULL), "ns16550a");
	assert_memory_equal(fdt_getprop(buf, node, "reg", NULL), reg, sizeof(reg));
	assert_memory_equal(fdt_getprop(buf, node, "interrupts", NULL), irq, sizeof(irq));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_guest_sends_goes_to_the_console),
		TEST(behind_the_registers_there_is_nothing),
		TEST(a_wide_read_is_one_register),
		TEST(a_large_pipe_arrives_whole),
		TEST(what_is_attached_arrives_whole),
		TEST(a_new_start_finds_it_as_the_first),
		TEST(the_node_says_where_it_is_and_what_interrupts),
		TEST(input_interrupts_once_and_until_it_is_read),
		TEST(who_waits_for_room_is_told),
		TEST(who_waits_is_told_when_the_guest_listens),
		TEST(what_a_reset_throws_out_comes_again_unasked),
	};

	return cmocka_run_group_tests_name("vmm/dev/uart/uart", tests, NULL, NULL);
}
