/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measurements of a reference triple: first the values, whichever there are, then what they mean by
 * the measurement's key (docs/spec/attestation.md section 2, "Content").
 */
#include <string.h>
#include <util.h>

#include "lib/corim/reader.h"
#include "lib/corim/names.h"

/* What a measurement says. */
struct values {
	size_t at;
	uint64_t has; /* BIT(key) of each value that is there */
	struct corim_bytes version, name, key;
	struct corim_config raw; /* the mask is absent where the value has none */
	struct corim_digest digest[CORIM_DIGESTS_MAX];
	size_t digests;
};

static bool is_hash_length(size_t len)
{
	return len == SHA256_SIZE || len == SHA384_SIZE || len == SHA512_SIZE;
}

/* A name, or a number of the registry of Named Information. */
static bool get_alg(struct reader *d, enum hash_alg *alg)
{
	struct corim_bytes name;

	if (cbor_peek(&d->r) == CBOR_TEXT) {
		name = reader_text(d);
		return name.data && token_hash_by_name(name.data, name.len, alg);
	}
	switch (cbor_get_int(&d->r)) {
	case 1:
		*alg = HASH_SHA256;
		return true;
	case 7:
		*alg = HASH_SHA384;
		return true;
	case 8:
		*alg = HASH_SHA512;
		return true;
	default:
		return false;
	}
}

static void get_digest(struct reader *d, struct values *v)
{
	struct corim_digest *digest = &v->digest[v->digests];
	size_t at = d->r.pos, i;
	struct corim_bytes bytes;

	if (cbor_get_array(&d->r) != 2)
		reader_fail(d, at, "not a digest: an array of algorithm and bytes");
	if (!get_alg(d, &digest->alg))
		reader_fail(d, at, "an algorithm other than SHA-256, SHA-384 and SHA-512");
	bytes = reader_bytes(d);
	if (d->r.failed)
		return;
	if (bytes.len != hash_size(digest->alg))
		reader_fail(d, at, "a digest of another length than its algorithm's");
	digest->data = bytes.data;
	for (i = 0; i < v->digests; i++)
		if (v->digest[i].alg == digest->alg)
			reader_fail(d, at, "two digests by one algorithm");
	v->digests++;
}

static void get_digests(struct reader *d, struct values *v)
{
	size_t at = d->r.pos, items = reader_array(d);

	if (items > CORIM_DIGESTS_MAX)
		reader_fail(d, at, "more digests than there are algorithms");
	for (; items != 0 && !d->r.failed; items--)
		get_digest(d, v);
}

static void get_version(struct reader *d, struct values *v)
{
	size_t at = d->r.pos;

	if (cbor_get_map(&d->r) != 1 || reader_key(d) != 0)
		reader_fail(d, at, "a version that is not a text alone");
	v->version = reader_text(d);
}

static void get_raw(struct reader *d, struct values *v)
{
	struct cbor_reader ahead = d->r;
	size_t at = d->r.pos;

	if (cbor_peek(&d->r) != CBOR_TAG || cbor_get_tag(&ahead) != TAG_MASKED) {
		v->raw.value = reader_tagged(d, TAG_BYTES, "a value whose tag is not 560 or 563");
		return;
	}
	d->r = ahead;
	if (cbor_get_array(&d->r) != 2)
		reader_fail(d, at, "not an array of value and mask");
	v->raw.value = reader_bytes(d);
	if (v->raw.mask.data)
		reader_fail(d, at, "two masks");
	v->raw.mask = reader_bytes(d);
}

static void get_mask(struct reader *d, struct values *v, size_t at)
{
	if (v->raw.mask.data)
		reader_fail(d, at, "two masks");
	v->raw.mask = reader_bytes(d);
}

static void get_key(struct reader *d, struct values *v)
{
	size_t at = d->r.pos;

	if (cbor_get_array(&d->r) != 1)
		reader_fail(d, at, "not an array of one key");
	v->key = reader_tagged(d, TAG_BYTES, "a key whose tag is not 560");
	if (!is_hash_length(v->key.len))
		reader_fail(d, at, "a key that is not as long as a hash");
}

