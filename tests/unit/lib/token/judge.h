/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of verdicts share: a recipe judged, and the lines that were said of it. */
#ifndef TESTS_UNIT_LIB_TOKEN_JUDGE_H
#define TESTS_UNIT_LIB_TOKEN_JUDGE_H

#include <token/verify.h>

#include "maker.h"

#define LINES_MAX 128

/* What is judged by what; judge_init() makes it so that the verdict is "verified". */
struct judge_state {
	struct recipe recipe;
	struct token token;
	struct trusted_key key;
	struct policy policy;
	struct token_request request;
	uint8_t challenge[64];
	struct {
		bool good, allowed;
		char rule[64], detail[512];
	} line[LINES_MAX];
	size_t lines;
};

/* A sealed recipe of a shape, its key trusted, its challenge given, no policy. */
void judge_init(struct judge_state *j, const char *shape);

/* Builds the recipe and decodes it; it must be well-formed. */
void judge_build(struct judge_state *j);

/* Takes what policy_propose() says of the token as it is now for the policy. */
void judge_propose(struct judge_state *j);

/* Loads a policy from text, which must be well-formed. */
void judge_load(struct judge_state *j, const char *text);

/* Judges j->token and keeps the lines. */
enum token_verdict judge_run(struct judge_state *j);

/* The line of a rule failed, and no other. */
void expect_failed_alone(const struct judge_state *j, const char *rule);

/* The detail of the line of a rule, which must be there. */
const char *judge_detail(const struct judge_state *j, const char *rule);

void judge_free(struct judge_state *j);

#endif
