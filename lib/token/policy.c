/* SPDX-License-Identifier: BSD-3-Clause */
/* Judging claims by a policy, see policy.h. policy_load.c reads policies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <token/json.h>

#include "lib/token/policy_rules.h"

#define DETAIL_MAX 512
#define SHOWN_MAX  140 /* characters of a value in a verdict */

/* Where a policy is silent. */
const enum policy_need policy_platform_need[PLATFORM_CLAIMS] = {
	[PLATFORM_PROFILE] = NEED_NO_RULE,
	[PLATFORM_CHALLENGE] = NEED_NEVER,
	[PLATFORM_BINDING] = NEED_NEVER,
	[PLATFORM_IMPLEMENTATION_ID] = NEED_RULE,
	[PLATFORM_INSTANCE_ID] = NEED_RULE,
	[PLATFORM_CONFIG] = NEED_RULE,
	[PLATFORM_LIFECYCLE] = NEED_ELSEWHERE,
	[PLATFORM_COMPONENTS] = NEED_RULE,
	[PLATFORM_HASH_ALGORITHM] = NEED_NO_RULE, /* each component says its own */
	[PLATFORM_VERIFICATION_SERVICE] = NEED_NO_RULE,
	[PLATFORM_CLIENT_ID] = NEED_NO_RULE,
	[PLATFORM_MANUFACTURING_CONFIG] = NEED_RULE,
	[PLATFORM_EXTENSION] = NEED_RULE,
	[PLATFORM_ROTPK] = NEED_RULE,
	[PLATFORM_PEER_SIGNERS] = NEED_RULE,
	[PLATFORM_TPM_BINDING] = NEED_RULE,
};

const enum policy_need policy_realm_need[REALM_CLAIMS] = {
	[REALM_PROFILE] = NEED_NO_RULE,
	[REALM_CHALLENGE] = NEED_NEVER,
	[REALM_INSTANCE_ID] = NEED_NO_RULE, /* random */
	[REALM_RPV] = NEED_RULE,
	[REALM_HASH_ALGORITHM] = NEED_NO_RULE, /* the RIM's length says it */
	[REALM_PUBLIC_KEY] = NEED_NO_RULE,     /* the binding is its rule */
	[REALM_PUBLIC_KEY_HASH] = NEED_NO_RULE,
	[REALM_RIM] = NEED_RULE,
	[REALM_REMS] = NEED_ELSEWHERE,
	[REALM_MEC_POLICY] = NEED_RULE,
	[REALM_LFA_POLICY] = NEED_RULE,
	[REALM_DEVICES] = NEED_RULE,
};

static bool is_any(const json_t *rule)
{
	return json_is_string(rule) && strcmp(json_string_value(rule), "any") == 0;
}

static unsigned int hex_digit(char c)
{
	return c <= '9' ? (unsigned int)(c - '0') : (unsigned int)((c | 0x20) - 'a' + 10);
}

/* Both have been found to be hex digits of equal number when the policy was read. */
static bool meets_mask(const json_t *rule, const json_t *value)
{
	const char *want = json_string_value(json_object_get(rule, "value"));
	const char *mask = json_string_value(json_object_get(rule, "mask"));
	const char *have = json_string_value(value);
	size_t i;

	if (!want || !mask || strlen(have) != strlen(want))
		return false;
	for (i = 0; have[i]; i++)
		if ((hex_digit(have[i]) ^ hex_digit(want[i])) & hex_digit(mask[i]))
			return false;
	return true;
}

static bool is_masked(const json_t *rule)
{
	return json_is_object(rule) && json_object_get(rule, "mask");
}

/* A rule that is one value: the value itself, or bytes under a mask. */
static bool is_value(const json_t *rule, const json_t *value)
{
	return is_masked(rule) && json_is_string(value) ? meets_mask(rule, value)
							: json_equal(rule, value);
}

bool policy_meets(const json_t *rule, const json_t *value)
{
	size_t i;

	if (is_any(rule))
		return true;
	if (!json_is_array(rule) || json_is_array(value))
		return is_value(rule, value);
	for (i = 0; i < json_array_size(rule); i++)
		if (is_value(json_array_get(rule, i), value))
			return true;
	return false;
}

/* A value for a verdict: printable, cut where it is long. */
static void show(const json_t *value, char *text, size_t size)
{
	char *dump = token_json_text(value, JSON_ENCODE_ANY | JSON_COMPACT);
	size_t len = dump ? strlen(dump) : 0;

	snprintf(text, size, "%.*s%s", SHOWN_MAX, dump ? dump : "?", len > SHOWN_MAX ? "..." : "");
	free(dump);
}

