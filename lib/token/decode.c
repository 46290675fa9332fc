/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * token_decode() of token.h: the outer map, both COSE_Sign1, the pair of profiles. Every string is
 * first checked to be one valid item with nothing behind it, then read.
 */
#include <string.h>
#include <util.h>

#include "lib/token/claims.h"

#define TAG_CCA	       399
#define TAG_CMW	       907
#define TAG_SIGN1      18
#define ENTRY_PLATFORM 44234
#define ENTRY_REALM    44241
#define FORMAT_EAT_CWT 263
#define HEADER_ALG     1
#define HEADER_CRIT    2

#define CCA_SSD	      "http://arm.com/CCA-SSD/1.0.0"
#define PLATFORM_2023 "tag:arm.com,2023:cca_platform#1.0.0"
#define PLATFORM_2024 "tag:arm.com,2024:cca_platform#2.0.0"
#define PLATFORM_2026 "tag:arm.com,2026:cca_platform#2"
#define REALM_2023    "tag:arm.com,2023:realm#1.0.0"
#define REALM_2024    "tag:arm.com,2024:realm#2.0.0"
#define REALM_2026    "tag:arm.com,2026:realm#2.0.0"

#define PAIR_2026(rest)                                                                            \
	{                                                                                          \
		PLATFORM_2026 rest, REALM_2026, NULL, SET_2026, SET_2026, PLATFORM_BINDING         \
	}

/*
 * docs/spec/attestation.md section 1, "Profile pairs". The variants "direct" and "HESRAK" have
 * other claims and are not decoded here.
 */
static const struct token_pair pairs[] = {
	{CCA_SSD, NULL, NULL, SET_1_0, SET_1_0, PLATFORM_CHALLENGE},
	{CCA_SSD, REALM_2023, NULL, SET_1_0, SET_1_0, PLATFORM_CHALLENGE},
	{PLATFORM_2023, REALM_2023, NULL, SET_1_0, SET_1_0, PLATFORM_CHALLENGE},
	{PLATFORM_2023, REALM_2024, "a pair that stands in no draft; TF-RMM with TF-A has it",
	 SET_1_0, SET_2024, PLATFORM_CHALLENGE},
	{PLATFORM_2024, REALM_2024, NULL, SET_2024, SET_2024, PLATFORM_CHALLENGE},
	PAIR_2026(".0.0"),
	PAIR_2026(".0.0;delegated"),
	PAIR_2026(".1.0"),
	PAIR_2026(".1.0;delegated"),
};

void decoder_enter(struct decoder *d, const struct token_value *value)
{
	d->r.pos = value->offset;
	d->r.len = value->offset + value->len;
}

void decoder_enter_item(struct decoder *d, const struct token_value *value)
{
	decoder_enter(d, value);
}

void decoder_check(struct decoder *d)
{
	size_t start = d->r.pos;

	cbor_check(&d->r);
	if (d->r.pos != d->r.len)
		cbor_fail(&d->r, d->r.pos, "bytes behind the end");
	d->r.pos = start;
}

/* A string's offset is that of its bytes, any other value's that of its head. */
static struct token_value get_string(struct decoder *d, enum token_kind kind)
{
	struct token_value value = {.kind = kind};

	if (kind == TOKEN_BYTES)
		value.data = cbor_get_bytes(&d->r, &value.len);
	else
		value.data = (const uint8_t *)cbor_get_text(&d->r, &value.len);
	value.offset = value.data ? (size_t)(value.data - d->r.buf) : d->r.pos;
	return value;
}

static bool is_int(const struct decoder *d)
{
	return cbor_peek(&d->r) == CBOR_UINT || cbor_peek(&d->r) == CBOR_NEGINT;
}

static struct token_value get_item(struct decoder *d)
{
	struct token_value value = {.kind = TOKEN_ITEM, .offset = d->r.pos};
	enum cbor_major major = CBOR_SIMPLE;
	struct cbor_reader copy = d->r;
	uint64_t arg;

	if (is_int(d)) {
		arg = cbor_get_head(&copy, &major);
		if (arg <= INT64_MAX) {
			value.kind = TOKEN_INT;
			value.number = major == CBOR_UINT ? (int64_t)arg : -1 - (int64_t)arg;
		}
	}
	cbor_skip(&d->r);
	value.data = d->r.buf + value.offset;
	value.len = d->r.failed ? 0 : d->r.pos - value.offset;
	return value;
}

struct token_value decoder_get(struct decoder *d, enum token_kind kind)
{
	struct token_value value = {.kind = kind, .offset = d->r.pos};

