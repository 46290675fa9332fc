/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform token of token.h. Claims and their order: docs/spec/rsi.md section 6. */
#include <errno.h>
#include <string.h>
#include <token/development.h>

#include "token.h"

#define CLAIM_CHALLENGE	      10
#define CLAIM_INSTANCE_ID     256
#define CLAIM_PROFILE	      265
#define CLAIM_LIFECYCLE	      2395
#define CLAIM_IMPLEMENTATION  2396
#define CLAIM_COMPONENTS      2399
#define CLAIM_VERIFICATION    2400
#define CLAIM_CONFIG	      2401
#define CLAIM_HASH_ALGORITHM  2402
#define CLAIM_COUNT	      9
#define COMPONENT_TYPE	      1
#define COMPONENT_MEASUREMENT 2
#define COMPONENT_VERSION     4
#define COMPONENT_SIGNER      5
#define COMPONENT_ALGORITHM   6

#define PROFILE "tag:arm.com,2023:cca_platform#1.0.0"

/* "Assembly and test", 0x1000-0x10ff: no verifier takes it for secured (0x3000-0x30ff). */
#define LIFECYCLE_ASSEMBLY_AND_TEST 0x1000

#define IMPLEMENTATION_ID_SIZE 32
#define INSTANCE_ID_SIZE       33
#define CONFIG_SIZE_MAX	       160

struct claims {
	const struct token_input *in;
	uint8_t instance_id[INSTANCE_ID_SIZE]; /* 0x01, then the hash of the signing key */
	char config[CONFIG_SIZE_MAX];
};

static void encode_component(struct cbor *c, const char *type, const struct token_image *image,
			     const uint8_t *signer)
{
	cbor_map(c, 5);
	cbor_int(c, COMPONENT_TYPE);
	cbor_text(c, type);
	cbor_int(c, COMPONENT_MEASUREMENT);
	cbor_bytes(c, image->hash, SHA256_SIZE);
	cbor_int(c, COMPONENT_VERSION);
	cbor_text(c, image->version);
	cbor_int(c, COMPONENT_SIGNER);
	cbor_bytes(c, signer, SHA256_SIZE);
	cbor_int(c, COMPONENT_ALGORITHM);
	cbor_text(c, hash_name(HASH_SHA256));
}

static void encode_components(struct cbor *c, const struct claims *claims)
{
	const struct token_input *in = claims->in;

	cbor_int(c, CLAIM_COMPONENTS);
	cbor_array(c, in->rmm.hash ? 2 : 1);
	encode_component(c, "BL31/monitor", &in->monitor, claims->instance_id + 1);
	if (in->rmm.hash)
		encode_component(c, "RMM", &in->rmm, claims->instance_id + 1);
}

static void encode_claims(struct cbor *c, const void *arg)
{
	static const char implementation_id[IMPLEMENTATION_ID_SIZE] =
		"kvm-cca development platform";
	const struct claims *claims = arg;

	cbor_map(c, CLAIM_COUNT);
	cbor_int(c, CLAIM_PROFILE);
	cbor_text(c, PROFILE);
	cbor_int(c, CLAIM_CHALLENGE);
	cbor_bytes(c, claims->in->challenge, claims->in->challenge_len);
	cbor_int(c, CLAIM_IMPLEMENTATION);
	cbor_bytes(c, implementation_id, sizeof(implementation_id));
	cbor_int(c, CLAIM_INSTANCE_ID);
	cbor_bytes(c, claims->instance_id, sizeof(claims->instance_id));
	cbor_int(c, CLAIM_CONFIG);
	cbor_bytes(c, claims->config, strlen(claims->config));
	cbor_int(c, CLAIM_LIFECYCLE);
	cbor_int(c, LIFECYCLE_ASSEMBLY_AND_TEST);
	cbor_int(c, CLAIM_HASH_ALGORITHM);
	cbor_text(c, hash_name(HASH_SHA256));
	cbor_int(c, CLAIM_VERIFICATION);
	cbor_text(c, TOKEN_DEVELOPMENT_KEY);
	encode_components(c, claims);
}

/* Appends text; the longest configuration is known to fit (see write_config()). */
static char *append_text(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len + 1);
	return to + len;
}

static char *append_number(char *to, uint64_t value)
{
	char digits[21];
	size_t i = sizeof(digits) - 1;

	digits[i] = '\0';
	do {
		digits[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	return append_text(to, digits + i);
}

/* Fixed text and two numbers of at most 20 digits. */
static void write_config(char config[CONFIG_SIZE_MAX], const struct token_input *in)
{
	static const char before[] = TOKEN_DEVELOPMENT_KEY "; monitor ";
	static const char between[] = " bytes, RMM ";
	static const char after[] = " bytes";
	char *to = config;

	_Static_assert(sizeof(before) + sizeof(between) + sizeof(after) + 2 * 20 <= CONFIG_SIZE_MAX,
		       "configuration text");
	to = append_text(to, before);
	to = append_number(to, in->monitor.size);
	to = append_text(to, between);
	to = append_number(to, in->rmm.size);
	append_text(to, after);
}

int token_realm_key_challenge(const uint8_t realm_key[P384_SCALAR_SIZE], enum hash_alg alg,
			      uint8_t *challenge)
{
	uint8_t point[P384_POINT_SIZE];
	uint8_t key[COSE_KEY_P384_SIZE];
	int ret = p384_public(realm_key, point);

	if (ret)
		return ret;
	cose_key_p384(point, key);
	hash_digest(alg, key, sizeof(key), challenge);
	return 0;
}

static int sign(const void *key, const uint8_t digest[SHA384_SIZE],
		uint8_t signature[P384_SIGNATURE_SIZE])
{
	return p384_sign(key, digest, signature, NULL, NULL);
}

int token_build(const struct token_input *in, const uint8_t key[P384_SCALAR_SIZE], void *buf,
		size_t size)
{
	struct claims claims = {.in = in, .instance_id = {0x01}};
	int ret;

	if (in->challenge_len != SHA256_SIZE && in->challenge_len != SHA384_SIZE &&
	    in->challenge_len != SHA512_SIZE)
		return -EINVAL;
	ret = token_realm_key_challenge(key, HASH_SHA256, claims.instance_id + 1);
	if (ret)
		return ret;
	write_config(claims.config, in);
	return cose_sign1_build(buf, size, encode_claims, &claims, sign, key);
}
