/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a CoRIM, see corim.h: one CoMID that has all triples. */
#include <corim/corim.h>
#include <stdio.h>
#include <string.h>

#include "lib/corim/names.h"

#define MKEY_MAX 64

struct corim_bytes corim_text(const char *text)
{
	return (struct corim_bytes){.data = (const uint8_t *)text, .len = text ? strlen(text) : 0};
}

const char *corim_profile(enum corim_kind kind, enum corim_spelling spelling)
{
	static const char *const names[][CORIM_SPELLINGS] = {
		[CORIM_PLATFORM] = {"tag:arm.com,2025:cca_platform#1.0.0",
				    "tag:arm.com,2025:endorsements/cca_platform#1.0.0"},
		[CORIM_REALM] = {"tag:arm.com,2025:cca_realm#1.0.0",
				 "tag:arm.com,2025:endorsements/cca_realm#1.0.0"},
	};

	return names[kind][spelling];
}

static void put_text(struct cbor *c, const struct corim_bytes *text)
{
	cbor_text_part(c, (const char *)text->data, text->len);
}

static void put_tagged(struct cbor *c, uint64_t tag, const void *data, size_t len)
{
	cbor_tag(c, tag);
	cbor_bytes(c, data, len);
}

static void put_digest(struct cbor *c, const struct corim_digest *digest)
{
	cbor_array(c, 2);
	cbor_text(c, hash_name(digest->alg));
	cbor_bytes(c, digest->data, hash_size(digest->alg));
}

/* ---- measurements ---- */

/* The head of a measurement, whose values, as many as given, follow. */
static void begin_measurement(struct cbor *c, const char *mkey, size_t values)
{
	cbor_map(c, 2);
	cbor_uint(c, MEASUREMENT_KEY);
	cbor_text(c, mkey);
	cbor_uint(c, MEASUREMENT_VALUES);
	cbor_map(c, values);
}

/* An array of one key that is but bytes. */
static void put_key_bytes(struct cbor *c, const struct corim_bytes *bytes)
{
	cbor_uint(c, VALUE_KEYS);
	cbor_array(c, 1);
	put_tagged(c, TAG_BYTES, bytes->data, bytes->len);
}

static void put_component(struct cbor *c, const struct corim_component *component)
{
	size_t i;

	begin_measurement(c, MKEY_COMPONENT,
			  2 + (component->version.data != NULL) + (component->type.data != NULL));
	if (component->version.data) {
		cbor_uint(c, VALUE_VERSION);
		cbor_map(c, 1);
		cbor_uint(c, 0);
		put_text(c, &component->version);
	}
	cbor_uint(c, VALUE_DIGESTS);
	cbor_array(c, component->digests);
	for (i = 0; i < component->digests; i++)
		put_digest(c, &component->digest[i]);
	if (component->type.data) {
		cbor_uint(c, VALUE_NAME);
		put_text(c, &component->type);
	}
	put_key_bytes(c, &component->signer);
}

/* The mask, all ones where none is given. */
static void put_mask(struct cbor *c, const struct corim_config *config)
{
	static const uint8_t ones = 0xff;
	size_t i;

	cbor_bytes_head(c, config->value.len);
	if (config->mask.data)
		cbor_raw(c, config->mask.data, config->value.len);
	for (i = 0; !config->mask.data && i < config->value.len; i++)
		cbor_raw(c, &ones, 1);
}

static void put_config(struct cbor *c, enum corim_spelling spelling, const char *mkey,
		       const struct corim_config *config)
{
	bool pair = spelling == CORIM_CCA;

	if (!config->value.data)
		return;
	begin_measurement(c, mkey, pair ? 2 : 1);
	cbor_uint(c, VALUE_RAW);
	if (pair) {
		put_tagged(c, TAG_BYTES, config->value.data, config->value.len);
		cbor_uint(c, VALUE_MASK);
	} else {
		cbor_tag(c, TAG_MASKED);
		cbor_array(c, 2);
		cbor_bytes(c, config->value.data, config->value.len);
	}
	put_mask(c, config);
}

static void put_rotpk(struct cbor *c, const struct corim_rotpk *rotpk)
{
	char mkey[MKEY_MAX];

	snprintf(mkey, sizeof(mkey), MKEY_ROTPK "%s.%u.%u", rotpk->kind, rotpk->first,
		 rotpk->second);
	begin_measurement(c, mkey, 1);
	put_key_bytes(c, &rotpk->hash);
}

static void put_realm_digest(struct cbor *c, const char *mkey, const struct corim_digest *digest)
{
	if (!digest->data)
		return;
	begin_measurement(c, mkey, 1);
	cbor_uint(c, VALUE_DIGESTS);
	cbor_array(c, 1);
	put_digest(c, digest);
}

/* ---- triples ---- */