	switch (kind) {
	case TOKEN_BYTES:
	case TOKEN_TEXT:
		return get_string(d, kind);
	case TOKEN_INT:
		value.number = cbor_get_int(&d->r);
		return value;
	default:
		return get_item(d);
	}
}

void decoder_ignore(struct decoder *d, const struct token_value *key)
{
	if (d->r.failed)
		return;
	if (d->t->ignored_count < TOKEN_IGNORED_MAX)
		d->t->ignored[d->t->ignored_count] = *key;
	d->t->ignored_count++;
	cbor_skip(&d->r);
}

/* ---- outer map ---- */

/* Tag 907 has records of a content format and a string, tag 399 the string alone. */
static void get_entry(struct decoder *d, struct token_value *value)
{
	size_t start = d->r.pos;

	if (d->t->tag == TAG_CMW) {
		if (cbor_get_array(&d->r) != 2)
			cbor_fail(&d->r, start, "not a record of two items");
		else if (cbor_get_int(&d->r) != FORMAT_EAT_CWT)
			cbor_fail(&d->r, start, "a record whose content format is not 263");
	}
	*value = decoder_get(d, TOKEN_BYTES);
}

static void decode_outer(struct decoder *d, struct token_value *platform, struct token_value *realm)
{
	struct token_value key;
	size_t pairs;

	decoder_check(d);
	d->t->tag = cbor_get_tag(&d->r);
	if (d->t->tag != TAG_CCA && d->t->tag != TAG_CMW)
		cbor_fail(&d->r, 0, "the tag is neither 399 nor 907");
	for (pairs = cbor_get_map(&d->r); pairs != 0 && !d->r.failed; pairs--) {
		key = decoder_get(d, TOKEN_ITEM);
		if (key.kind == TOKEN_INT && key.number == ENTRY_PLATFORM)
			get_entry(d, platform);
		else if (key.kind == TOKEN_INT && key.number == ENTRY_REALM)
			get_entry(d, realm);
		else
			decoder_ignore(d, &key);
	}
	if (platform->kind == TOKEN_ABSENT)
		cbor_fail(&d->r, 0, "no platform token (44234)");
	if (realm->kind == TOKEN_ABSENT)
		cbor_fail(&d->r, 0, "no Realm token (44241)");
}

/* ---- COSE_Sign1 ---- */

/* Which labels both headers have had; they may have none in common (RFC 9052 section 3). */
struct header {
	uint64_t seen;
	bool has_alg;
};

/* Labels that say nothing a verifier with pinned keys needs: content type, kid, typ, x5chain, x5t.
 */
static bool is_harmless(int64_t label)
{
	return label == 3 || label == 4 || label == 16 || label == 33 || label == 34;
}

static void read_parameter(struct decoder *d, struct header *h, bool is_protected,
			   struct token_sign1 *sign1)
{
	struct token_value label = decoder_get(d, TOKEN_ITEM);
	size_t at = d->r.pos;

	if (label.kind == TOKEN_INT && label.number == HEADER_CRIT) {
		cbor_fail(&d->r, label.offset, "critical header parameters (crit)");
	} else if (label.kind == TOKEN_INT && label.number == HEADER_ALG) {
		if (!is_protected)
			cbor_fail(&d->r, label.offset, "an algorithm that is not protected");
		else if (!token_curve_by_alg(cbor_get_int(&d->r), &sign1->curve))
			cbor_fail(&d->r, at, "an algorithm other than ES256, ES384 and ES512");
		h->has_alg = true;
	} else if (label.kind == TOKEN_INT && is_harmless(label.number)) {
		if (h->seen & BIT(label.number))
			cbor_fail(&d->r, label.offset, "a header parameter twice");
		h->seen |= BIT(label.number);
		cbor_skip(&d->r);
	} else {
		cbor_fail(&d->r, label.offset, "a header parameter that is not known");
	}
}

static void read_header(struct decoder *d, struct header *h, bool is_protected,
			struct token_sign1 *sign1)
{
	size_t pairs = cbor_get_map(&d->r);

	for (; pairs != 0 && !d->r.failed; pairs--)
		read_parameter(d, h, is_protected, sign1);
}

/* The map in the protected header's string, and back to where the reader was. */
static void read_protected(struct decoder *d, struct header *h, struct token_sign1 *sign1)
{
	const struct cbor_reader outside = d->r;

	if (d->r.failed)
		return;
	decoder_enter(d, &sign1->protected);
	decoder_check(d);
	read_header(d, h, true, sign1);
	if (d->r.failed)
		return;
	d->r = outside;
}

