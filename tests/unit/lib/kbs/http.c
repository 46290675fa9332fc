/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/kbs/http.c and protocol.c. What requests are refused for is in
 * tests/unit/vmm/keyserver/serve. */
#include <kbs/http.h>
#include <kbs/protocol.h>

#include "tests/unit/lib/unit.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct http_head head;

static int parse(const char *text)
{
	size_t len = http_head_len(text, strlen(text));

	assert_int_equal(len, strlen(text));
	return http_parse_request(text, len, &head);
}

static void a_head_ends_with_an_empty_line(void **state)
{
	assert_int_equal(http_head_len("", 0), 0);
	assert_int_equal(http_head_len("GET / HTTP/1.1\r\n\r", 17), 0);
	assert_int_equal(http_head_len("GET / HTTP/1.1\r\n\r\nbody", 22), 18);
}

static void a_request_is_read(void **state)
{
	assert_int_equal(parse("POST /kbs/v0/auth HTTP/1.1\r\nHost: x\r\ncontent-LENGTH:  17 \r\n"
			       "Cookie: a=b; kbs-session-id=" ID
			       "; c=d\r\nConnection: Close\r\n\r\n"),
			 0);
	assert_true(head.post);
	assert_true(head.close);
	assert_int_equal(head.body, 17);
	assert_string_equal(head.target, "/kbs/v0/auth");
	assert_string_equal(head.session, ID);
	assert_int_equal(parse("GET /x HTTP/1.1\r\n\r\n"), 0);
	assert_false(head.post);
	assert_false(head.close);
	assert_int_equal(head.body, 0);
	assert_string_equal(head.session, "");
}

static void two_sessions_are_none(void **state)
{
	assert_int_equal(parse("GET / HTTP/1.1\r\nCookie: kbs-session-id=" ID ";kbs-session-id=" ID
			       "\r\n\r\n"),
			 400);
}

static void a_value_has_no_control_characters(void **state)
{
	static const char zero[] = "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n";

	assert_int_equal(parse("GET / HTTP/1.1\r\nX: a\tb \xc3\xa4\r\n\r\n"), 0);
	assert_int_equal(parse("GET / HTTP/1.1\r\nX: a\nContent-Length: 5\r\n\r\n"), 400);
	assert_int_equal(parse("GET / HTTP/1.1\r\nX: a\rb\r\n\r\n"), 400);
	assert_int_equal(parse("GET / HTTP/1.1\r\nX: a\x7f\r\n\r\n"), 400);
	assert_int_equal(http_parse_request(zero, sizeof(zero) - 1, &head), 400);
}

static void an_answer_is_read(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n",
		"HTTP/1.1 2x0 OK\r\nContent-Length: 3\r\n\r\n",
		"HTTP/1.1 2000\r\nContent-Length: 3\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	};
	static const char good[] = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n"
				   "Set-Cookie: kbs-session-id=" ID
				   "; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";
	size_t i;

	assert_null(http_parse_answer(good, strlen(good), &head));
	assert_int_equal(head.status, 401);
	assert_int_equal(head.body, 3);
	assert_string_equal(head.session, ID);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!http_parse_answer(bad[i], strlen(bad[i]), &head))
			fail_msg("taken: %s", bad[i]);
}

static void a_resource_has_three_names(void **state)
{
	static const char *const bad[] = {"",	     "a/b",    "a/b/", "a/b/c/",
					  "a/b/c/d", "/a/b/c", "a//c", "a/b/c d"};
	size_t i;

	assert_true(kbs_resource_valid("default/key_1/a.b-C"));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (kbs_resource_valid(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

/* Hash of {"additional-evidence":"","nonce":"bm9uY2U=","tee-pubkey":{"a":"1","b":"2"}} by
 * sha384sum. */
static void a_challenge_binds_nonce_and_key(void **state)
{
	json_t *jwk = json_pack("{s:s,s:s}", "b", "2", "a", "1");
	uint8_t challenge[KBS_CHALLENGE_SIZE];

	assert_true(kbs_challenge("bm9uY2U=", jwk, challenge));
	assert_hex_equal(challenge, sizeof(challenge),
			 "1729315e912089a6073d93dc86705628fbb1aaa602b74cd6539969b5fa560732"
			 "9f670dc65d4b329d45194804de8599a9"
			 "00000000000000000000000000000000");
	json_decref(jwk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_ends_with_an_empty_line),
		cmocka_unit_test(a_request_is_read),
		cmocka_unit_test(two_sessions_are_none),
		cmocka_unit_test(a_value_has_no_control_characters),
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(a_resource_has_three_names),
		cmocka_unit_test(a_challenge_binds_nonce_and_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