static void put_environment(struct cbor *c, const uint8_t *class_id, size_t len,
			    const uint8_t *instance_id)
{
	cbor_map(c, instance_id ? 2 : 1);
	cbor_uint(c, ENVIRONMENT_CLASS);
	cbor_map(c, 1);
	cbor_uint(c, CLASS_ID);
	put_tagged(c, TAG_BYTES, class_id, len);
	if (!instance_id)
		return;
	cbor_uint(c, ENVIRONMENT_INSTANCE);
	put_tagged(c, TAG_UEID, instance_id, CORIM_INSTANCE_ID);
}

static void put_platform(struct cbor *c, enum corim_spelling spelling,
			 const struct corim_platform *platform)
{
	size_t i;

	cbor_array(c, 2);
	put_environment(c, platform->implementation_id, CORIM_IMPLEMENTATION_ID, NULL);
	cbor_array(c, platform->components + (platform->config.value.data != NULL) +
			      (platform->manufacturing_config.value.data != NULL) +
			      platform->rotpks);
	for (i = 0; i < platform->components; i++)
		put_component(c, &platform->component[i]);
	put_config(c, spelling, MKEY_CONFIG, &platform->config);
	put_config(c, spelling, MKEY_MANUFACTURING, &platform->manufacturing_config);
	for (i = 0; i < platform->rotpks; i++)
		put_rotpk(c, &platform->rotpk[i]);
}

static void put_realm(struct cbor *c, const struct corim_realm *realm)
{
	char mkey[] = MKEY_REM "0";
	size_t count = 1 + (realm->rpv != NULL), i;

	for (i = 0; i < TOKEN_REMS; i++)
		count += realm->rem[i].data != NULL;
	cbor_array(c, 2);
	put_environment(c, realm->rim.data, hash_size(realm->rim.alg), NULL);
	cbor_array(c, count);
	put_realm_digest(c, MKEY_RIM, &realm->rim);
	for (i = 0; i < TOKEN_REMS; i++) {
		mkey[sizeof(mkey) - 2] = (char)('0' + i);
		put_realm_digest(c, mkey, &realm->rem[i]);
	}
	if (!realm->rpv)
		return;
	begin_measurement(c, MKEY_RPV, 1);
	cbor_uint(c, VALUE_RAW);
	put_tagged(c, TAG_BYTES, realm->rpv, CORIM_RPV);
}

static void put_key(struct cbor *c, const struct corim_key *key)
{
	cbor_array(c, 2);
	put_environment(c, key->implementation_id, CORIM_IMPLEMENTATION_ID, key->instance_id);
	cbor_array(c, 1);
	cbor_tag(c, TAG_PEM_KEY);
	put_text(c, &key->pem);
}

static void put_triples(struct cbor *c, const struct corim *corim)
{
	bool is_realm = corim->kind == CORIM_REALM;
	size_t references = is_realm ? corim->realms : corim->platforms;
	size_t keys = is_realm ? 0 : corim->keys, i;

	cbor_map(c, (references != 0) + (keys != 0));
	if (references) {
		cbor_uint(c, TRIPLES_REFERENCE);
		cbor_array(c, references);
	}
	for (i = 0; i < references && is_realm; i++)
		put_realm(c, &corim->realm[i]);
	for (i = 0; i < references && !is_realm; i++)
		put_platform(c, corim->spelling, &corim->platform[i]);
	if (keys) {
		cbor_uint(c, TRIPLES_ATTEST_KEY);
		cbor_array(c, keys);
	}
	for (i = 0; i < keys; i++)
		put_key(c, &corim->key[i]);
}

/* ---- the whole ---- */

static void encode_comid(struct cbor *c, const void *arg)
{
	const struct corim *corim = arg;

	cbor_map(c, 2);
	cbor_uint(c, COMID_IDENTITY);
	cbor_map(c, 1);
	cbor_uint(c, IDENTITY_ID);
	put_text(c, &corim->id);
	cbor_uint(c, COMID_TRIPLES);
	put_triples(c, corim);
}

static void put_time(struct cbor *c, unsigned int key, int64_t seconds)
{
	cbor_uint(c, key);
	cbor_tag(c, TAG_TIME);
	cbor_int(c, seconds);
}

void corim_encode(struct cbor *c, const void *arg)
{
	const struct corim *corim = arg;
	const struct corim_validity *validity = &corim->validity;
	bool is_bounded = validity->not_after != 0, has_start = validity->not_before != 0;

	cbor_tag(c, TAG_CORIM);
	cbor_map(c, is_bounded ? 4 : 3);
	cbor_uint(c, CORIM_ID);
	put_text(c, &corim->id);
	cbor_uint(c, CORIM_TAGS);
	cbor_array(c, 1);
	cbor_tag(c, TAG_COMID);
	cbor_bytes_nested(c, encode_comid, corim);
	cbor_uint(c, CORIM_PROFILE);
	cbor_tag(c, TAG_URI);
	cbor_text(c, corim_profile(corim->kind, corim->spelling));
	if (!is_bounded)
		return;
	cbor_uint(c, CORIM_VALIDITY);
	cbor_map(c, has_start ? 2 : 1);
	if (has_start)
		put_time(c, VALIDITY_NOT_BEFORE, validity->not_before);
	put_time(c, VALIDITY_NOT_AFTER, validity->not_after);
}