struct judge {
	const struct policy *policy;
	const struct token *t;
	bool has_platform_key;
	policy_verdict_fn verdict;
	void *arg;
};

/* present: the token has the claim; its value is NULL all the same if there was no memory. */
static void judge_value(const struct judge *j, const char *name, enum policy_need need,
			const json_t *rule, bool present, const json_t *value)
{
	char have[SHOWN_MAX + 8], want[SHOWN_MAX + 8], detail[DETAIL_MAX];
	bool good;

	if (!present && (!rule || is_any(rule) || json_is_null(rule)))
		return;
	if (present && !value) {
		j->verdict(j->arg, false, name, "no memory to look at it");
		return;
	}
	if (value && !rule && need != NEED_RULE)
		return;
	if (value)
		show(value, have, sizeof(have));
	if (rule)
		show(rule, want, sizeof(want));
	good = value && rule && policy_meets(rule, value);
	if (good)
		snprintf(detail, sizeof(detail), "%s%s", have, is_any(rule) ? ", any allowed" : "");
	else if (!rule)
		snprintf(detail, sizeof(detail), "is %s, and the policy has no rule for it", have);
	else if (!value)
		snprintf(detail, sizeof(detail), "absent; the policy wants %s", want);
	else
		snprintf(detail, sizeof(detail), "is %s, the policy wants %s", have, want);
	j->verdict(j->arg, good, name, detail);
}

/* ---- software components ---- */

/* The first member of which the entry and the component do not agree, or NULL. */
static const char *differs(json_t *entry, json_t *component)
{
	const json_t *rule, *value;
	const char *name;
	json_t *member;

	json_object_foreach(component, name, member)
	{
		rule = json_object_get(entry, name);
		if (!rule || !policy_meets(rule, member))
			return name;
	}
	json_object_foreach(entry, name, member)
	{
		value = json_object_get(component, name);
		if (!value && !is_any(member) && !json_is_null(member))
			return name;
	}
	return NULL;
}

/* Says what is wrong by the entry of the same type, if there is one. */
static void say_differs(const struct judge *j, const char *name, json_t *entries, json_t *component)
{
	const json_t *type = json_object_get(component, "type");
	const char *member;
	char detail[DETAIL_MAX], have[SHOWN_MAX + 8] = "absent", want[SHOWN_MAX + 8] = "not there";
	size_t i;

	for (i = 0; i < json_array_size(entries); i++) {
		json_t *entry = json_array_get(entries, i);

		if (!type || !policy_meets(json_object_get(entry, "type"), type))
			continue;
		member = differs(entry, component);
		if (!member)
			continue;
		if (json_object_get(component, member))
			show(json_object_get(component, member), have, sizeof(have));
		if (json_object_get(entry, member))
			show(json_object_get(entry, member), want, sizeof(want));
		snprintf(detail, sizeof(detail), "%s is %s, the policy's is %s", member, have,
			 want);
		j->verdict(j->arg, false, name, detail);
		return;
	}
	show(component, have, sizeof(have));
	snprintf(detail, sizeof(detail), "the policy has no such component: %s", have);
	j->verdict(j->arg, false, name, detail);
}

/* Each entry of the policy stands for one component. Returns whether one that is left fits. */
static bool take_entry(json_t *entries, bool *taken, json_t *component)
{
	size_t i;

	for (i = 0; i < json_array_size(entries); i++) {
		if (!taken[i] && !differs(json_array_get(entries, i), component)) {
			taken[i] = true;
			return true;
		}
	}
	return false;
}

static void judge_component(const struct judge *j, size_t index, json_t *entries, bool *taken)
{
	json_t *component = token_json_component(j->t, index);
	const json_t *type = json_object_get(component, "type");
	char name[64], shown[SHOWN_MAX + 8];

	snprintf(name, sizeof(name), "platform software-components[%zu]", index);
	if (take_entry(entries, taken, component)) {
		show(type ? type : component, shown, sizeof(shown));
		j->verdict(j->arg, true, name, shown);
	} else {
		say_differs(j, name, entries, component);
	}
	json_decref(component);
}

static void judge_missing(const struct judge *j, json_t *entries, const bool *taken)
{
	char shown[SHOWN_MAX + 8], detail[DETAIL_MAX];
	size_t i;

	for (i = 0; i < json_array_size(entries); i++) {
		if (taken[i])
			continue;
		show(json_array_get(entries, i), shown, sizeof(shown));
		snprintf(detail, sizeof(detail), "the token lacks what the policy has: %s", shown);
		j->verdict(j->arg, false, "platform software-components", detail);
	}
}

