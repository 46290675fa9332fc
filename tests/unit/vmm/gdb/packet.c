/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/gdb/packet.c: frames of gdb's protocol. */
#include "tests/unit/vmm/unit.h"
#include "vmm/gdb/packet.h"

static struct gdb_in in;
static struct gdb_out out;

/* The last event but GDB_MORE. */
static enum gdb_event take(const char *bytes)
{
	enum gdb_event last = GDB_MORE;

	for (; *bytes; bytes++) {
		enum gdb_event event = gdb_in_take(&in, *bytes);

		if (event != GDB_MORE)
			last = event;
	}
	return last;
}

static void a_packet_comes_by_the_byte(void **state)
{
	assert_int_equal(take("+$m40,8#"), GDB_MORE);
	assert_int_equal(take("3"), GDB_MORE);
	assert_int_equal(take("5"), GDB_PACKET);
	assert_string_equal(in.text, "m40,8");
	assert_int_equal(take("$#00"), GDB_PACKET);
	assert_string_equal(in.text, "");
}

static void damage_is_seen(void **state)
{
	assert_int_equal(take("$g#68"), GDB_DAMAGED);
	assert_int_equal(take("$g#x7"), GDB_DAMAGED);
	assert_int_equal(take("$g#67"), GDB_PACKET);
	/* A packet that begins anew. */
	assert_int_equal(take("$qq$g#67"), GDB_PACKET);
	assert_string_equal(in.text, "g");
}

static void one_that_is_too_long_is_damaged(void **state)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		size_t size = GDB_TEXT_MAX + i, n;
		char sum[4];

		gdb_in_take(&in, '$');
		for (n = 0; n < size; n++)
			gdb_in_take(&in, 'a');
		snprintf(sum, sizeof(sum), "#%02x", (unsigned int)(('a' * GDB_TEXT_MAX) & 0xff));
		assert_int_equal(take(sum), i ? GDB_DAMAGED : GDB_PACKET);
	}
}

static void an_interrupt_stands_between_packets(void **state)
{
	assert_int_equal(take("\3"), GDB_INTERRUPT);
	assert_int_equal(take("$\3#03"), GDB_PACKET);
}

static void what_goes_out_has_its_sum(void **state)
{
	static const uint8_t bytes[] = {0x00, 0xff, 0x5a};

	gdb_out_begin(&out);
	gdb_out_text(&out, "OK");
	gdb_out_end(&out);
	assert_int_equal(out.size, 6);
	assert_memory_equal(out.text, "$OK#9a", 6);
	gdb_out_begin(&out);
	gdb_out_bytes(&out, bytes, sizeof(bytes));
	gdb_out_number(&out, 0);
	gdb_out_number(&out, 0x1230);
	gdb_out_end(&out);
	assert_memory_equal(out.text, "$00ff5a01230#", 13);
}

static void what_is_too_long_is_left_out(void **state)
{
	static char text[GDB_TEXT_MAX + 8];

	memset(text, 'a', sizeof(text) - 1);
	gdb_out_begin(&out);
	gdb_out_text(&out, text);
	gdb_out_bytes(&out, text, sizeof(text) / 2);
	gdb_out_end(&out);
	assert_memory_equal(out.text, "$#00", 4);
}

static void numbers_and_bytes_are_taken_off_the_front(void **state)
{
	const char *text = "1f,ffffffffffffffff:";
	uint64_t value;
	uint8_t bytes[2];

	assert_true(gdb_take_number(&text, &value));
	assert_int_equal(value, 0x1f);
	assert_false(gdb_take_number(&text, &value));
	text++;
	assert_true(gdb_take_number(&text, &value));
	assert_int_equal(value, UINT64_MAX);
	assert_string_equal(text, ":");
	text = "10000000000000000";
	assert_false(gdb_take_number(&text, &value));
	text = "0aFF0";
	assert_true(gdb_take_bytes(&text, bytes, 2));
	assert_int_equal(bytes[0], 0x0a);
	assert_int_equal(bytes[1], 0xff);
	assert_false(gdb_take_bytes(&text, bytes, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_comes_by_the_byte),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(one_that_is_too_long_is_damaged),
		cmocka_unit_test(an_interrupt_stands_between_packets),
		cmocka_unit_test(what_goes_out_has_its_sum),
		cmocka_unit_test(what_is_too_long_is_left_out),
		cmocka_unit_test(numbers_and_bytes_are_taken_off_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
