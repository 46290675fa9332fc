/* SPDX-License-Identifier: BSD-3-Clause */
/* See judge.h. */
#include <stdlib.h>

#include "judge.h"

void judge_build(struct judge_state *j)
{
	struct token_error error;

	recipe_build(&j->recipe);
	if (token_decode(j->recipe.made.data, j->recipe.made.len, &j->token, &error) != TOKEN_GOOD)
		fail_msg("byte %zu, %s: %s", error.offset, error.part, error.rule);
}

void judge_init(struct judge_state *j, const char *shape)
{
	memset(j, 0, sizeof(*j));
	recipe_init(&j->recipe, shape);
	recipe_seal(&j->recipe);
	maker_key(&j->key.key, j->recipe.platform.curve, PLATFORM_KEY);
	j->key.name = "the test's";
	j->challenge[0] = CHALLENGE;
	j->request = (struct token_request){.keys = &j->key,
					    .key_count = 1,
					    .policy = &j->policy,
					    .challenge = j->challenge,
					    .challenge_len = sizeof(j->challenge)};
}

void judge_load(struct judge_state *j, const char *text)
{
	char error[POLICY_ERROR_MAX];

	policy_free(&j->policy);
	if (!policy_load(&j->policy, text, strlen(text), error))
		fail_msg("%s", error);
}

void judge_propose(struct judge_state *j)
{
	json_t *policy = policy_propose(&j->token);
	char *text = json_dumps(policy, 0);

	assert_non_null(text);
	judge_load(j, text);
	free(text);
	json_decref(policy);
}

static void take_line(void *arg, const struct token_line *line)
{
	struct judge_state *j = arg;
	const char *c;

	assert_true(j->lines < LINES_MAX);
	for (c = line->detail; *c; c++)
		assert_in_range(*c, 0x20, 0x7e);
	j->line[j->lines].good = line->good;
	j->line[j->lines].allowed = line->allowed;
	snprintf(j->line[j->lines].rule, sizeof(j->line[0].rule), "%s", line->rule);
	snprintf(j->line[j->lines].detail, sizeof(j->line[0].detail), "%s", line->detail);
	j->lines++;
}

enum token_verdict judge_run(struct judge_state *j)
{
	enum token_verdict verdict;
	bool good = true;
	size_t i;

	j->lines = 0;
	verdict = token_verify(&j->token, &j->request, take_line, j);
	for (i = 0; i < j->lines; i++)
		good = good && j->line[i].good;
	assert_int_equal(good, verdict == VERDICT_VERIFIED);
	return verdict;
}

void expect_failed_alone(const struct judge_state *j, const char *rule)
{
	bool found = false;
	size_t i;

	for (i = 0; i < j->lines; i++) {
		if (j->line[i].good)
			continue;
		if (strcmp(j->line[i].rule, rule))
			fail_msg("failed: %s: %s; wanted %s", j->line[i].rule, j->line[i].detail,
				 rule);
		found = true;
	}
	if (!found)
		fail_msg("%s did not fail", rule);
}

const char *judge_detail(const struct judge_state *j, const char *rule)
{
	size_t i;

	for (i = 0; i < j->lines; i++)
		if (strcmp(j->line[i].rule, rule) == 0)
			return j->line[i].detail;
	fail_msg("no line %s", rule);
	return NULL;
}

void judge_free(struct judge_state *j)
{
	policy_free(&j->policy);
}
