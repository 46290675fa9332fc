/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/uart/uart8250.c: the 16550A as a driver sees it. */
#include "tests/unit/vmm/unit.h"
#include "vmm/dev/uart/uart8250.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
#define FCR IIR

static struct uart8250 u;
static uint8_t sent;

static int reset(void **state)
{
	uart8250_init(&u);
	return 0;
}

static uint8_t get(unsigned int reg)
{
	return uart8250_read(&u, reg);
}

static bool put(unsigned int reg, uint8_t value)
{
	return uart8250_write(&u, reg, value, &sent);
}

/* A driver that wants input by interrupt, with the FIFO on. */
static void start_driver(void)
{
	put(FCR, 0x01);
	put(IER, 0x01);
}

/* A payload that polls for input. */
static void poll(void)
{
	int i;

	for (i = 0; i < 8; i++)
		get(LSR);
}

static void it_is_ready_to_send_and_quiet_after_reset(void **state)
{
	assert_int_equal(get(LSR), 0x60);
	assert_int_equal(get(IIR), 0x01);
	assert_int_equal(get(IER), 0);
	assert_int_equal(get(MSR), 0xb0);
	assert_false(uart8250_irq(&u));
}

static void a_byte_written_leaves_at_once(void **state)
{
	assert_true(put(DATA, 'a'));
	assert_int_equal(sent, 'a');
	assert_int_equal(get(LSR), 0x60);
	assert_false(uart8250_irq(&u));
}

static void with_dlab_the_divisor_is_written_instead(void **state)
{
	put(LCR, 0x83);
	assert_false(put(DATA, 0x12));
	assert_false(put(IER, 0x34));
	assert_int_equal(get(DATA), 0x12);
	assert_int_equal(get(IER), 0x34);
	put(LCR, 0x03);
	assert_int_equal(get(IER), 0);
	assert_int_equal(get(LCR), 0x03);
}

static void the_scratch_register_keeps_what_is_written(void **state)
{
	put(SCR, 0xa5);
	assert_int_equal(get(SCR), 0xa5);
}

static void reserved_bits_read_as_zero(void **state)
{
	put(IER, 0xff);
	assert_int_equal(get(IER), 0x0f);
	put(MCR, 0xff);
	assert_int_equal(get(MCR), 0x1f);
}

static void received_bytes_come_out_in_order(void **state)
{
	start_driver();
	uart8250_receive(&u, 'x');
	uart8250_receive(&u, 'y');
	assert_int_equal(get(LSR), 0x61);
	assert_int_equal(get(DATA), 'x');
	assert_int_equal(get(LSR), 0x61);
	assert_int_equal(get(DATA), 'y');
	assert_int_equal(get(LSR), 0x60);
	assert_int_equal(get(DATA), 0);
}

static void the_receiver_holds_one_byte_without_fifo_and_16_with(void **state)
{
	put(IER, 0x01);
	assert_int_equal(uart8250_room(&u), 1);
	uart8250_receive(&u, 'x');
	assert_int_equal(uart8250_room(&u), 0);
	get(DATA);
	put(FCR, 0x01);
	assert_int_equal(uart8250_room(&u), 16);
}

/* Sends itself bytes in loopback. */
static void send_to_itself(const char *text)
{
	put(MCR, 0x10);
	while (*text)
		put(DATA, (uint8_t)*text++);
}

static void a_byte_too_many_is_an_overrun_until_lsr_is_read(void **state)
{
	send_to_itself("xy");
	assert_int_equal(get(LSR), 0x63);
	assert_int_equal(get(LSR), 0x61);
	assert_int_equal(get(DATA), 'x');
}

static void the_fifo_wraps(void **state)
{
	int i;

	start_driver();
	for (i = 0; i < 100; i++) {
		uart8250_receive(&u, (uint8_t)i);
		uart8250_receive(&u, (uint8_t)(i + 1));
		assert_int_equal(get(DATA), i);
		assert_int_equal(get(DATA), i + 1);
	}
}

static void a_fifo_can_be_cleared(void **state)
{
	start_driver();
	uart8250_receive(&u, 'x');
	put(FCR, 0x03);
	assert_int_equal(get(LSR), 0x60);
	assert_int_equal(get(IIR), 0xc1);
}

static void before_the_guest_listens_there_is_no_room(void **state)
{
	assert_int_equal(uart8250_room(&u), 0);
	put(FCR, 0x01);
	put(IER, 0x02);
	assert_int_equal(uart8250_room(&u), 0);
	put(IER, 0x03);
	assert_int_equal(uart8250_room(&u), 16);
	put(IER, 0x00);
	assert_int_equal(uart8250_room(&u), 0);
}

