/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attestation tokens: fetched by the Realm, taken apart and verified here. RSI section 3 and 6.
 * Signatures are checked with lib/p384, whose own tests hold it against published vectors.
 */
#include <cbor.h>
#include <cose.h>
#include <mbedtls_port.h>
#include <p384.h>
#include <string.h>
#include "tests/conformance/conformance.h"

#define TOKEN_IPA  (GUEST_IPA + MIB(8)) /* where the Realm puts it */
#define TOKEN_MAX  (2 * GRANULE_SIZE)
#define ROUNDS_MAX 100000 /* of TOKEN_CONTINUE; each makes progress or an interrupt was pending */

#define CLAIM_CHALLENGE 10
#define CLAIM_INSTANCE	256
#define CLAIM_PROFILE	265
#define CLAIM_PLATFORM	44234
#define CLAIM_RPV	44235
#define CLAIM_HASH	44236
#define CLAIM_KEY	44237
#define CLAIM_RIM	44238
#define CLAIM_REMS	44239
#define CLAIM_KEY_HASH	44240
#define CLAIM_REALM	44241
#define CLAIM_MEC	44243
#define TAG_COLLECTION	907
#define CONTENT_EAT	263

static uint8_t heap[KIB(64)] __attribute__((aligned(16)));
static struct crypto_arena arena;
static uint8_t token[TOKEN_MAX];
static size_t token_length;

struct crypto_arena *crypto_arena_current(void)
{
	return &arena;
}

void crypto_port_panic(const char *what)
{
	check(false, "the payload's crypto library: %s", what);
	tap_finish();
}

/* Byte i of the challenge of token n. */
static uint8_t challenge_byte(unsigned int n, unsigned int i)
{
	return (uint8_t)(n * 37 + i);
}

static uint64_t token_init(struct rec *rec, unsigned int n, uint64_t *max)
{
	uint8_t c[RSI_CHALLENGE_SIZE];
	uint64_t w[8];
	const uint64_t *x;

	for (unsigned int i = 0; i < sizeof(c); i++)
		c[i] = challenge_byte(n, i);
	memcpy(w, c, sizeof(w));
	x = guest_smc(rec, RSI_ATTESTATION_TOKEN_INIT, w[0], w[1], w[2], w[3], w[4], w[5], w[6],
		      w[7]);
	*max = x[1];
	return x[0];
}

/* Reads the Realm's memory by loads of the Realm, four words in each run. */
static bool copy_out(struct rec *rec, uint64_t ipa, uint8_t *to, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i += 32) {
		struct guest_result r = guest_exec(rec, 0, ipa + i, 0xf9400041, /* ldr x1,[x2] */
						   0xf9400443,	/* ldr x3, [x2, #8] */
						   0xf9400844,	/* ldr x4, [x2, #16] */
						   0xf9400c42); /* ldr x2, [x2, #24] */
		uint64_t words[4] = {r.x[0], r.x[2], r.x[3], r.x[1]};
		uint64_t left = bytes - i < 32 ? bytes - i : 32;

		if (!r.done || r.esr)
			return false;
		memcpy(to + i, words, left);
	}
	return true;
}

/* CONTINUE until SUCCESS, in pieces of `piece` bytes; the page's rest stays as it was. */
static bool fetch(struct rec *rec, uint64_t piece, uint64_t max)
{
	uint64_t page = 0, offset = 0;

	token_length = 0;
	for (unsigned int i = 0; i < ROUNDS_MAX; i++) {
		uint64_t room = GRANULE_SIZE - offset < piece ? GRANULE_SIZE - offset : piece;
		const uint64_t *x = guest_smc(rec, RSI_ATTESTATION_TOKEN_CONTINUE,
					      TOKEN_IPA + page * GRANULE_SIZE, offset, room);
		uint64_t status = x[0], bytes = x[1];

		if ((status != RSI_SUCCESS && status != RSI_INCOMPLETE) || bytes > room)
			return false;
		token_length += bytes;
		offset += bytes;
		if (offset == GRANULE_SIZE) {
			offset = 0;
			page++;
		}
		if (token_length > max || token_length > sizeof(token))
			return false;
		if (status == RSI_SUCCESS)
			return copy_out(rec, TOKEN_IPA, token, token_length);
	}
	return false;
}

