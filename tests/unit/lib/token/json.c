/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/token/json.c: claims as JSON, those of free structure among them. */
#include <stdlib.h>
#include <token/json.h>
#include <util.h>

#include "judge.h"

static struct judge_state j;

/* Decodes a token whose claim "extension" is an array of one map of one pair, and shows that. */
static void expect_item(const char *key, const char *value, const char *want)
{
	char hex[1024], *text;
	json_t *claim;

	judge_init(&j, "2024");
	snprintf(hex, sizeof(hex), "81 a1 %s %s", key, value);
	map_set(&j.recipe.platform.payload, 2404, hex);
	judge_build(&j);
	claim = token_json_platform(&j.token, PLATFORM_EXTENSION);
	text = json_dumps(json_array_get(claim, 0), JSON_COMPACT | JSON_ENSURE_ASCII);
	assert_string_equal(text, want);
	free(text);
	json_decref(claim);
}

static void items_of_each_type(void **state)
{
	expect_item("01", "18 ff", "{\"1\":255}");
	expect_item("20", "38 ff", "{\"-1\":-256}");
	expect_item("01", "1b 7fffffffffffffff", "{\"1\":9223372036854775807}");
	expect_item("01", "1b 8000000000000000", "{\"1\":\"uint:9223372036854775808\"}");
	expect_item("01", "3b 8000000000000000", "{\"1\":\"nint:9223372036854775808\"}");
	expect_item("01", "42 00ff", "{\"1\":\"hex:00ff\"}");
	expect_item("01", "40", "{\"1\":\"hex:\"}");
	expect_item("61 61", "62 c3a4", "{\"text:a\":\"text:\\u00E4\"}");
	expect_item("41 61", "60", "{\"hex:61\":\"text:\"}");
	expect_item("01", "83 f4 f5 f6", "{\"1\":[false,true,null]}");
	expect_item("01", "f7", "{\"1\":\"simple:1:17\"}");
	expect_item("01", "f9 3c00", "{\"1\":\"simple:3:3c00\"}");
	expect_item("01", "c2 41 01", "{\"1\":{\"tag:2\":\"hex:01\"}}");
	expect_item("82 01 02", "a0", "{\"cbor:820102\":{}}");
	expect_item("a1 01 02", "00", "{\"cbor:a10102\":0}");
	expect_item("c1 00", "00", "{\"cbor:c100\":0}");
	expect_item("f6", "80", "{\"null\":[]}");
}

/* The name of a member ends at a zero byte, so that "a" would hide "a\0b". */
static void a_text_with_a_zero_byte_is_not_cut(void **state)
{
	expect_item("63 610062", "62 6100", "{\"text-hex:610062\":\"text-hex:6100\"}");
}

/* Were such keys shown as JSON within JSON, each level would double the quotes of the one below. */
static void a_terminal_sees_printable_ascii_alone(void **state)
{
	json_t *value = json_string("a\x1b\x7f\x7f\xc2\x9bz");
	char *text = token_json_text(value, JSON_ENCODE_ANY);

	assert_string_equal(text, "\"a\\u001B\\u007f\\u007f\\u009Bz\"");
	free(text);
	json_decref(value);
}

static void keys_within_keys_do_not_grow(void **state)
{
	char key[256] = "6122", hex[1024], *text;
	json_t *claim;
	int depth;

	for (depth = 0; depth < 11; depth++) {
		snprintf(hex, sizeof(hex), "a1 %s 00", key);
		snprintf(key, sizeof(key), "%s", hex);
	}
	judge_init(&j, "2024");
	snprintf(hex, sizeof(hex), "81 a1 %s 00", key);
	map_set(&j.recipe.platform.payload, 2404, hex);
	judge_build(&j);
	claim = token_json_platform(&j.token, PLATFORM_EXTENSION);
	text = json_dumps(claim, 0);
	assert_in_range(strlen(text), 1, 128);
	free(text);
	json_decref(claim);
}

static void claims_have_their_names_and_words(void **state)
{
	json_t *claims, *platform, *realm, *component;

	judge_init(&j, "2026");
	judge_build(&j);
	claims = token_json_claims(&j.token);
	platform = json_object_get(claims, "platform");
	realm = json_object_get(claims, "realm");
	component = json_array_get(json_object_get(platform, "software-components"), 2);
	assert_string_equal(json_string_value(json_object_get(platform, "lifecycle")), "secured");
	assert_int_equal(json_integer_value(json_object_get(platform, "lifecycle-value")), 0x3003);
	assert_string_equal(json_string_value(json_object_get(platform, "config")), "c0ffee");
	assert_null(json_object_get(platform, "challenge"));
	assert_int_equal(json_string_length(json_object_get(platform, "workload-binding")), 64);
	assert_string_equal(json_string_value(json_object_get(component, "hash-algorithm")),
			    "sha-256");
	assert_string_equal(json_string_value(json_object_get(realm, "mec-policy")), "private");
	assert_string_equal(json_string_value(json_object_get(realm, "lfa-policy")), "disallow");
	assert_int_equal(json_string_length(json_object_get(realm, "rem3")), 64);
	assert_null(json_object_get(realm, "rem"));
	json_decref(claims);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_of_each_type),
		cmocka_unit_test(a_text_with_a_zero_byte_is_not_cut),
		cmocka_unit_test(keys_within_keys_do_not_grow),
		cmocka_unit_test(a_terminal_sees_printable_ascii_alone),
		cmocka_unit_test(claims_have_their_names_and_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
