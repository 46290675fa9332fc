// SPDX-License-Identifier: BSD-3-Clause
/* CBOR: encodings of RFC 8949 appendix A, bounds, windows, and what the reader refuses. */
#include "unit.h"
#include <cbor.h>

static void expect_int(int64_t value, const char *hex)
{
	uint8_t buf[16];
	struct cbor c;

	cbor_init(&c, buf, sizeof(buf));
	cbor_int(&c, value);
	assert_hex_equal(buf, cbor_finish(&c), hex);
}

static void integers_have_the_shortest_head(void **state)
{
	expect_int(0, "00");
	expect_int(23, "17");
	expect_int(24, "1818");
	expect_int(255, "18ff");
	expect_int(256, "190100");
	expect_int(65535, "19ffff");
	expect_int(65536, "1a00010000");
	expect_int(0xffffffff, "1affffffff");
	expect_int(1000000000000, "1b000000e8d4a51000");
	expect_int(INT64_MAX, "1b7fffffffffffffff");
	expect_int(-1, "20");
	expect_int(-24, "37");
	expect_int(-25, "3818");
	expect_int(-100, "3863");
	expect_int(-1000, "3903e7");
	expect_int(INT64_MIN, "3b7fffffffffffffff");
}

static void unsigned_integers_reach_the_top(void **state)
{
	uint8_t buf[16];
	struct cbor c;

	cbor_init(&c, buf, sizeof(buf));
	cbor_uint(&c, UINT64_MAX);
	assert_hex_equal(buf, cbor_finish(&c), "1bffffffffffffffff");
}

static void strings_and_containers(void **state)
{
	uint8_t buf[64];
	struct cbor c;

	cbor_init(&c, buf, sizeof(buf));
	cbor_tag(&c, 1);
	cbor_array(&c, 3);
	cbor_bytes(&c, "\1\2\3\4", 4);
	cbor_map(&c, 1);
	cbor_text(&c, "a");
	cbor_text(&c, "");
	cbor_array(&c, 25);
	assert_hex_equal(buf, cbor_finish(&c), "c1 83 4401020304 a1 6161 60 9819");
}

/* A buffer that is one byte short holds what fits and finishes with 0, whatever comes after. */
static void overflow_is_remembered(void **state)
{
	uint8_t buf[6] = {[5] = 0x5a};
	struct cbor c;

	cbor_init(&c, buf, 5);
	cbor_bytes(&c, "12345", 5);
	assert_int_equal(cbor_finish(&c), 0);
	cbor_int(&c, 1);
	cbor_bytes(&c, NULL, 0);
	assert_int_equal(cbor_finish(&c), 0);
	assert_hex_equal(buf, sizeof(buf), "4531323334 5a");

	cbor_init(&c, buf, 6);
	cbor_bytes(&c, "12345", 5);
	assert_int_equal(cbor_finish(&c), 6);
}

static void encode_sample(struct cbor *c, const void *arg)
{
	const int *items = arg;
	int i;

	cbor_array(c, 2 * (size_t)*items);
	for (i = 0; i < *items; i++) {
		cbor_int(c, i * 77 - 300);
		cbor_text(c, "some text that is longer than a small window");
	}
}

static void length_counts_without_a_buffer(void **state)
{
	const int items = 30;
	uint8_t buf[2048];
	struct cbor c;

	cbor_init(&c, buf, sizeof(buf));
	encode_sample(&c, &items);
	assert_int_equal(cbor_length(encode_sample, &items), cbor_finish(&c));
}

/* Windows of every size, put side by side, are the whole encoding, and write nowhere else. */
static void windows_tile_the_encoding(void **state)
{
	const int items = 30;
	uint8_t whole[2048], window[257], joined[2048 + 257];
	size_t len, size, from;
	struct cbor c;

	cbor_init(&c, whole, sizeof(whole));
	encode_sample(&c, &items);
	len = cbor_finish(&c);
	for (size = 1; size <= 256; size += 5) {
		for (from = 0; from < len + size; from += size) {
			window[size] = 0x5a;
			cbor_init_window(&c, window, size, from);
			encode_sample(&c, &items);
			assert_int_equal(window[size], 0x5a);
			assert_int_equal(cbor_window_used(&c), from >= len	   ? 0
							       : len - from < size ? len - from
										   : size);
			memcpy(joined + from, window, cbor_window_used(&c));
		}
		assert_memory_equal(joined, whole, len);
	}
}

static void nested_encoding_is_wrapped_in_a_string(void **state)
{
	const int items = 1;
	uint8_t buf[128];
	struct cbor_reader r;
	struct cbor c;
	size_t len;

	cbor_init(&c, buf, sizeof(buf));
	cbor_bytes_nested(&c, encode_sample, &items);
	cbor_reader_init(&r, buf, cbor_finish(&c));
	assert_non_null(cbor_get_bytes(&r, &len));
	assert_true(cbor_reader_done(&r));
	assert_int_equal(len, cbor_length(encode_sample, &items));
}