static void judge_components(const struct judge *j, json_t *rule)
{
	bool taken[TOKEN_COMPONENTS_MAX] = {false};
	size_t i;

	if (!rule || is_any(rule)) {
		json_t *value = token_json_platform(j->t, PLATFORM_COMPONENTS);

		judge_value(j, "platform software-components", NEED_RULE, rule, true, value);
		json_decref(value);
		return;
	}
	for (i = 0; i < j->t->components; i++)
		judge_component(j, i, rule, taken);
	judge_missing(j, rule, taken);
}

/* ---- all claims ---- */

/* The rules that one part of the token must meet: the policy's own, and those of reference values.
 */
struct rules {
	json_t *own, *reference;
};

static void judge_claim(const struct judge *j, const char *name, enum policy_need need,
			const struct rules *rules, const char *claim, bool present,
			const json_t *value)
{
	const json_t *own = json_object_get(rules->own, claim);
	const json_t *reference = json_object_get(rules->reference, claim);

	if (reference)
		judge_value(j, name, need, reference, present, value);
	if (own || !reference)
		judge_value(j, name, need, own, present, value);
}

static void judge_all_components(const struct judge *j, const struct rules *rules)
{
	const char *claim = token_platform_name(PLATFORM_COMPONENTS);
	json_t *own = json_object_get(rules->own, claim);
	json_t *reference = json_object_get(rules->reference, claim);

	if (reference)
		judge_components(j, reference);
	if (own || !reference)
		judge_components(j, own);
}

/* Ids need no rule if they were what the key or the reference values were found by. */
static enum policy_need platform_need(const struct judge *j, enum token_platform_claim claim)
{
	bool is_id = claim == PLATFORM_IMPLEMENTATION_ID || claim == PLATFORM_INSTANCE_ID;

	if (is_id && j->has_platform_key)
		return NEED_NO_RULE;
	if (claim == PLATFORM_IMPLEMENTATION_ID && j->policy->platforms)
		return NEED_NO_RULE;
	return policy_platform_need[claim];
}

static void judge_platform(const struct judge *j, const struct rules *rules)
{
	char name[64];
	json_t *value;
	size_t i;

	for (i = 0; i < PLATFORM_CLAIMS; i++) {
		enum policy_need need = platform_need(j, i);

		if (need == NEED_NEVER || need == NEED_ELSEWHERE)
			continue;
		if (i == PLATFORM_COMPONENTS) {
			judge_all_components(j, rules);
			continue;
		}
		value = token_json_platform(j->t, i);
		snprintf(name, sizeof(name), "platform %s", token_platform_name(i));
		judge_claim(j, name, need, rules, token_platform_name(i),
			    j->t->platform[i].kind != TOKEN_ABSENT, value);
		json_decref(value);
	}
}

static void judge_realm(const struct judge *j, const struct rules *rules)
{
	char name[64], rem[8];
	json_t *value;
	size_t i;

	for (i = 0; i < REALM_CLAIMS; i++) {
		enum policy_need need = policy_realm_need[i];

		if (need == NEED_NEVER || need == NEED_ELSEWHERE)
			continue;
		if (i == REALM_RIM && j->policy->realms)
			need = NEED_NO_RULE;
		if (i == REALM_MEC_POLICY && rules->reference)
			need = NEED_NO_RULE; /* no reference value could say it */
		value = token_json_realm(j->t, i);
		snprintf(name, sizeof(name), "realm %s", token_realm_name(i));
		judge_claim(j, name, need, rules, token_realm_name(i),
			    j->t->realm[i].kind != TOKEN_ABSENT, value);
		json_decref(value);
	}
	for (i = 0; i < TOKEN_REMS; i++) {
		snprintf(rem, sizeof(rem), "rem%zu", i);
		snprintf(name, sizeof(name), "realm %s", rem);
		value = token_json_hex(j->t->rem[i].data, j->t->rem[i].len);
		judge_claim(j, name, NEED_RULE, rules, rem, true, value);
		json_decref(value);
	}
}

/* ---- reference values ---- */

/* One part of the token: its reference values are found by one of its claims. */
struct part {
	json_t *list;
	const char *name, *id;
	const json_t *value;
	void (*judge)(const struct judge *j, const struct rules *rules);
};

static void count_failure(void *arg, bool good, const char *claim, const char *detail)
{
	size_t *failures = arg;

	*failures += !good;
}

/* Of the entries with the token's id the one that it breaks the fewest rules of; NULL if none has
 * it. */
