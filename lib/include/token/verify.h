/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether to believe a token: signatures, binding, challenge, lifecycle, keys that prove nothing,
 * and the claims by a policy. The order is that of docs/spec/attestation.md section 4. What the
 * function returns is the verdict; the lines that it says on the way are for people and reports.
 */
#ifndef LIB_INCLUDE_TOKEN_VERIFY_H
#define LIB_INCLUDE_TOKEN_VERIFY_H

#include <token/policy.h>

/*
 * What failed first. The order is that of the rules; `realm verify` has an exit status for each.
 * token_verify() never returns the first two: they are token_decode()'s.
 */
enum token_verdict {
	VERDICT_VERIFIED,
	VERDICT_MALFORMED,
	VERDICT_PROFILE,
	VERDICT_KEY,	     /* no trusted key of the platform's, or of another curve */
	VERDICT_SIGNATURE,   /* of the platform token or of the Realm token */
	VERDICT_BINDING,     /* the Realm token is not this platform's */
	VERDICT_CHALLENGE,   /* another one, or none was given */
	VERDICT_LIFECYCLE,   /* not secured, or not the policy's */
	VERDICT_DEVELOPMENT, /* signed with a key that proves nothing */
	VERDICT_POLICY,
};

/* A key of the caller's that any platform may have signed with. */
struct trusted_key {
	struct token_key key;
	const char *name; /* for messages */
};

struct token_request {
	const struct trusted_key *keys;
	size_t key_count;
	const struct policy *policy;
	const uint8_t *challenge; /* NULL: none was given, which fails */
	size_t challenge_len;	  /* up to 64; zeros follow */
	bool allow_development;	  /* keys that prove nothing, and lifecycles that are not secured */
};

/*
 * One line per rule. allowed: the rule is broken, but allow_development lets it pass. The detail is
 * printable ASCII.
 */
struct token_line {
	bool good;
	bool allowed;
	const char *rule;
	const char *detail;
};

typedef void (*token_line_fn)(void *arg, const struct token_line *line);

/* All rules are looked at, also after one has failed. */
enum token_verdict token_verify(const struct token *t, const struct token_request *request,
				token_line_fn line, void *arg);

/* "verified", "signature" and so on: one word for each verdict. */
const char *token_verdict_name(enum token_verdict verdict);

#endif
