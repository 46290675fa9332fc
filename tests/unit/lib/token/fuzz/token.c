/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: the input is a token. What the decoder takes is shown as JSON, and one in eight
 * of such tokens (a signature takes a thousand times as long to check) is judged by the policy that
 * it proposes itself, and without one. No key is trusted, so no token may be verified.
 */
#include <stdlib.h>
#include <string.h>
#include <token/json.h>
#include <token/verify.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_line(void *arg, const struct token_line *line)
{
	const char *c;

	for (c = line->detail; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			abort();
}

static void check_error(const struct token_error *error, size_t size)
{
	if (!error->rule || !error->part || error->offset > size)
		abort();
}

/* The policy that a token proposes is one, and its claims meet it. */
static void judge(const struct token *t)
{
	static const uint8_t challenge[64];
	struct token_request request = {.challenge = challenge, .challenge_len = 64};
	struct policy policy, none = {0};
	char error[POLICY_ERROR_MAX], *text;
	json_t *proposed = policy_propose(t);

	text = json_dumps(proposed, 0);
	json_decref(proposed);
	if (!text || !policy_load(&policy, text, strlen(text), error))
		abort();
	request.policy = &policy;
	if (token_verify(t, &request, take_line, NULL) == VERDICT_VERIFIED)
		abort();
	request.policy = &none;
	if (token_verify(t, &request, take_line, NULL) == VERDICT_VERIFIED)
		abort();
	policy_free(&policy);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct token t;
	struct token_error error;
	json_t *claims;

	if (token_decode(data, size, &t, &error) != TOKEN_GOOD) {
		check_error(&error, size);
		return 0;
	}
	claims = token_json_claims(&t);
	if (!claims)
		abort();
	json_decref(claims);
	if (data[size - 1] % 8 == 0)
		judge(&t);
	return 0;
}
