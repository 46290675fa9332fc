/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The policy of a relying party: which keys it trusts and which values of claims it accepts. A JSON
 * object (vmm/realm-verify.1 has the whole form):
 *
 *	{"keys": [...], "platform": {CLAIM: RULE, ...}, "realm": {CLAIM: RULE, ...}}
 *
 * A rule is the value as lib/include/token/json.h has it, or "any", or null (the claim must be
 * absent), or an array of values of which one must be it ("any" in it is the text), or, for byte
 *strings, {"value": HEX, "mask": HEX}.
 *
 * A claim that says what runs, or how, fails where the policy is silent: "any" must be written.
 */
#ifndef LIB_INCLUDE_TOKEN_POLICY_H
#define LIB_INCLUDE_TOKEN_POLICY_H

#include <jansson.h>
#include <token/token.h>

#define POLICY_ERROR_MAX 256
#define POLICY_KEYS_EACH 16 /* of one machine, as a policy may have them */

/* A platform key of the policy, for one machine of one kind. */
struct policy_key {
	struct token_key key;
	const char *implementation_id; /* hex digits */
	const char *instance_id;
};

struct policy {
	json_t *root; /* the policy in JSON; NULL: none, which accepts nothing */
	/*
	 * Reference values: a list each of objects of rules, of which one must be met that is of
	 * the token's implementation id, or of its RIM. NULL: there are none.
	 */
	json_t *platforms, *realms;
	json_t *owned; /* what has the ids of keys */
	struct policy_key *keys;
	size_t key_count;
	/* Seconds since 1970 after which some reference value is no longer valid; 0: none ends. */
	int64_t not_after;
};

/*
 * Reads a policy. False, with the reason in words, for what is no JSON, has a member twice or one
 * that is not known, or has a rule that no claim can meet. policy_free() in any case.
 */
bool policy_load(struct policy *policy, const void *buf, size_t len, char error[POLICY_ERROR_MAX]);
void policy_free(struct policy *policy);

/* The same for a policy that is all zero, or has reference values; an error if it has its JSON. */
bool policy_add(struct policy *policy, const void *buf, size_t len, char error[POLICY_ERROR_MAX]);

/*
 * Reference values from elsewhere: lists of what "platform", "realm" and "keys" of a policy have. A
 * platform's object has an implementation-id, a Realm's a rim; both are one value.
 */
struct policy_values {
	json_t *platforms, *realms, *keys;
};

/*
 * Adds them to a policy, which is all zero before the first; more alternatives, more keys. The
 * lists stay the caller's. False, with the reason in words, for what no policy in JSON could say.
 */
bool policy_add_values(struct policy *policy, const struct policy_values *values,
		       char error[POLICY_ERROR_MAX]);

/* The policy's key at an index, if it is one for the token's platform; NULL otherwise. */
const struct policy_key *policy_key_for(const struct policy *policy, size_t index,
					const struct token *t);

/* One verdict on one claim; the detail is printable ASCII. */
typedef void (*policy_verdict_fn)(void *arg, bool good, const char *claim, const char *detail);

/*
 * Whether the token's lifecycle meets the policy's rules for it; true if there are none. What must
 * be true of a lifecycle apart from policies is judged elsewhere.
 */
bool policy_lifecycle_met(const struct policy *policy, const struct token *t);

/* Whether a value meets a rule. */
bool policy_meets(const json_t *rule, const json_t *value);

/*
 * Judges every claim but the lifecycle, the challenge and the binding. has_platform_key: the key
 * that signed is one of the policy's, which names both ids, so that the ids need no rule of their
 * own.
 */
void policy_judge(const struct policy *policy, const struct token *t, bool has_platform_key,
		  policy_verdict_fn verdict, void *arg);

/*
 * A policy that the token meets, to be looked through and kept: it has no "keys", and none of what
 * is another in each Realm. NULL without memory.
 */
json_t *policy_propose(const struct token *t);

#endif
