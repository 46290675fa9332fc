/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads policies, see policy.h. Strict, so that a misspelt rule is not a rule that is missing: each
 * name is a claim's, each value one the claim can have.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/token/claims.h"
#include "lib/token/policy_rules.h"

#define IMPLEMENTATION_ID_DIGITS 64
#define INSTANCE_ID_DIGITS	 66

/* What is being read, for messages. */
struct loader {
	char *error;
	const char *group; /* "platform", "realm" */
};

/* A policy comes from somebody else: what is quoted from it must not reach a terminal as it is. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static bool wrong(const struct loader *l, const char *name, const char *what)
{
	snprintf(l->error, POLICY_ERROR_MAX, "%s%s%s: %s", l->group, name[0] ? " " : "", name,
		 what);
	make_printable(l->error);
	return false;
}

/* Hex digits of whole bytes, which are made lower-case: rules compare with what JSON has. */
static bool normal_hex(json_t *string)
{
	char *copy = strdup(json_string_value(string));
	bool good = copy && strlen(copy) == json_string_length(string) && strlen(copy) % 2 == 0;
	char *c;

	for (c = copy; good && *c; c++) {
		if (*c >= 'A' && *c <= 'F')
			*c |= 0x20;
		good = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'f');
	}
	good = good && json_string_set(string, copy) == 0;
	free(copy);
	return good;
}

static bool is_word(const json_t *string, const char *const *words)
{
	const char *text = json_string_value(string);

	return text && (!strcmp(text, words[0]) || !strcmp(text, words[1]));
}

static bool is_state(const json_t *string)
{
	const char *text = json_string_value(string), *state;
	int64_t lifecycle;

	for (lifecycle = 0; text; lifecycle += 0x1000) {
		state = token_lifecycle_state(lifecycle);
		if (!state || strcmp(state, text) == 0)
			return state;
	}
	return false;
}

static bool check_mask(const struct loader *l, const char *name, json_t *rule)
{
	json_t *value = json_object_get(rule, "value"), *mask = json_object_get(rule, "mask");

	if (json_object_size(rule) != 2 || !json_is_string(value) || !json_is_string(mask) ||
	    !normal_hex(value) || !normal_hex(mask) ||
	    json_string_length(value) != json_string_length(mask))
		return wrong(l, name, "value and mask are not hex digits of the same length");
	return true;
}

/* What a rule is about. */
struct subject {
	const char *name;
	enum token_kind kind;
	const char *const *words;
	bool is_lifecycle;
};

static bool check_value(const struct loader *l, const struct subject *s, json_t *rule)
{
	if (s->is_lifecycle)
		return is_state(rule) || wrong(l, s->name, "not a state of the lifecycle");
	if (s->words)
		return is_word(rule, s->words) || wrong(l, s->name, "not a word of this claim");
	switch (s->kind) {
	case TOKEN_BYTES:
		if (json_is_object(rule))
			return check_mask(l, s->name, rule);
		return (json_is_string(rule) && normal_hex(rule)) ||
		       wrong(l, s->name, "not hex digits of whole bytes");
	case TOKEN_TEXT:
		return json_is_string(rule) || wrong(l, s->name, "not a string");
	case TOKEN_INT:
		return json_is_integer(rule) || wrong(l, s->name, "not a whole number");
	default:
		return !json_is_object(rule) || !json_object_get(rule, "mask") ||
		       wrong(l, s->name, "not bytes, so it can have no mask");
	}
}

static bool is_any(const json_t *rule)
{
	return json_is_string(rule) && strcmp(json_string_value(rule), "any") == 0;
}

static bool check_rule(const struct loader *l, const struct subject *s, json_t *rule)
{
	size_t i;

	if (is_any(rule) || json_is_null(rule))
		return true;
	if (!json_is_array(rule) || s->kind == TOKEN_ITEM)
		return check_value(l, s, rule);
	if (json_array_size(rule) == 0)
		return wrong(l, s->name, "an empty list accepts nothing");
	for (i = 0; i < json_array_size(rule); i++)
		if (!check_value(l, s, json_array_get(rule, i)))
			return false;
	return true;
}

/* ---- software components ---- */

static bool check_component(const struct loader *l, json_t *component)
{
	const char *name;
	json_t *rule;
	size_t i;

	json_object_foreach(component, name, rule)
	{
		for (i = 0; i < COMPONENT_CLAIMS; i++)
			if (strcmp(name, token_component_name(i)) == 0)
				break;
		if (i == COMPONENT_CLAIMS)
			return wrong(l, name, "no such member of a software component");
		if (!check_rule(l,
				&(struct subject){.name = name, .kind = claims_component_kind(i)},
				rule))
			return false;
	}
	return true;
}