static void reader_returns_what_was_written(void **state)
{
	uint8_t buf[64];
	struct cbor_reader r;
	struct cbor c;
	size_t len;

	cbor_init(&c, buf, sizeof(buf));
	cbor_tag(&c, 907);
	cbor_map(&c, 2);
	cbor_int(&c, -70000);
	cbor_array(&c, 1);
	cbor_bytes(&c, "xyz", 3);
	cbor_int(&c, INT64_MIN);
	cbor_text(&c, "text");
	cbor_reader_init(&r, buf, cbor_finish(&c));
	assert_int_equal(cbor_peek(&r), CBOR_TAG);
	assert_int_equal(cbor_get_tag(&r), 907);
	assert_int_equal(cbor_get_map(&r), 2);
	assert_int_equal(cbor_get_int(&r), -70000);
	assert_int_equal(cbor_get_array(&r), 1);
	assert_memory_equal(cbor_get_bytes(&r, &len), "xyz", 3);
	assert_int_equal(len, 3);
	assert_true(cbor_get_int(&r) == INT64_MIN);
	assert_memory_equal(cbor_get_text(&r, &len), "text", 4);
	assert_true(cbor_reader_done(&r));
	assert_int_equal(cbor_peek(&r), CBOR_SIMPLE);
}

static void skip_passes_over_one_item(void **state)
{
	const int items = 3;
	uint8_t buf[512];
	struct cbor_reader r;
	struct cbor c;

	cbor_init(&c, buf, sizeof(buf));
	cbor_map(&c, 1);
	cbor_tag(&c, 18);
	encode_sample(&c, &items);
	encode_sample(&c, &items);
	cbor_int(&c, 5);
	cbor_reader_init(&r, buf, cbor_finish(&c));
	cbor_skip(&r);
	assert_int_equal(cbor_get_int(&r), 5);
	assert_true(cbor_reader_done(&r));
}

static void expect_refused(const char *hex)
{
	uint8_t buf[64];
	struct cbor_reader r;

	cbor_reader_init(&r, buf, from_hex(hex, buf, sizeof(buf)));
	cbor_skip(&r);
	assert_true(r.failed);
	assert_false(cbor_reader_done(&r));
}

static void reader_refuses_malformed_items(void **state)
{
	expect_refused("");
	expect_refused("18");			    /* argument missing */
	expect_refused("19 01");		    /* argument cut short */
	expect_refused("1817");			    /* not the shortest head */
	expect_refused("1900ff");		    /* likewise */
	expect_refused("1a0000ffff");		    /* likewise */
	expect_refused("1b00000000ffffffff");	    /* likewise */
	expect_refused("1c");			    /* reserved */
	expect_refused("9f ff");		    /* indefinite length */
	expect_refused("43 0102");		    /* string longer than the input */
	expect_refused("5b ffffffffffffffff 00");   /* length that wraps */
	expect_refused("82 01");		    /* item missing */
	expect_refused("bb 8000000000000001 0101"); /* count of items that wraps */
	expect_refused("c1");			    /* tag without an item */
	expect_refused("8181818181818181818181818181818181818100"); /* nested too deeply */
}

/* Reads one item of any width with cbor_check(): the rule that it breaks, or NULL; *at: where. */
static const char *check(const char *hex, size_t *at)
{
	uint8_t buf[64];
	struct cbor_reader r;

	cbor_reader_init(&r, buf, from_hex(hex, buf, sizeof(buf)));
	r.any_width = true;
	cbor_check(&r);
	*at = r.at;
	assert_true(r.failed || cbor_reader_done(&r));
	return r.why;
}

static void expect_valid(const char *hex)
{
	size_t at;
	const char *why = check(hex, &at);

	if (why)
		fail_msg("%s: %s", hex, why);
}

static void expect_invalid(const char *hex, size_t at, const char *rule)
{
	size_t found;
	const char *why = check(hex, &found);

	if (!why || strcmp(why, rule))
		fail_msg("%s: %s; wanted %s", hex, why ? why : "valid", rule);
	assert_int_equal(found, at);
}

static void a_key_twice_is_found_by_its_value(void **state)
{
	static const char rule[] = "a key twice in one map";

	expect_invalid("a2 01 00 01 00", 3, rule);
	expect_invalid("a2 01 00 1801 00", 3, rule);
	expect_invalid("a2 1b0000000000000001 00 190001 00", 11, rule);
	expect_invalid("a2 20 00 3800 00", 3, rule);
	expect_invalid("a2 4161 00 580161 00", 4, rule);
	expect_invalid("a2 820102 00 82190001 02 00", 5, rule);
	expect_invalid("a2 a10102 00 a10102 00", 5, rule);
	expect_invalid("a2 c101 00 c101 00", 4, rule);
	expect_invalid("a2 f6 00 f6 00", 3, rule);
	expect_invalid("a2 f93c00 00 f93c00 00", 5, rule);
	expect_invalid("81 81 a2 01 00 01 00", 5, rule);
	expect_invalid("a1 a2 01 00 01 00 00", 4, rule);
	expect_invalid("c1 a1 00 a2 01 00 01 00", 6, rule);
	expect_invalid("a3 01 00 02 00 01 00", 5, rule);
}