struct claims {
	const uint8_t *challenge, *instance, *rpv, *key, *rim, *rem[4];
	size_t challenge_size, instance_size, rpv_size, key_size, rim_size, rem_size[4];
	const char *hash, *key_hash, *profile;
	size_t hash_size, key_hash_size, profile_size;
	int64_t mec;
	uint64_t pairs;
};

static bool read_realm_claims(const uint8_t *p, size_t n, struct claims *c)
{
	struct cbor_reader r;

	memset(c, 0, sizeof(*c));
	c->mec = -1;
	cbor_reader_init(&r, p, n);
	c->pairs = cbor_get_map(&r);
	for (uint64_t i = 0; i < c->pairs && !r.failed; i++) {
		switch (cbor_get_int(&r)) {
		case CLAIM_CHALLENGE:
			c->challenge = cbor_get_bytes(&r, &c->challenge_size);
			break;
		case CLAIM_INSTANCE:
			c->instance = cbor_get_bytes(&r, &c->instance_size);
			break;
		case CLAIM_RPV:
			c->rpv = cbor_get_bytes(&r, &c->rpv_size);
			break;
		case CLAIM_KEY:
			c->key = cbor_get_bytes(&r, &c->key_size);
			break;
		case CLAIM_RIM:
			c->rim = cbor_get_bytes(&r, &c->rim_size);
			break;
		case CLAIM_REMS:
			if (cbor_get_array(&r) != 4)
				return false;
			for (unsigned int k = 0; k < 4; k++)
				c->rem[k] = cbor_get_bytes(&r, &c->rem_size[k]);
			break;
		case CLAIM_HASH:
			c->hash = cbor_get_text(&r, &c->hash_size);
			break;
		case CLAIM_KEY_HASH:
			c->key_hash = cbor_get_text(&r, &c->key_hash_size);
			break;
		case CLAIM_PROFILE:
			c->profile = cbor_get_text(&r, &c->profile_size);
			break;
		case CLAIM_MEC:
			c->mec = cbor_get_int(&r);
			break;
		default:
			return false;
		}
	}
	return cbor_reader_done(&r);
}

/* One element of the collection: [263, bstr]. */
static const uint8_t *read_element(struct cbor_reader *r, size_t *size)
{
	if (cbor_get_array(r) != 2 || cbor_get_int(r) != CONTENT_EAT)
		return NULL;
	return cbor_get_bytes(r, size);
}

static bool read_collection(const uint8_t **platform, size_t *platform_size, const uint8_t **realm,
			    size_t *realm_size)
{
	struct cbor_reader r;

	*platform = *realm = NULL;
	cbor_reader_init(&r, token, token_length);
	if (cbor_get_tag(&r) != TAG_COLLECTION || cbor_get_map(&r) != 2)
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		int64_t key = cbor_get_int(&r);

		if (key == CLAIM_PLATFORM)
			*platform = read_element(&r, platform_size);
		else if (key == CLAIM_REALM)
			*realm = read_element(&r, realm_size);
	}
	return cbor_reader_done(&r) && *platform && *realm;
}

static bool is_text(const char *text, size_t size, const char *want)
{
	return text && size == strlen(want) && !memcmp(text, want, size);
}

static bool is_challenge(const struct claims *c, unsigned int n)
{
	if (!c->challenge || c->challenge_size != RSI_CHALLENGE_SIZE)
		return false;
	for (unsigned int i = 0; i < RSI_CHALLENGE_SIZE; i++) {
		if (c->challenge[i] != challenge_byte(n, i))
			return false;
	}
	return true;
}