static void who_polls_listens_and_who_prints_does_not(void **state)
{
	int i;

	for (i = 0; i < 100; i++) {
		get(LSR);
		get(LSR);
		put(DATA, 'a');
		assert_int_equal(uart8250_room(&u), 0);
	}
	poll();
	assert_int_equal(uart8250_room(&u), 1);
	uart8250_receive(&u, 'x');
	assert_int_equal(get(LSR), 0x61);
	assert_int_equal(get(DATA), 'x');
	assert_int_equal(uart8250_room(&u), 1);
}

static void a_reset_of_the_fifo_loses_nothing(void **state)
{
	const char *text = "abc";

	start_driver();
	while (*text)
		uart8250_receive(&u, (uint8_t)*text++);
	assert_false(uart8250_has_returned(&u));
	put(FCR, 0x03);
	assert_true(uart8250_has_returned(&u));
	assert_int_equal(uart8250_room(&u), 0);
	uart8250_receive_returned(&u);
	assert_int_equal(get(DATA), 'a');
	put(FCR, 0x00);
	put(FCR, 0x01);
	uart8250_receive_returned(&u);
	assert_int_equal(get(DATA), 'b');
	assert_int_equal(get(DATA), 'c');
	assert_int_equal(get(LSR), 0x60);
	assert_int_equal(uart8250_room(&u), 16);
}

/* The first part of Linux's start-up, with the receive interrupt on for a moment. */
static void a_driver_that_starts_does_not_read_input_away(void **state)
{
	put(IER, 0x0f);
	uart8250_receive(&u, 'a');
	put(IER, 0x00);
	put(FCR, 0x01);
	put(FCR, 0x07);
	put(FCR, 0x00);
	get(LSR);
	get(DATA);
	get(IIR);
	uart8250_receive_returned(&u);
	assert_int_equal(get(LSR), 0x60);
	start_driver();
	uart8250_receive_returned(&u);
	assert_int_equal(get(DATA), 'a');
}

static void bytes_under_way_come_in_order_whatever_happens_before_they_arrive(void **state)
{
	int i;

	start_driver();
	for (i = 0; i < 16; i++)
		uart8250_receive(&u, (uint8_t)i);
	put(FCR, 0x03);
	for (i = 16; i < 32; i++)
		uart8250_receive(&u, (uint8_t)i);
	put(IER, 0x00);
	uart8250_receive_returned(&u);
	assert_int_equal(get(LSR), 0x60);
	put(IER, 0x01);
	for (i = 0; i < 32; i++) {
		uart8250_receive_returned(&u);
		assert_int_equal(get(LSR), 0x61);
		assert_int_equal(get(DATA), i);
	}
}

static void no_guest_makes_it_hold_more_than_it_can(void **state)
{
	int i, j;

	start_driver();
	for (i = 0; i < 100; i++) {
		uart8250_receive(&u, 'x');
		put(FCR, 0x03);
		put(MCR, 0x10);
		for (j = 0; j < 20; j++)
			put(DATA, 'y');
		uart8250_receive(&u, 'x');
		put(MCR, 0x00);
	}
	assert_int_equal(get(LSR), 0x62);
	for (i = 0; i < UART8250_HELD - UART8250_FIFO; i++) {
		uart8250_receive_returned(&u);
		assert_int_equal(get(DATA), 'x');
	}
	assert_int_equal(get(LSR), 0x60);
}

static void without_rts_nothing_is_sent_once_it_was_used(void **state)
{
	start_driver();
	assert_int_equal(uart8250_room(&u), 16);
	put(MCR, 0x0b);
	assert_int_equal(uart8250_room(&u), 16);
	put(MCR, 0x09);
	assert_int_equal(uart8250_room(&u), 0);
	put(MCR, 0x0b);
	assert_int_equal(uart8250_room(&u), 16);
}

static void received_data_interrupts_until_it_is_read(void **state)
{
	put(IER, 0x01);
	assert_false(uart8250_irq(&u));
	uart8250_receive(&u, 'x');
	assert_true(uart8250_irq(&u));
	assert_int_equal(get(IIR), 0x04);
	assert_true(uart8250_irq(&u));
	get(DATA);
	assert_false(uart8250_irq(&u));
}

static void below_the_trigger_level_it_is_a_timeout(void **state)
{
	put(IER, 0x01);
	put(FCR, 0x41);
	uart8250_receive(&u, 1);
	assert_int_equal(get(IIR), 0xcc);
	uart8250_receive(&u, 2);
	uart8250_receive(&u, 3);
	uart8250_receive(&u, 4);
	assert_int_equal(get(IIR), 0xc4);
}