static json_t *choose(const struct judge *j, const struct part *part)
{
	size_t i, least = SIZE_MAX, failures;
	struct judge silent = *j;
	json_t *entry, *best = NULL;

	silent.verdict = count_failure;
	silent.arg = &failures;
	json_array_foreach(part->list, i, entry)
	{
		if (!policy_meets(json_object_get(entry, part->id), part->value))
			continue;
		failures = 0;
		part->judge(&silent, &(struct rules){.reference = entry});
		if (failures < least) {
			least = failures;
			best = entry;
		}
	}
	return best;
}

static void judge_part(const struct judge *j, const struct part *part, json_t *own)
{
	struct rules rules = {.own = own, .reference = choose(j, part)};
	char name[64], have[SHOWN_MAX + 8], detail[DETAIL_MAX];

	if (part->list && !rules.reference) {
		snprintf(name, sizeof(name), "%s %s", part->name, part->id);
		show(part->value, have, sizeof(have));
		snprintf(detail, sizeof(detail), "is %s, and there are no reference values for it",
			 have);
		j->verdict(j->arg, false, name, detail);
	}
	part->judge(j, &rules);
}

void policy_judge(const struct policy *policy, const struct token *t, bool has_platform_key,
		  policy_verdict_fn verdict, void *arg)
{
	const struct judge j = {.policy = policy,
				.t = t,
				.has_platform_key = has_platform_key,
				.verdict = verdict,
				.arg = arg};
	json_t *implementation_id = token_json_platform(t, PLATFORM_IMPLEMENTATION_ID);
	json_t *rim = token_json_realm(t, REALM_RIM);
	const struct part platform = {policy->platforms, "platform", "implementation-id",
				      implementation_id, judge_platform};
	const struct part realm = {policy->realms, "realm", "rim", rim, judge_realm};

	judge_part(&j, &platform, json_object_get(policy->root, "platform"));
	judge_part(&j, &realm, json_object_get(policy->root, "realm"));
	json_decref(implementation_id);
	json_decref(rim);
}

bool policy_lifecycle_met(const struct policy *policy, const struct token *t)
{
	const json_t *rules = json_object_get(policy->root, "platform");
	const json_t *state_rule = json_object_get(rules, POLICY_LIFECYCLE);
	const json_t *value_rule = json_object_get(rules, POLICY_LIFECYCLE_VALUE);
	json_t *value = json_integer(t->platform[PLATFORM_LIFECYCLE].number);
	json_t *state = token_json_platform(t, PLATFORM_LIFECYCLE);
	bool met = (!state_rule || policy_meets(state_rule, state)) &&
		   (!value_rule || policy_meets(value_rule, value));

	json_decref(state);
	json_decref(value);
	return met;
}

static bool value_is_hex(const struct token_value *value, const char *hex)
{
	size_t i;

	if (strlen(hex) != 2 * value->len)
		return false;
	for (i = 0; i < value->len; i++)
		if ((hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1])) != value->data[i])
			return false;
	return true;
}

const struct policy_key *policy_key_for(const struct policy *policy, size_t index,
					const struct token *t)
{
	const struct policy_key *key = &policy->keys[index];

	return value_is_hex(&t->platform[PLATFORM_IMPLEMENTATION_ID], key->implementation_id) &&
			       value_is_hex(&t->platform[PLATFORM_INSTANCE_ID], key->instance_id)
		       ? key
		       : NULL;
}

/* What policies have no rule for, or what is another in each Realm. */
static void drop_fresh(json_t *platform, json_t *realm)
{
	size_t i;

	for (i = 0; i < PLATFORM_CLAIMS; i++)
		if (policy_platform_need[i] == NEED_NEVER)
			json_object_del(platform, token_platform_name(i));
	json_object_del(platform, POLICY_LIFECYCLE_VALUE);
	for (i = 0; i < REALM_CLAIMS; i++)
		if (policy_realm_need[i] == NEED_NEVER)
			json_object_del(realm, token_realm_name(i));
	json_object_del(realm, token_realm_name(REALM_INSTANCE_ID));
	json_object_del(realm, token_realm_name(REALM_PUBLIC_KEY));
}

/* A token may have the text "any" for a claim; as a rule it must be in a list to be only that. */
static void quote_any(json_t *rules)
{
	const char *name;
	json_t *rule;
	void *next;

	json_object_foreach_safe(rules, next, name, rule)
	{
		if (is_any(rule))
			json_object_set_new(rules, name, json_pack("[s]", "any"));
	}
}

json_t *policy_propose(const struct token *t)
{
	json_t *policy = token_json_claims(t), *platform = json_object_get(policy, "platform");
	json_t *component;
	size_t i;

	quote_any(platform);
	json_array_foreach(json_object_get(platform, "software-components"), i, component)
	{
		quote_any(component);
	}
	drop_fresh(platform, json_object_get(policy, "realm"));
	return policy;
}