static void check_claims(const struct realm *realm, const struct claims *c, unsigned int n)
{
	const struct expected *e = &realm->expected;
	size_t length = hash_size(e->alg);
	bool rems = true;

	check_eq(c->pairs, 10, "the realm token has ten claims");
	check(is_challenge(c, n), "claim 10: the Realm's challenge");
	check(c->instance && c->instance_size == 33 && c->instance[0] == 1,
	      "claim 256: the instance id is 0x01 and 32 bytes");
	check(c->rpv && c->rpv_size == RMI_RPV_SIZE &&
		      !memcmp(c->rpv, realm->params->rpv, RMI_RPV_SIZE),
	      "claim 44235: the personalization value");
	check(is_text(c->hash, c->hash_size, hash_name(e->alg)),
	      "claim 44236: the name of the measurements' hash");
	check(c->rim && c->rim_size == length && !memcmp(c->rim, e->slot[0], length),
	      "claim 44238: the RIM");
	for (unsigned int i = 0; i < 4; i++)
		rems = rems && c->rem[i] && c->rem_size[i] == length &&
		       !memcmp(c->rem[i], e->slot[i + 1], length);
	check(rems, "claim 44239: the four REMs");
	check(is_text(c->key_hash, c->key_hash_size, "sha-256"),
	      "claim 44240: the key is bound by sha-256");
	check_eq((uint64_t)c->mec, 0, "claim 44243: the MEC policy is shared");
	check(is_text(c->profile, c->profile_size, "tag:arm.com,2024:realm#2.0.0"),
	      "claim 265: the profile");
}

/* The key's point, once the token's signature is known to be good. */
static bool check_signature(const struct cose_sign1_view *view, const struct claims *c)
{
	uint8_t digest[SHA384_SIZE], point[P384_POINT_SIZE], bad[P384_SIGNATURE_SIZE];

	if (!check(c->key && cose_key_p384_point(c->key, c->key_size, point),
		   "claim 44237: a COSE_Key on P-384"))
		return false;
	cose_sign1_view_digest(view, digest);
	check_eq((uint64_t)p384_verify(point, digest, view->signature), 0,
		 "the realm token's signature is good for that key");
	memcpy(bad, view->signature, sizeof(bad));
	bad[95] ^= 1;
	return check(p384_verify(point, digest, bad) != 0, "and not with one bit changed");
}

static void check_platform(const uint8_t *p, size_t n, const struct claims *realm)
{
	struct cose_sign1_view view;
	uint8_t digest[SHA256_SIZE];
	const uint8_t *challenge = NULL;
	size_t size = 0;
	struct cbor_reader r;
	uint64_t pairs;

	if (!check(cose_sign1_parse(p, n, &view), "the platform token is a COSE_Sign1"))
		return;
	cbor_reader_init(&r, view.payload, view.payload_len);
	pairs = cbor_get_map(&r);
	for (uint64_t i = 0; i < pairs && !r.failed; i++) {
		if (cbor_get_int(&r) == CLAIM_CHALLENGE)
			challenge = cbor_get_bytes(&r, &size);
		else
			cbor_skip(&r);
	}
	check(cbor_reader_done(&r) && pairs >= 8, "its payload is a map of claims");
	hash_digest(HASH_SHA256, realm->key, realm->key_size, digest);
	check(challenge && size == SHA256_SIZE && !memcmp(challenge, digest, SHA256_SIZE),
	      "its challenge is SHA-256 of the realm token's key: the tokens are bound");
}