static void transmitter_empty_interrupts_when_enabled(void **state)
{
	put(IER, 0x02);
	assert_true(uart8250_irq(&u));
	assert_int_equal(get(IIR), 0x02);
	assert_false(uart8250_irq(&u));
	assert_int_equal(get(IIR), 0x01);
	put(DATA, 'a');
	assert_true(uart8250_irq(&u));
	assert_int_equal(get(IIR), 0x02);
}

/* Linux's test for UARTs that forget this one. */
static void enabling_it_again_interrupts_again(void **state)
{
	put(IER, 0x02);
	get(IIR);
	put(IER, 0x00);
	put(IER, 0x02);
	assert_int_equal(get(IIR), 0x02);
}

static void reading_iir_for_another_cause_keeps_transmitter_empty(void **state)
{
	put(IER, 0x03);
	uart8250_receive(&u, 'x');
	assert_int_equal(get(IIR), 0x04);
	get(DATA);
	assert_int_equal(get(IIR), 0x02);
}

static void an_overrun_has_the_highest_priority(void **state)
{
	put(IER, 0x07);
	send_to_itself("xy");
	assert_int_equal(get(IIR), 0x06);
	get(LSR);
	assert_int_equal(get(IIR), 0x04);
}

static void loopback_returns_what_is_sent(void **state)
{
	put(MCR, 0x1a);
	assert_int_equal(get(MSR), 0x90);
	put(MCR, 0x15);
	assert_int_equal(get(MSR), 0x60);
	assert_false(put(DATA, 'z'));
	assert_int_equal(get(DATA), 'z');
}

static void loopback_takes_the_receiver_off_the_line(void **state)
{
	start_driver();
	uart8250_receive(&u, 'a');
	send_to_itself("z");
	assert_int_equal(uart8250_room(&u), 0);
	uart8250_receive(&u, 'b');
	assert_int_equal(get(DATA), 'z');
	assert_int_equal(get(LSR), 0x60);
	put(DATA, 'z');
	put(MCR, 0x00);
	uart8250_receive_returned(&u);
	assert_int_equal(get(DATA), 'a');
	assert_int_equal(get(DATA), 'b');
	assert_int_equal(get(LSR), 0x60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_ready_to_send_and_quiet_after_reset, reset),
		cmocka_unit_test_setup(a_byte_written_leaves_at_once, reset),
		cmocka_unit_test_setup(with_dlab_the_divisor_is_written_instead, reset),
		cmocka_unit_test_setup(the_scratch_register_keeps_what_is_written, reset),
		cmocka_unit_test_setup(reserved_bits_read_as_zero, reset),
		cmocka_unit_test_setup(received_bytes_come_out_in_order, reset),
		cmocka_unit_test_setup(the_receiver_holds_one_byte_without_fifo_and_16_with, reset),
		cmocka_unit_test_setup(a_byte_too_many_is_an_overrun_until_lsr_is_read, reset),
		cmocka_unit_test_setup(the_fifo_wraps, reset),
		cmocka_unit_test_setup(a_fifo_can_be_cleared, reset),
		cmocka_unit_test_setup(received_data_interrupts_until_it_is_read, reset),
		cmocka_unit_test_setup(below_the_trigger_level_it_is_a_timeout, reset),
		cmocka_unit_test_setup(transmitter_empty_interrupts_when_enabled, reset),
		cmocka_unit_test_setup(enabling_it_again_interrupts_again, reset),
		cmocka_unit_test_setup(reading_iir_for_another_cause_keeps_transmitter_empty,
				       reset),
		cmocka_unit_test_setup(an_overrun_has_the_highest_priority, reset),
		cmocka_unit_test_setup(loopback_returns_what_is_sent, reset),
		cmocka_unit_test_setup(loopback_takes_the_receiver_off_the_line, reset),
		cmocka_unit_test_setup(before_the_guest_listens_there_is_no_room, reset),
		cmocka_unit_test_setup(who_polls_listens_and_who_prints_does_not, reset),
		cmocka_unit_test_setup(a_reset_of_the_fifo_loses_nothing, reset),
		cmocka_unit_test_setup(a_driver_that_starts_does_not_read_input_away, reset),
		cmocka_unit_test_setup(
			bytes_under_way_come_in_order_whatever_happens_before_they_arrive, reset),
		cmocka_unit_test_setup(no_guest_makes_it_hold_more_than_it_can, reset),
		cmocka_unit_test_setup(without_rts_nothing_is_sent_once_it_was_used, reset),
	};

	return cmocka_run_group_tests_name("vmm/dev/uart/uart8250", tests, NULL, NULL);
}
