/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules of verify.h, one function each. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <token/development.h>
#include <token/signature.h>
#include <token/verify.h>

#define CHALLENGE_SIZE 64
#define DETAIL_MAX     512

struct run {
	const struct token *t;
	const struct token_request *request;
	token_line_fn line;
	void *arg;
	const struct token_key *platform_key;
	const char *platform_key_name;
	bool key_of_policy;
	enum token_verdict verdict;
};

const char *token_verdict_name(enum token_verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_VERIFIED] = "verified",       [VERDICT_MALFORMED] = "malformed",
		[VERDICT_PROFILE] = "profile",	       [VERDICT_KEY] = "key",
		[VERDICT_SIGNATURE] = "signature",     [VERDICT_BINDING] = "binding",
		[VERDICT_CHALLENGE] = "challenge",     [VERDICT_LIFECYCLE] = "lifecycle",
		[VERDICT_DEVELOPMENT] = "development", [VERDICT_POLICY] = "policy",
	};

	return names[verdict];
}

/* Says a line. failure: what its failing means; VERDICT_VERIFIED if it is good. */
static void say(struct run *run, enum token_verdict failure, const char *rule, const char *format,
		...) __attribute__((format(printf, 4, 5)));

static void say(struct run *run, enum token_verdict failure, const char *rule, const char *format,
		...)
{
	char detail[DETAIL_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	if (run->verdict == VERDICT_VERIFIED)
		run->verdict = failure;
	run->line(run->arg, &(struct token_line){.good = failure == VERDICT_VERIFIED,
						 .rule = rule,
						 .detail = detail});
}

/* A line on what only allow_development lets pass. */
static void say_development(struct run *run, enum token_verdict failure, const char *rule,
			    const char *detail)
{
	if (!run->request->allow_development) {
		say(run, failure, rule, "%s", detail);
		return;
	}
	run->line(run->arg, &(struct token_line){
				    .good = true, .allowed = true, .rule = rule, .detail = detail});
}

static void judge_profile(struct run *run)
{
	const struct token_pair *pair = run->t->pair;

	say(run, VERDICT_VERIFIED, "profile", "%s with %s%s%s", pair->platform,
	    pair->realm ? pair->realm : "none of the Realm's", pair->note ? "; " : "",
	    pair->note ? pair->note : "");
}

/* ---- the platform's key ---- */

/*
 * The trusted keys one after the other: those of the policy for this platform, then the caller's.
 * The policy's come first, because they say more: whose they are.
 */
static const struct token_key *candidate(const struct run *run, size_t index, const char **name)
{
	const struct token_request *request = run->request;
	const struct policy_key *key;

	if (index >= request->policy->key_count) {
		index -= request->policy->key_count;
		*name = request->keys[index].name;
		return &request->keys[index].key;
	}
	key = policy_key_for(request->policy, index, run->t);
	*name = "of the policy, by both ids";
	return key ? &key->key : NULL;
}

/* Looks for the key that made the signature. Counts those that could have by their curve. */
static void find_platform_key(struct run *run, size_t *trusted, size_t *of_curve)
{
	const struct token_request *request = run->request;
	size_t i, count = request->key_count + request->policy->key_count;
	const struct token_key *key;
	const char *name;

	for (i = 0; i < count && !run->platform_key; i++) {
		key = candidate(run, i, &name);
		if (!key)
			continue;
		(*trusted)++;
		if (key->curve != run->t->platform_sign1.curve)
			continue;
		(*of_curve)++;
		if (token_signature_good(&run->t->platform_sign1, key)) {
			run->platform_key = key;
			run->platform_key_name = name;
			run->key_of_policy = i < request->policy->key_count;
		}
	}
}

static void judge_platform_signature(struct run *run)
{
	const char *alg = token_curves[run->t->platform_sign1.curve].alg_name;
	size_t trusted = 0, of_curve = 0;

	find_platform_key(run, &trusted, &of_curve);
	if (!trusted)
		say(run, VERDICT_KEY, "platform key",
		    "no trusted key for this implementation id and instance id");
	else if (!of_curve)
		say(run, VERDICT_KEY, "platform key",
		    "the token says %s, which is not the algorithm of the trusted key", alg);
	else
		say(run, VERDICT_VERIFIED, "platform key", "%s",
		    run->platform_key ? run->platform_key_name : "one of its curve is trusted");
	if (run->platform_key)
		say(run, VERDICT_VERIFIED, "platform signature", "%s", alg);
	else
		say(run, VERDICT_SIGNATURE, "platform signature", "%s, of no trusted key", alg);
}

/* ---- the Realm's key ---- */

static void judge_realm_signature(struct run *run)
{
	const struct token_key *key = &run->t->realm_key;
	const char *alg = token_curves[run->t->realm_sign1.curve].alg_name;

	if (!token_key_on_curve(key))
		say(run, VERDICT_SIGNATURE, "realm signature",
		    "the Realm's key is not on its curve");
	else if (run->t->realm_sign1.curve != key->curve)
		say(run, VERDICT_SIGNATURE, "realm signature",
		    "the token says %s, which is not the algorithm of its key", alg);
	else if (!token_signature_good(&run->t->realm_sign1, key))
		say(run, VERDICT_SIGNATURE, "realm signature", "%s, not of the Realm's key", alg);
	else
		say(run, VERDICT_VERIFIED, "realm signature", "%s", alg);
}

/* The platform vouches for the Realm's key by the hash of its bytes as they stand in the token. */
static void judge_binding(struct run *run)
{
	const struct token_value *binding = &run->t->platform[run->t->pair->binding];
	const struct token_value *key = &run->t->realm[REALM_PUBLIC_KEY];
	enum hash_alg alg = run->t->binding_alg;
	uint8_t digest[HASH_SIZE_MAX];

	hash_digest(alg, key->data, key->len, digest);
	if (binding->len != hash_size(alg) || memcmp(binding->data, digest, binding->len) != 0)
		say(run, VERDICT_BINDING, "binding",
		    "the platform token is bound to another key than the Realm's (%s)",
		    hash_name(alg));
	else
		say(run, VERDICT_VERIFIED, "binding", "%s of the Realm's key", hash_name(alg));
}

static void judge_challenge(struct run *run)
{
	const struct token_request *request = run->request;
	uint8_t want[CHALLENGE_SIZE] = {0};

	if (!request->challenge) {
		say(run, VERDICT_CHALLENGE, "challenge",
		    "none was given, so the token may be an old one");
		return;
	}
	memcpy(want, request->challenge, request->challenge_len);
	if (memcmp(want, run->t->realm[REALM_CHALLENGE].data, sizeof(want)) != 0)
		say(run, VERDICT_CHALLENGE, "challenge", "the token answers another one");
	else
		say(run, VERDICT_VERIFIED, "challenge", "%zu bytes%s", request->challenge_len,
		    request->challenge_len < sizeof(want) ? " and zeros" : "");
}

static void judge_lifecycle(struct run *run)
{
	int64_t lifecycle = run->t->platform[PLATFORM_LIFECYCLE].number;
	char detail[64];

	snprintf(detail, sizeof(detail), "0x%04llx, %s", (unsigned long long)lifecycle,
		 token_lifecycle_state(lifecycle));
	if (!policy_lifecycle_met(run->request->policy, run->t))
		say(run, VERDICT_LIFECYCLE, "lifecycle", "%s, which is not the policy's", detail);
	else if (!token_lifecycle_secured(lifecycle))
		say_development(run, VERDICT_LIFECYCLE, "lifecycle", detail);
	else
		say(run, VERDICT_VERIFIED, "lifecycle", "%s", detail);
}

/* ---- keys that prove nothing ---- */

static bool is_development_platform(const struct token *t)
{
	static const char development[32] = TOKEN_DEVELOPMENT_IMPLEMENTATION;
	const struct token_value *id = &t->platform[PLATFORM_IMPLEMENTATION_ID];

	return id->len == sizeof(development) &&
	       memcmp(id->data, development, sizeof(development)) == 0;
}

static const char *development_key(const struct run *run, const char **which)
{
	const char *what = NULL;

	*which = "platform key: ";
	if (is_development_platform(run->t))
		return "a development key of kvm-cca, by the implementation id";
	if (run->platform_key)
		what = token_key_published(run->platform_key);
	if (what)
		return what;
	*which = "Realm's key: ";
	return token_key_published(&run->t->realm_key);
}

static void judge_development(struct run *run)
{
	const char *which, *what = development_key(run, &which);
	char detail[DETAIL_MAX];

	if (!what) {
		say(run, VERDICT_VERIFIED, "development", "no key that is known to prove nothing");
		return;
	}
	snprintf(detail, sizeof(detail), "%s%s; everybody may have it", which, what);
	say_development(run, VERDICT_DEVELOPMENT, "development", detail);
}

static void say_policy(void *arg, bool good, const char *claim, const char *detail)
{
	say(arg, good ? VERDICT_VERIFIED : VERDICT_POLICY, claim, "%s", detail);
}

enum token_verdict token_verify(const struct token *t, const struct token_request *request,
				token_line_fn line, void *arg)
{
	struct run run = {.t = t, .request = request, .line = line, .arg = arg};

	judge_profile(&run);
	judge_platform_signature(&run);
	judge_realm_signature(&run);
	judge_binding(&run);
	judge_challenge(&run);
	judge_lifecycle(&run);
	judge_development(&run);
	policy_judge(request->policy, t, run.key_of_policy, say_policy, &run);
	return run.verdict;
}