static void get_value(struct reader *d, struct values *v)
{
	size_t at = d->r.pos;
	int64_t key = reader_key(d);

	switch (key) {
	case VALUE_VERSION:
		get_version(d, v);
		break;
	case VALUE_DIGESTS:
		get_digests(d, v);
		break;
	case VALUE_RAW:
		get_raw(d, v);
		break;
	case VALUE_MASK:
		get_mask(d, v, at);
		break;
	case VALUE_NAME:
		v->name = reader_text(d);
		break;
	case VALUE_KEYS:
		get_key(d, v);
		break;
	default:
		reader_unknown(d, at);
		return;
	}
	v->has |= BIT(key);
}

static void get_values(struct reader *d, struct values *v)
{
	size_t pairs = cbor_get_map(&d->r);

	for (; pairs != 0 && !d->r.failed; pairs--)
		get_value(d, v);
	if (!d->r.failed && v->raw.mask.data && v->raw.mask.len != v->raw.value.len)
		reader_fail(d, v->at, "a mask of another length than its value");
}

/* The measurement's key, and its values. */
static struct corim_bytes get_measurement(struct reader *d, struct values *v)
{
	struct corim_bytes mkey = {NULL, 0};
	size_t pairs, at;

	*v = (struct values){.at = d->r.pos};
	pairs = cbor_get_map(&d->r);
	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case MEASUREMENT_KEY:
			mkey = reader_text(d);
			break;
		case MEASUREMENT_VALUES:
			get_values(d, v);
			break;
		default:
			reader_unknown(d, at);
		}
	}
	if (!mkey.data)
		reader_fail(d, v->at, "a measurement without a key");
	return mkey;
}

/* Values that must be there, and those that may; others are an error. */
static bool has_values(struct reader *d, const struct values *v, uint64_t must, uint64_t may)
{
	if (d->r.failed)
		return false;
	if ((v->has & must) != must)
		return reader_fail(d, v->at, "a measurement without a value that it must have");
	if (v->has & ~(must | may))
		return reader_fail(d, v->at, "a measurement with a value that it cannot have");
	return true;
}

/* ---- platforms ---- */

static void take_component(struct reader *d, const struct values *v,
			   struct corim_platform *platform)
{
	struct corim_component *component = &platform->component[platform->components];

	if (!has_values(d, v, BIT(VALUE_DIGESTS) | BIT(VALUE_KEYS),
			BIT(VALUE_VERSION) | BIT(VALUE_NAME)))
		return;
	if (platform->components == CORIM_COMPONENTS_MAX) {
		reader_fail(d, v->at, "more than 64 software components");
		return;
	}
	*component = (struct corim_component){
		.type = v->name,
		.version = v->version,
		.digests = v->digests,
		.signer = v->key,
	};
	memcpy(component->digest, v->digest, sizeof(component->digest));
	platform->components++;
}

static void take_config(struct reader *d, const struct values *v, struct corim_config *config)
{
	if (!has_values(d, v, BIT(VALUE_RAW), BIT(VALUE_MASK)))
		return;
	if (config->value.data)
		reader_fail(d, v->at, "a measurement twice in one triple");
	*config = v->raw;
}

/* Decimal digits without a zero in front; moves *text behind them. */
static bool take_number(const uint8_t **text, const uint8_t *end, uint32_t *number)
{
	const uint8_t *start = *text;
	uint64_t value = 0;

	while (*text < end && **text >= '0' && **text <= '9' && *text - start < 10)
		value = value * 10 + (uint64_t)(*(*text)++ - '0');
	*number = (uint32_t)value;
	return *text != start && value <= UINT32_MAX && (*start != '0' || *text - start == 1);
}

/* What follows "cca.rotpk.": a kind and two numbers between dots. */
static bool parse_rotpk(const uint8_t *text, size_t len, struct corim_rotpk *rotpk)
{
	const uint8_t *end = text + len;

	if (len < 3 || (memcmp(text, "CM.", 3) && memcmp(text, "DM.", 3)))
		return false;
	rotpk->kind = text[0] == 'C' ? "CM" : "DM";
	text += 3;
	if (!take_number(&text, end, &rotpk->first) || text == end || *text++ != '.')
		return false;
	return take_number(&text, end, &rotpk->second) && text == end;
}