/* Fetches token n in pieces and looks at all of it. */
static void check_token(struct realm *realm, unsigned int n, uint64_t piece)
{
	struct rec *rec = &realm->rec[0];
	const uint8_t *platform, *inner;
	size_t platform_size, inner_size;
	struct cose_sign1_view view;
	struct claims claims;
	uint64_t max;

	check_eq(token_init(rec, n, &max), RSI_SUCCESS, "TOKEN_INIT succeeds");
	check(max > 0 && max <= TOKEN_MAX, "TOKEN_INIT tells the largest size (%lu)", max);
	if (!check(fetch(rec, piece, max), "TOKEN_CONTINUE in pieces of %lu gives a token", piece))
		return;
	note("the token has %lu bytes", token_length);
	if (!check(read_collection(&platform, &platform_size, &inner, &inner_size),
		   "tag 907, a map of the platform and the realm token"))
		return;
	if (!check(cose_sign1_parse(inner, inner_size, &view), "the realm token is a COSE_Sign1") ||
	    !check(read_realm_claims(view.payload, view.payload_len, &claims),
		   "its payload is a map of known claims"))
		return;
	check_claims(realm, &claims, n);
	if (check_signature(&view, &claims))
		check_platform(platform, platform_size, &claims);
}

#define CONTINUE(...) (guest_smc(rec, RSI_ATTESTATION_TOKEN_CONTINUE, __VA_ARGS__)[0])

static void check_errors(struct realm *realm)
{
	struct rec *rec = &realm->rec[0];
	uint64_t max, out = realm_unprotected(realm);

	check_eq(CONTINUE(TOKEN_IPA, 0, GRANULE_SIZE), RSI_ERROR_STATE,
		 "TOKEN_CONTINUE without TOKEN_INIT is ERROR_STATE");
	token_init(rec, 9, &max);
	check_eq(CONTINUE(TOKEN_IPA + 8, 0, 64), RSI_ERROR_INPUT,
		 "TOKEN_CONTINUE to an unaligned page is ERROR_INPUT");
	check_eq(CONTINUE(TOKEN_IPA, GRANULE_SIZE, 0), RSI_ERROR_INPUT,
		 "TOKEN_CONTINUE with the offset behind the page is ERROR_INPUT");
	check_eq(CONTINUE(TOKEN_IPA, 1, GRANULE_SIZE), RSI_ERROR_INPUT,
		 "TOKEN_CONTINUE across the page's end is ERROR_INPUT");
	check_eq(CONTINUE(TOKEN_IPA, 8, ~UINT64_C(0)), RSI_ERROR_INPUT,
		 "TOKEN_CONTINUE with offset + size that wraps is ERROR_INPUT");
	check_eq(CONTINUE(out, 0, 64), RSI_ERROR_INPUT,
		 "TOKEN_CONTINUE to the unprotected half is ERROR_INPUT");
	check_eq(CONTINUE(TOKEN_IPA, 0, 0), RSI_INCOMPLETE,
		 "TOKEN_CONTINUE of 0 bytes is INCOMPLETE");
}

void test_token(void)
{
	const struct realm_options options = {.algorithm = RMI_HASH_SHA_512};
	struct realm realm;
	uint64_t value[8] = {1, 2, 3};
	uint64_t max;

	crypto_arena_init(&arena, heap, sizeof(heap));
	if (p384_init()) {
		check(false, "the payload's curve loads");
		return;
	}
	if (!realm_start(&realm, &options, "a Realm that asks for tokens")) {
		realm_end(&realm);
		return;
	}
	realm_map(&realm, TOKEN_IPA, TOKEN_MAX / GRANULE_SIZE);
	check_errors(&realm);
	check_token(&realm, 1, GRANULE_SIZE);
	guest_smc(&realm.rec[0], RSI_MEASUREMENT_EXTEND, 2, 24, value[0], value[1], value[2]);
	expect_extend(&realm.expected, 2, value, 24);
	check_token(&realm, 2, 100);
	token_init(&realm.rec[0], 3, &max);
	check_token(&realm, 4, GRANULE_SIZE);
	check_eq(guest_smc(&realm.rec[0], RSI_ATTESTATION_TOKEN_CONTINUE, TOKEN_IPA, 0, 64)[0],
		 RSI_ERROR_STATE, "TOKEN_CONTINUE after the last byte is ERROR_STATE");
	realm_end(&realm);
}