static bool check_components(const struct loader *l, const char *name, json_t *rule)
{
	size_t i;

	if (is_any(rule))
		return true;
	if (!json_is_array(rule) || json_array_size(rule) == 0 ||
	    json_array_size(rule) > TOKEN_COMPONENTS_MAX)
		return wrong(l, name, "not a list of 1 to 64 components");
	for (i = 0; i < json_array_size(rule); i++) {
		if (!json_is_object(json_array_get(rule, i)))
			return wrong(l, name, "a component that is no object");
		if (!check_component(l, json_array_get(rule, i)))
			return false;
	}
	return true;
}

/* ---- claims ---- */

static bool check_platform_rule(const struct loader *l, const char *name, json_t *rule)
{
	size_t i;

	if (strcmp(name, POLICY_LIFECYCLE_VALUE) == 0)
		return check_rule(l, &(struct subject){.name = name, .kind = TOKEN_INT}, rule);
	for (i = 0; i < PLATFORM_CLAIMS; i++)
		if (strcmp(name, token_platform_name(i)) == 0)
			break;
	if (i == PLATFORM_CLAIMS)
		return wrong(l, name, "no such claim");
	if (policy_platform_need[i] == NEED_NEVER)
		return wrong(l, name, "fresh in every token, so no policy can name it");
	if (i == PLATFORM_COMPONENTS)
		return check_components(l, name, rule);
	return check_rule(l,
			  &(struct subject){.name = name,
					    .kind = claims_platform_kind(i),
					    .is_lifecycle = i == PLATFORM_LIFECYCLE},
			  rule);
}

static bool is_rem(const char *name)
{
	return strlen(name) == 4 && strncmp(name, "rem", 3) == 0 && name[3] >= '0' &&
	       name[3] < '0' + TOKEN_REMS;
}

static bool check_realm_rule(const struct loader *l, const char *name, json_t *rule)
{
	size_t i;

	if (is_rem(name))
		return check_rule(l, &(struct subject){.name = name, .kind = TOKEN_BYTES}, rule);
	for (i = 0; i < REALM_CLAIMS; i++)
		if (i != REALM_REMS && strcmp(name, token_realm_name(i)) == 0)
			break;
	if (i == REALM_CLAIMS)
		return wrong(l, name, "no such claim");
	if (policy_realm_need[i] == NEED_NEVER)
		return wrong(l, name, "fresh in every token, so no policy can name it");
	return check_rule(l,
			  &(struct subject){.name = name,
					    .kind = claims_realm_kind(i),
					    .words = claims_words(i)},
			  rule);
}

static bool check_group(struct loader *l, const char *group, json_t *rules,
			bool (*check)(const struct loader *l, const char *name, json_t *rule))
{
	const char *name;
	json_t *rule;

	l->group = group;
	if (rules && !json_is_object(rules))
		return wrong(l, "", "not an object of rules");
	json_object_foreach(rules, name, rule)
	{
		if (!check(l, name, rule))
			return false;
	}
	return true;
}

/* ---- keys ---- */

static bool take_id(const struct loader *l, json_t *entry, const char *name, size_t digits,
		    const char **id)
{
	json_t *string = json_object_get(entry, name);

	if (!json_is_string(string) || json_string_length(string) != digits || !normal_hex(string))
		return wrong(l, name, "not as many hex digits as the id has");
	*id = json_string_value(string);
	return true;
}

static bool take_key(const struct loader *l, json_t *entry, struct policy_key *key)
{
	const json_t *jwk = json_object_get(entry, "jwk"), *pem = json_object_get(entry, "pem");
	const char *why;

	if (json_object_size(entry) != 3 || !jwk == !pem)
		return wrong(l, "",
			     "each has implementation-id, instance-id and one of jwk and pem");
	if (!take_id(l, entry, "implementation-id", IMPLEMENTATION_ID_DIGITS,
		     &key->implementation_id) ||
	    !take_id(l, entry, "instance-id", INSTANCE_ID_DIGITS, &key->instance_id))
		return false;
	if (jwk)
		why = token_key_jwk(jwk, &key->key);
	else
		why = json_is_string(pem) ? token_key_pem(json_string_value(pem),
							  json_string_length(pem), &key->key)
					  : "pem is not a string";
	return why ? wrong(l, "", why) : true;
}

/*
 * Whether a machine has more keys than a token of it should have to be tried with: each costs a
 * verification, and who sends tokens chooses the ids in them.
 */
