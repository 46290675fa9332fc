/* SPDX-License-Identifier: BSD-3-Clause */
/* CoRIM to policies, see corim/policy.h: what is said becomes the JSON that policies are made of.
 */
#include <corim/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <token/json.h>

#include "lib/corim/names.h"

static json_t *hex(const struct corim_bytes *bytes)
{
	return token_json_hex(bytes->data, bytes->len);
}

/* A text that is there stands in a list, where "any" is no more than a text. */
static json_t *text_or_any(const struct corim_bytes *text)
{
	return text->data ? json_pack("[s%]", text->data, text->len) : json_string("any");
}

static json_t *digest_json(const struct corim_digest *digest)
{
	return token_json_hex(digest->data, hash_size(digest->alg));
}

/* The digest and its algorithm go together, because digests of two algorithms differ in length. */
static json_t *component_rules(const struct corim_component *component)
{
	json_t *measurements = json_array(), *algorithms = json_array();
	size_t i;

	for (i = 0; i < component->digests; i++) {
		json_array_append_new(measurements, digest_json(&component->digest[i]));
		json_array_append_new(algorithms, json_string(hash_name(component->digest[i].alg)));
	}
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "type", text_or_any(&component->type), "version",
			 text_or_any(&component->version), "measurement", measurements,
			 "hash-algorithm", algorithms, "signer-id", hex(&component->signer));
}

static void set_config(json_t *rules, const char *name, const struct corim_config *config)
{
	if (config->mask.data)
		json_object_set_new(rules, name,
				    json_pack("{s:o,s:o}", "value", hex(&config->value), "mask",
					      hex(&config->mask)));
	else if (config->value.data)
		json_object_set_new(rules, name, hex(&config->value));
}

/* As lib/include/token/json.h has claims of free structure. */
static json_t *rotpk_json(const struct corim_rotpk *rotpk)
{
	json_t *bytes = hex(&rotpk->hash);
	json_t *json = json_pack("{s:s+,s:I,s:I,s:s+}", "1", "text:", rotpk->kind, "2",
				 (json_int_t)rotpk->first, "3", (json_int_t)rotpk->second, "4",
				 "hex:", json_string_value(bytes));

	json_decref(bytes);
	return json;
}

static json_t *platform_rules(const struct corim_platform *platform)
{
	json_t *rules = json_object(), *components = json_array(), *rotpks = json_array();
	size_t i;

	json_object_set_new(rules, "implementation-id",
			    token_json_hex(platform->implementation_id, CORIM_IMPLEMENTATION_ID));
	for (i = 0; i < platform->components; i++)
		json_array_append_new(components, component_rules(&platform->component[i]));
	json_object_set_new(rules, "software-components", components);
	set_config(rules, "config", &platform->config);
	set_config(rules, "manufacturing-config", &platform->manufacturing_config);
	for (i = 0; i < platform->rotpks; i++)
		json_array_append_new(rotpks, rotpk_json(&platform->rotpk[i]));
	if (platform->rotpks)
		json_object_set(rules, "rotpk", rotpks);
	json_decref(rotpks);
	return rules;
}

static json_t *realm_rules(const struct corim_realm *realm)
{
	json_t *rules = json_object();
	char name[] = "rem0";
	size_t i;

	json_object_set_new(rules, "rim", digest_json(&realm->rim));
	json_object_set_new(rules, "hash-algorithm", json_string(hash_name(realm->rim.alg)));
	for (i = 0; i < TOKEN_REMS; i++) {
		name[3] = (char)('0' + i);
		if (realm->rem[i].data)
			json_object_set_new(rules, name, digest_json(&realm->rem[i]));
	}
	if (realm->rpv)
		json_object_set_new(rules, "rpv", token_json_hex(realm->rpv, CORIM_RPV));
	return rules;
}

static json_t *key_json(const struct corim_key *key)
{
	return json_pack("{s:o,s:o,s:o}", "implementation-id",
			 token_json_hex(key->implementation_id, CORIM_IMPLEMENTATION_ID),
			 "instance-id", token_json_hex(key->instance_id, CORIM_INSTANCE_ID), "pem",
			 json_stringn((const char *)key->pem.data, key->pem.len));
}

