/* SPDX-License-Identifier: BSD-3-Clause */
/* The token's structure and the claims this demo shows, see claims.h. */
#include <cbor.h>
#include <string.h>
#include <util.h>

#include "claims.h"

#define TAG_CCA_TOKEN	  907
#define TAG_CCA_TOKEN_OLD 399
#define TAG_COSE_SIGN1	  18
#define COSE_SIGN1_ITEMS  4

#define KEY_PLATFORM_TOKEN 44234
#define KEY_REALM_TOKEN	   44241

#define KEY_CHALLENGE	   10
#define KEY_PROFILE	   265
#define KEY_REALM_RPV	   44235
#define KEY_REALM_HASH	   44236
#define KEY_REALM_KEY	   44237
#define KEY_REALM_RIM	   44238
#define KEY_REALM_REM	   44239
#define KEY_INSTANCE	   256
#define KEY_IMPLEMENTATION 2396
#define KEY_LIFECYCLE	   2395
#define KEY_SOFTWARE	   2399

static struct claim get_bytes(struct cbor_reader *r)
{
	struct claim c;

	c.data = cbor_get_bytes(r, &c.len);
	return c;
}

static struct claim get_text(struct cbor_reader *r)
{
	struct claim c;

	c.data = (const uint8_t *)cbor_get_text(r, &c.len);
	return c;
}

/* The payload of a COSE_Sign1 message; data is NULL if the message is none. */
static struct claim get_signed(const struct claim *message)
{
	struct cbor_reader r;
	struct claim payload;

	cbor_reader_init(&r, message->data, message->len);
	if (cbor_get_tag(&r) != TAG_COSE_SIGN1 || cbor_get_array(&r) != COSE_SIGN1_ITEMS)
		return (struct claim){0};
	cbor_skip(&r);
	cbor_skip(&r);
	payload = get_bytes(&r);
	cbor_skip(&r);
	return cbor_reader_done(&r) ? payload : (struct claim){0};
}

static void get_rems(struct cbor_reader *r, struct claim *rem)
{
	size_t count = cbor_get_array(r), i;

	for (i = 0; i < count && !r->failed; i++) {
		if (i < CLAIMS_REMS)
			rem[i] = get_bytes(r);
		else
			cbor_skip(r);
	}
}

static void get_realm_claim(struct cbor_reader *r, struct realm_claims *c)
{
	switch (cbor_get_int(r)) {
	case KEY_CHALLENGE:
		c->challenge = get_bytes(r);
		break;
	case KEY_REALM_RPV:
		c->rpv = get_bytes(r);
		break;
	case KEY_REALM_RIM:
		c->rim = get_bytes(r);
		break;
	case KEY_REALM_REM:
		get_rems(r, c->rem);
		break;
	case KEY_REALM_HASH:
		c->hash_alg = get_text(r);
		break;
	case KEY_REALM_KEY:
		c->public_key = get_bytes(r);
		break;
	case KEY_PROFILE:
		c->profile = get_text(r);
		break;
	default:
		cbor_skip(r);
	}
}

static size_t get_components(struct cbor_reader *r)
{
	size_t count = cbor_get_array(r), i;

	for (i = 0; i < count && !r->failed; i++)
		cbor_skip(r);
	return count;
}

static void get_platform_claim(struct cbor_reader *r, struct platform_claims *c)
{
	switch (cbor_get_int(r)) {
	case KEY_CHALLENGE:
		c->challenge = get_bytes(r);
		break;
	case KEY_IMPLEMENTATION:
		c->implementation = get_bytes(r);
		break;
	case KEY_INSTANCE:
		c->instance = get_bytes(r);
		break;
	case KEY_PROFILE:
		c->profile = get_text(r);
		break;
	case KEY_LIFECYCLE:
		c->lifecycle = cbor_get_int(r);
		break;
	case KEY_SOFTWARE:
		c->components = get_components(r);
		break;
	default:
		cbor_skip(r);
	}
}

static bool parse_realm(const struct claim *payload, struct realm_claims *c)
{
	struct cbor_reader r;
	size_t pairs;

	cbor_reader_init(&r, payload->data, payload->len);
	pairs = cbor_get_map(&r);
	while (pairs-- && !r.failed)
		get_realm_claim(&r, c);
	return cbor_reader_done(&r);
}

static bool parse_platform(const struct claim *payload, struct platform_claims *c)
{
	struct cbor_reader r;
	size_t pairs;

	cbor_reader_init(&r, payload->data, payload->len);
	pairs = cbor_get_map(&r);
	while (pairs-- && !r.failed)
		get_platform_claim(&r, c);
	return cbor_reader_done(&r);
}

size_t claims_hash_size(const struct claim *name)
{
	static const struct {
		const char *name;
		size_t size;
	} known[] = {{"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (name->len == strlen(known[i].name) &&
		    memcmp(name->data, known[i].name, name->len) == 0)
			return known[i].size;
	}
	return 0;
}

static const char *check_realm(const struct realm_claims *c)
{
	size_t size, i;

	if (!c->challenge.data || !c->rpv.data || !c->rim.data || !c->hash_alg.data)
		return "the Realm's token lacks a claim";
	size = claims_hash_size(&c->hash_alg);
	if (!size)
		return "the Realm's hash algorithm is not known";
	if (c->rim.len != size)
		return "the RIM's length is not that of the hash algorithm";
	for (i = 0; i < CLAIMS_REMS; i++) {
		if (c->rem[i].len != size)
			return "a REM's length is not that of the hash algorithm";
	}
	return NULL;
}

/* Either a bare byte string (older RMMs) or [content format, byte string]. */
static struct claim get_part(struct cbor_reader *r)
{
	if (cbor_peek(r) == CBOR_ARRAY) {
		if (cbor_get_array(r) != 2)
			return (struct claim){0};
		cbor_skip(r);
	}
	return get_bytes(r);
}

static bool split(const void *token, size_t len, struct claim *platform, struct claim *realm)
{
	struct cbor_reader r;
	uint64_t tag;
	size_t pairs;

	cbor_reader_init(&r, token, len);
	tag = cbor_get_tag(&r);
	if (tag != TAG_CCA_TOKEN && tag != TAG_CCA_TOKEN_OLD)
		return false;
	pairs = cbor_get_map(&r);
	while (pairs-- && !r.failed) {
		int64_t key = cbor_get_int(&r);
		struct claim part = get_part(&r);

		if (key == KEY_PLATFORM_TOKEN)
			*platform = part;
		else if (key == KEY_REALM_TOKEN)
			*realm = part;
	}
	return cbor_reader_done(&r) && platform->data && realm->data;
}

const char *claims_parse(const void *token, size_t len, struct claims *claims)
{
	struct claim platform = {0}, realm = {0};

	*claims = (struct claims){.platform.lifecycle = -1};
	if (!split(token, len, &platform, &realm))
		return "no CCA token";
	realm = get_signed(&realm);
	if (!realm.data || !parse_realm(&realm, &claims->realm))
		return "the Realm's token is malformed";
	platform = get_signed(&platform);
	if (!platform.data || !parse_platform(&platform, &claims->platform))
		return "the platform's token is malformed";
	return check_realm(&claims->realm);
}