static void check_sign1(struct decoder *d, const struct header *h, const struct token_sign1 *sign1)
{
	if (d->r.failed)
		return;
	if (!h->has_alg)
		cbor_fail(&d->r, sign1->protected.offset, "no algorithm in the protected header");
	else if (sign1->signature.len != 2 * token_curves[sign1->curve].coordinate)
		cbor_fail(&d->r, sign1->signature.offset,
			  "a signature of another length than its algorithm's");
}

static void decode_sign1(struct decoder *d, const struct token_value *message,
			 struct token_sign1 *sign1)
{
	struct header h = {0};

	if (d->r.failed)
		return;
	decoder_enter(d, message);
	decoder_check(d);
	if (cbor_get_tag(&d->r) != TAG_SIGN1 || cbor_get_array(&d->r) != 4)
		cbor_fail(&d->r, message->offset, "not a tagged COSE_Sign1");
	sign1->protected = decoder_get(d, TOKEN_BYTES);
	read_protected(d, &h, sign1);
	read_header(d, &h, false, sign1);
	sign1->payload = decoder_get(d, TOKEN_BYTES);
	sign1->signature = decoder_get(d, TOKEN_BYTES);
	check_sign1(d, &h, sign1);
	if (d->r.failed)
		return;
	decoder_enter(d, &sign1->payload);
	decoder_check(d);
}

/* ---- profiles ---- */

static bool is_text(const struct token_value *value, const char *text)
{
	if (!text || value->kind == TOKEN_ABSENT)
		return !text && value->kind == TOKEN_ABSENT;
	return value->len == strlen(text) && memcmp(value->data, text, value->len) == 0;
}

static const struct token_pair *find_pair(const struct token_value *platform,
					  const struct token_value *realm)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (is_text(platform, pairs[i].platform) && is_text(realm, pairs[i].realm))
			return &pairs[i];
	return NULL;
}

/* The pair of profiles. One that is not known fails the reader and sets *unknown. */
static void decode_pair(struct decoder *d, bool *unknown)
{
	struct token_value platform, realm = {0};

	if (d->r.failed)
		return;
	d->part = "platform token";
	platform = claims_profile(d, &d->t->platform_sign1.payload);
	if (!d->r.failed && platform.kind == TOKEN_ABSENT) {
		d->where = "profile";
		cbor_fail(&d->r, platform.offset, "a mandatory claim is missing");
	}
	if (d->r.failed)
		return;
	d->part = "Realm token";
	realm = claims_profile(d, &d->t->realm_sign1.payload);
	if (d->r.failed)
		return;
	d->t->pair = find_pair(&platform, &realm);
	if (!d->t->pair) {
		*unknown = true;
		d->part = "platform token";
		d->where = "profile";
		cbor_fail(&d->r, platform.offset,
			  "no published pair of profiles that is known here");
	}
}

/* Which part is looked at; the one that failed stays. */
static void at_part(struct decoder *d, const char *part)
{
	if (d->r.failed)
		return;
	d->part = part;
	d->where = NULL;
}

static void decode(struct decoder *d, bool *unknown)
{
	struct token_value platform = {0}, realm = {0};

	decode_outer(d, &platform, &realm);
	at_part(d, "platform token");
	decode_sign1(d, &platform, &d->t->platform_sign1);
	at_part(d, "Realm token");
	decode_sign1(d, &realm, &d->t->realm_sign1);
	decode_pair(d, unknown);
	if (d->r.failed)
		return;
	at_part(d, "platform token");
	claims_platform(d, &d->t->platform_sign1.payload);
	if (d->r.failed)
		return;
	at_part(d, "Realm token");
	claims_realm(d, &d->t->realm_sign1.payload);
}

enum token_fault token_decode(const void *buf, size_t len, struct token *t,
			      struct token_error *error)
{
	struct decoder d = {.t = t};
	bool unknown = false;

	memset(t, 0, sizeof(*t));
	*error = (struct token_error){.fault = TOKEN_GOOD};
	cbor_reader_init(&d.r, buf, len);
	d.r.any_width = true;
	if (len > TOKEN_SIZE_MAX)
		cbor_fail(&d.r, TOKEN_SIZE_MAX, "longer than 65536 bytes");
	d.part = "outer map";
	if (!d.r.failed)
		decode(&d, &unknown);
	if (d.r.failed)
		*error = (struct token_error){
			.fault = unknown ? TOKEN_UNKNOWN_PROFILE : TOKEN_MALFORMED,
			.offset = d.r.at,
			.part = d.part,
			.where = d.where,
			.rule = d.r.why,
		};
	return error->fault;
}