static bool has_too_many(const struct policy *policy, const struct policy_key *key)
{
	size_t i, same = 0;

	for (i = 0; i < policy->key_count; i++)
		same += strcmp(policy->keys[i].instance_id, key->instance_id) == 0 &&
			strcmp(policy->keys[i].implementation_id, key->implementation_id) == 0;
	return same > POLICY_KEYS_EACH;
}

/* Appends keys to those that the policy has. The entries must live as long as the policy. */
static bool take_keys(struct loader *l, struct policy *policy, const json_t *keys)
{
	size_t i, count = json_array_size(keys);
	struct policy_key *all;

	l->group = "keys";
	if (count == 0)
		return true;
	all = realloc(policy->keys, (policy->key_count + count) * sizeof(*all));
	if (!all)
		return wrong(l, "", "no memory");
	policy->keys = all;
	for (i = 0; i < count; i++) {
		if (!take_key(l, json_array_get(keys, i), &all[policy->key_count]))
			return false;
		policy->key_count++;
		if (has_too_many(policy, &all[policy->key_count - 1]))
			return wrong(l, "", "more than 16 of one machine");
	}
	return true;
}

static bool take_own_keys(struct loader *l, struct policy *policy)
{
	const json_t *keys = json_object_get(policy->root, "keys");

	l->group = "keys";
	if (keys && json_array_size(keys) == 0)
		return wrong(l, "", "not a list of keys");
	return take_keys(l, policy, keys);
}

/* ---- the whole ---- */

static bool check_members(struct loader *l, json_t *root)
{
	static const char *const names[] = {"keys", "platform", "realm", "comment"};
	const char *name;
	json_t *member;
	size_t i;

	l->group = "policy";
	if (!json_is_object(root))
		return wrong(l, "", "not an object");
	json_object_foreach(root, name, member)
	{
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strcmp(name, names[i]) == 0)
				break;
		if (i == sizeof(names) / sizeof(names[0]))
			return wrong(l, name,
				     "no such member; there are keys, platform, realm and comment");
	}
	return true;
}

bool policy_add(struct policy *policy, const void *buf, size_t len, char error[POLICY_ERROR_MAX])
{
	struct loader l = {.error = error, .group = "policy"};
	json_error_t where;

	error[0] = '\0';
	if (policy->root)
		return wrong(&l, "", "there is one in JSON already");
	policy->root = json_loadb(buf, len, JSON_REJECT_DUPLICATES, &where);
	if (!policy->root) {
		snprintf(error, POLICY_ERROR_MAX, "line %d, column %d: %s", where.line,
			 where.column, where.text);
		make_printable(error);
		return false;
	}
	return check_members(&l, policy->root) && take_own_keys(&l, policy) &&
	       check_group(&l, "platform", json_object_get(policy->root, "platform"),
			   check_platform_rule) &&
	       check_group(&l, "realm", json_object_get(policy->root, "realm"), check_realm_rule);
}

bool policy_load(struct policy *policy, const void *buf, size_t len, char error[POLICY_ERROR_MAX])
{
	*policy = (struct policy){0};
	return policy_add(policy, buf, len, error);
}

/* ---- reference values ---- */

/* Appends the entries, each an object of rules that has one value for its id. */
static bool add_entries(struct loader *l, json_t **list, const json_t *entries, const char *group,
			const char *id,
			bool (*check)(const struct loader *l, const char *name, json_t *rule))
{
	json_t *entry;
	size_t i;

	l->group = group;
	if (!*list && json_array_size(entries))
		*list = json_array();
	json_array_foreach(entries, i, entry)
	{
		if (!json_is_string(json_object_get(entry, id)))
			return wrong(l, id, "not the one value that says what this is about");
		if (!check_group(l, group, entry, check))
			return false;
		if (json_array_append(*list, entry))
			return wrong(l, "", "no memory");
	}
	return true;
}

bool policy_add_values(struct policy *policy, const struct policy_values *values,
		       char error[POLICY_ERROR_MAX])
{
	struct loader l = {.error = error, .group = "keys"};

	error[0] = '\0';
	if (!policy->owned)
		policy->owned = json_array();
	if (json_array_append(policy->owned, values->keys))
		return wrong(&l, "", "no memory");
	return take_keys(&l, policy, values->keys) &&
	       add_entries(&l, &policy->platforms, values->platforms, "platform",
			   "implementation-id", check_platform_rule) &&
	       add_entries(&l, &policy->realms, values->realms, "realm", "rim", check_realm_rule);
}

void policy_free(struct policy *policy)
{
	json_decref(policy->root);
	json_decref(policy->platforms);
	json_decref(policy->realms);
	json_decref(policy->owned);
	free(policy->keys);
	*policy = (struct policy){0};
}