static void keys_that_differ_are_no_duplicates(void **state)
{
	expect_valid("a2 01 00 20 00");
	expect_valid("a2 4161 00 6161 00");
	expect_valid("a2 4161 00 4162 00");
	expect_valid("a2 4161 00 426161 00");
	expect_valid("a2 8101 00 820101 00");
	expect_valid("a2 c101 00 c201 00");
	expect_valid("a2 f820 00 f90020 00"); /* a simple value, and a number of the same bits */
	expect_valid("a2 f4 00 f5 00");
	expect_valid("82 a1 01 00 a1 01 00");
}

static void text_is_utf_8(void **state)
{
	static const char rule[] = "text that is not UTF-8";

	expect_valid("6d 24 c2a2 e282ac f0908d88 efbfbd");
	expect_valid("64 f48fbfbf");
	expect_valid("63 ed9fbf");
	expect_invalid("61 80", 1, rule);
	expect_invalid("62 c0af", 1, rule);	 /* longer than it need be */
	expect_invalid("63 e08080", 1, rule);	 /* likewise */
	expect_invalid("64 f08080af", 1, rule);	 /* likewise */
	expect_invalid("63 eda080", 1, rule);	 /* a surrogate */
	expect_invalid("64 f4908080", 1, rule);	 /* above U+10FFFF */
	expect_invalid("64 f5808080", 1, rule);	 /* likewise */
	expect_invalid("63 41 e282", 2, rule);	 /* cut short */
	expect_invalid("64 41 e28241", 2, rule); /* not continued */
	expect_invalid("82 00 61 ff", 3, rule);
}

static void malformed_items_are_not_valid(void **state)
{
	expect_invalid("", 0, "the encoding ends where an item must begin");
	expect_invalid("82 01", 0, "longer than what it stands in");
	expect_invalid("a1 01", 2, "the encoding ends where an item must begin");
	expect_invalid("c1", 1, "the encoding ends where an item must begin");
	expect_invalid("81 19 01", 1, "the encoding ends within a head");
	expect_invalid("43 0102", 0, "longer than what it stands in");
	expect_invalid("63 6162", 0, "longer than what it stands in");
	expect_invalid("9b ffffffffffffffff", 0, "longer than what it stands in");
	expect_invalid("bb 8000000000000001 0101", 0, "longer than what it stands in");
	expect_invalid("7f ff", 0, "an indefinite length");
	expect_invalid("81 ff", 1, "an indefinite length");
	expect_invalid("1d", 0, "a reserved head");
	expect_invalid("81 f81f", 1, "a simple value below 32 in two bytes");
	expect_valid("818181818181818181818181818181 00");
	expect_invalid("81818181818181818181818181818181 00", 16, "nested too deep");
	expect_invalid("c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1 00", 16, "nested too deep");
}

static void a_failure_sticks(void **state)
{
	uint8_t buf[16];
	struct cbor_reader r;
	size_t len;

	cbor_reader_init(&r, buf, from_hex("01 02", buf, sizeof(buf)));
	assert_int_equal(cbor_get_map(&r), 0);
	assert_true(r.failed);
	assert_int_equal(cbor_get_int(&r), 0);
	assert_null(cbor_get_bytes(&r, &len));
	assert_int_equal(cbor_peek(&r), CBOR_SIMPLE);

	cbor_reader_init(&r, buf, from_hex("1b8000000000000000", buf, sizeof(buf)));
	assert_int_equal(cbor_get_int(&r), 0); /* above INT64_MAX */
	assert_true(r.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_have_the_shortest_head),
		cmocka_unit_test(unsigned_integers_reach_the_top),
		cmocka_unit_test(strings_and_containers),
		cmocka_unit_test(overflow_is_remembered),
		cmocka_unit_test(length_counts_without_a_buffer),
		cmocka_unit_test(windows_tile_the_encoding),
		cmocka_unit_test(nested_encoding_is_wrapped_in_a_string),
		cmocka_unit_test(reader_returns_what_was_written),
		cmocka_unit_test(skip_passes_over_one_item),
		cmocka_unit_test(reader_refuses_malformed_items),
		cmocka_unit_test(a_key_twice_is_found_by_its_value),
		cmocka_unit_test(keys_that_differ_are_no_duplicates),
		cmocka_unit_test(text_is_utf_8),
		cmocka_unit_test(malformed_items_are_not_valid),
		cmocka_unit_test(a_failure_sticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
