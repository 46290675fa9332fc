/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tokens of this stack, by the monitor's code and the RMM's, as `realm verify` sees them: a
 * published pair of profiles, every claim known, verified; and refused with any byte of it flipped.
 */
#include <stdlib.h>

#include "judge.h"
#include "stack_token.h"

static struct judge_state j;
static uint8_t token[STACK_ROOM];
static size_t len;

/* Decoded from an allocation of its own, so that a read beyond its end is seen. */
static enum token_verdict judge_copy(uint8_t *copy)
{
	struct token_error error;
	enum token_fault fault = token_decode(copy, len, &j.token, &error);

	if (fault != TOKEN_GOOD)
		return fault == TOKEN_MALFORMED ? VERDICT_MALFORMED : VERDICT_PROFILE;
	return judge_run(&j);
}

static enum token_verdict judge_flipped(size_t at, uint8_t mask)
{
	uint8_t *copy = malloc(len);
	enum token_verdict verdict;

	memcpy(copy, token, len);
	copy[at] ^= mask;
	verdict = judge_copy(copy);
	free(copy);
	return verdict;
}

static void a_token_of_the_stack_is_verified(void **state)
{
	struct token_error error;

	assert_int_equal(token_decode(token, len, &j.token, &error), TOKEN_GOOD);
	assert_string_equal(j.token.pair->platform, "tag:arm.com,2024:cca_platform#2.0.0");
	assert_string_equal(j.token.pair->realm, "tag:arm.com,2024:realm#2.0.0");
	assert_null(j.token.pair->note);
	assert_int_equal(j.token.ignored_count, 0);
	/* In the Realm's profile it is optional by one text and mandatory by another. */
	assert_int_equal(j.token.realm[REALM_INSTANCE_ID].kind, TOKEN_BYTES);
	assert_int_equal(j.token.components, 2);
	judge_propose(&j);
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
}

static void a_token_of_the_stack_with_any_byte_flipped_is_refused(void **state)
{
	size_t at;

	assert_int_equal(judge_flipped(0, 0), VERDICT_VERIFIED);
	for (at = 0; at < len; at++)
		if (judge_flipped(at, 0xff) == VERDICT_VERIFIED)
			fail_msg("verified with byte %zu flipped", at);
}

static int setup(void **state)
{
	uint8_t key[97];

	judge_init(&j, "2024");
	len = stack_token(token, key);
	token_key_set(&j.key.key, TOKEN_P384, key + 1, key + 49);
	memset(j.challenge, STACK_CHALLENGE, sizeof(j.challenge));
	return 0;
}

static int teardown(void **state)
{
	judge_free(&j);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_of_the_stack_is_verified),
		cmocka_unit_test(a_token_of_the_stack_with_any_byte_flipped_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