static bool is_rotpk(const struct corim_bytes *mkey)
{
	return mkey->len > strlen(MKEY_ROTPK) &&
	       memcmp(mkey->data, MKEY_ROTPK, strlen(MKEY_ROTPK)) == 0;
}

static void take_rotpk(struct reader *d, const struct corim_bytes *mkey, const struct values *v,
		       struct corim_platform *platform)
{
	struct corim_rotpk *rotpk = &platform->rotpk[platform->rotpks];

	if (!has_values(d, v, BIT(VALUE_KEYS), 0))
		return;
	if (platform->rotpks == CORIM_ROTPKS_MAX) {
		reader_fail(d, v->at, "more than 16 ROTPKs");
		return;
	}
	if (!parse_rotpk(mkey->data + strlen(MKEY_ROTPK), mkey->len - strlen(MKEY_ROTPK), rotpk))
		reader_fail(d, v->at, "not \"cca.rotpk.\", CM or DM, and two numbers");
	rotpk->hash = v->key;
	platform->rotpks++;
}

void reader_platform_measurement(struct reader *d, struct corim_platform *platform)
{
	struct values v;
	struct corim_bytes mkey = get_measurement(d, &v);

	if (d->r.failed)
		return;
	if (reader_is_text(&mkey, MKEY_COMPONENT))
		take_component(d, &v, platform);
	else if (reader_is_text(&mkey, MKEY_CONFIG))
		take_config(d, &v, &platform->config);
	else if (reader_is_text(&mkey, MKEY_MANUFACTURING))
		take_config(d, &v, &platform->manufacturing_config);
	else if (is_rotpk(&mkey))
		take_rotpk(d, &mkey, &v, platform);
	else
		reader_fail(d, v.at, "no measurement of a platform");
}

/* ---- Realms ---- */

static void take_digest(struct reader *d, const struct values *v, struct corim_digest *digest)
{
	if (!has_values(d, v, BIT(VALUE_DIGESTS), 0))
		return;
	if (v->digests != 1)
		reader_fail(d, v->at, "more than one digest of a Realm's measurement");
	if (digest->data)
		reader_fail(d, v->at, "a measurement twice in one triple");
	*digest = v->digest[0];
}

static void take_rpv(struct reader *d, const struct values *v, struct corim_realm *realm)
{
	if (!has_values(d, v, BIT(VALUE_RAW), 0))
		return;
	if (v->raw.mask.data)
		reader_fail(d, v->at, "a personalization value with a mask");
	if (v->raw.value.len != CORIM_RPV)
		reader_fail(d, v->at, "a personalization value that has not 64 bytes");
	if (realm->rpv)
		reader_fail(d, v->at, "a measurement twice in one triple");
	realm->rpv = v->raw.value.data;
}

/* The number of a REM, or -1. */
static int rem_of(const struct corim_bytes *mkey)
{
	size_t prefix = strlen(MKEY_REM);
	int number;

	if (mkey->len != prefix + 1 || memcmp(mkey->data, MKEY_REM, prefix) != 0)
		return -1;
	number = mkey->data[prefix] - '0';
	return number >= 0 && number < TOKEN_REMS ? number : -1;
}

void reader_realm_measurement(struct reader *d, struct corim_realm *realm)
{
	struct values v;
	struct corim_bytes mkey = get_measurement(d, &v);

	if (d->r.failed)
		return;
	if (reader_is_text(&mkey, MKEY_RIM))
		take_digest(d, &v, &realm->rim);
	else if (reader_is_text(&mkey, MKEY_RPV))
		take_rpv(d, &v, realm);
	else if (rem_of(&mkey) >= 0)
		take_digest(d, &v, &realm->rem[rem_of(&mkey)]);
	else
		reader_fail(d, v.at, "no measurement of a Realm");
}
