/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/base64/base64.c: the vectors of RFC 4648 section 10, and what is no encoding. */
#include <base64.h>

#include "tests/unit/lib/unit.h"

static const struct {
	const char *text, *standard, *url;
} vectors[] = {
	{"", "", ""},
	{"f", "Zg==", "Zg"},
	{"fo", "Zm8=", "Zm8"},
	{"foo", "Zm9v", "Zm9v"},
	{"foob", "Zm9vYg==", "Zm9vYg"},
	{"fooba", "Zm9vYmE=", "Zm9vYmE"},
	{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	{"\xfb\xff\xfe", "+//+", "-__-"},
};

static void check(enum base64_kind kind, const char *text, const char *want)
{
	char encoded[BASE64_SIZE(8)], decoded[8];
	size_t len;

	assert_int_equal(base64_encode(kind, text, strlen(text), encoded), strlen(want));
	assert_string_equal(encoded, want);
	assert_true(base64_decode(kind, want, strlen(want), decoded, strlen(text), &len));
	assert_int_equal(len, strlen(text));
	assert_memory_equal(decoded, text, len);
	assert_true(base64_decode_exactly(kind, want, decoded, len));
	assert_false(base64_decode_exactly(kind, want, decoded, len + 1));
	if (len)
		assert_false(
			base64_decode(kind, want, strlen(want), decoded, strlen(text) - 1, &len));
}

static void every_length(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		check(BASE64_STANDARD, vectors[i].text, vectors[i].standard);
		check(BASE64_URL, vectors[i].text, vectors[i].url);
	}
}

static void what_is_none(void **state)
{
	static const char *const standard[] = {"Zg",   "Zg=",  "Zg===", "Z===",	    "=",    "====",
					       "Zh==", "Zm9=", "-__-",	"Zg==Zg==", "Zm 9v"};
	static const char *const url[] = {"Z", "Zg==", "Zh", "Zm9", "+//+", "Zm9vZ", "Zm9v\n"};
	char out[16];
	size_t len, i;

	for (i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
		if (base64_decode(BASE64_STANDARD, standard[i], strlen(standard[i]), out,
				  sizeof(out), &len))
			fail_msg("%s was taken", standard[i]);
	for (i = 0; i < sizeof(url) / sizeof(url[0]); i++)
		if (base64_decode(BASE64_URL, url[i], strlen(url[i]), out, sizeof(out), &len))
			fail_msg("%s was taken", url[i]);
	assert_false(base64_decode(BASE64_URL, "Zm\0v", 4, out, sizeof(out), &len));
	assert_false(base64_decode_exactly(BASE64_URL, NULL, out, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