static bool add_values(struct policy *policy, const struct corim *c, char *error)
{
	struct policy_values values = {json_array(), json_array(), json_array()};
	bool good;
	size_t i;

	for (i = 0; i < c->platforms; i++)
		json_array_append_new(values.platforms, platform_rules(&c->platform[i]));
	for (i = 0; i < c->realms; i++)
		json_array_append_new(values.realms, realm_rules(&c->realm[i]));
	for (i = 0; i < c->keys; i++)
		json_array_append_new(values.keys, key_json(&c->key[i]));
	good = json_array_size(values.platforms) == c->platforms &&
	       json_array_size(values.realms) == c->realms &&
	       json_array_size(values.keys) == c->keys;
	if (!good)
		snprintf(error, POLICY_ERROR_MAX, "no memory");
	good = good && policy_add_values(policy, &values, error);
	json_decref(values.platforms);
	json_decref(values.realms);
	json_decref(values.keys);
	return good;
}

/* ---- whether to believe it ---- */

static bool is_trusted(const struct corim *c, const struct corim_trust *trust, char *error)
{
	const struct trusted_key *keys = trust->signers[c->kind];
	const char *kind = c->kind == CORIM_REALM ? "Realm" : "platform", *published;
	size_t i;

	if (!c->is_signed)
		return true;
	for (i = 0; i < trust->signer_count[c->kind]; i++) {
		if (!corim_signed_by(c, &keys[i].key))
			continue;
		published = token_key_published(&keys[i].key);
		if (published)
			snprintf(error, POLICY_ERROR_MAX,
				 "signed with %s, which everybody may have", published);
		return !published;
	}
	snprintf(error, POLICY_ERROR_MAX,
		 trust->signer_count[c->kind]
			 ? "a signed CoRIM of a %s, by none of the keys for it"
			 : "a signed CoRIM of a %s, and no key was given for it",
		 kind);
	return false;
}

static bool is_valid_now(const struct corim *c, int64_t now, char *error)
{
	if (c->validity.not_before && now < c->validity.not_before)
		snprintf(error, POLICY_ERROR_MAX, "a CoRIM that is not valid yet");
	else if (c->validity.not_after && now > c->validity.not_after)
		snprintf(error, POLICY_ERROR_MAX, "a CoRIM that is no longer valid");
	else
		return true;
	return false;
}

static void keep_end(struct policy *policy, int64_t not_after)
{
	if (not_after && (!policy->not_after || not_after < policy->not_after))
		policy->not_after = not_after;
}

static bool add_corim(struct policy *policy, const void *buf, size_t len,
		      const struct corim_trust *trust, char *error)
{
	struct corim *c = malloc(sizeof(*c));
	struct corim_error why;
	bool good = false;

	if (!c)
		snprintf(error, POLICY_ERROR_MAX, "no memory");
	else if (!corim_decode(buf, len, c, &why))
		snprintf(error, POLICY_ERROR_MAX, "offset %zu, %s: %s", why.offset, why.part,
			 why.rule);
	else
		good = is_trusted(c, trust, error) && is_valid_now(c, trust->now, error) &&
		       add_values(policy, c, error);
	if (good)
		keep_end(policy, c->validity.not_after);
	free(c);
	return good;
}

/* CBOR begins with a byte that JSON cannot: the tags 501 and 18. */
static bool looks_like_corim(const uint8_t *data, size_t len)
{
	return len > 0 && data[0] >= CBOR_TAG << 5 && data[0] < CBOR_SIMPLE << 5;
}

bool corim_policy_add(struct policy *policy, const void *buf, size_t len,
		      const struct corim_trust *trust, char error[POLICY_ERROR_MAX])
{
	error[0] = '\0';
	return looks_like_corim(buf, len) ? add_corim(policy, buf, len, trust, error)
					  : policy_add(policy, buf, len, error);
}
