/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform token of token.h. */
#include <errno.h>
#include <string.h>

#include "monitor/boot/token.h"

#define CLAIM_CHALLENGE	      10
#define CLAIM_INSTANCE_ID     256
#define CLAIM_PROFILE	      265
#define CLAIM_CLIENT_ID	      2394
#define CLAIM_LIFECYCLE	      2395
#define CLAIM_IMPLEMENTATION  2396
#define CLAIM_COMPONENTS      2399
#define CLAIM_CONFIG	      2401
#define CLAIM_HASH_ALGORITHM  2402
#define CLAIM_COUNT	      9
#define COMPONENT_TYPE	      1
#define COMPONENT_MEASUREMENT 2
#define COMPONENT_VERSION     4
#define COMPONENT_SIGNER      5
#define COMPONENT_ALGORITHM   6

/* That of the Realm token of our RMM, and of TF-RMM's, has the same year and version. */
#define PROFILE "tag:arm.com,2024:cca_platform#2.0.0"

/* Who asked for the token: the only client there is, the security domain of Realms. */
#define CLIENT_RMSD 1

#define INSTANCE_ID_SIZE 33

struct claims {
	const struct token_input *in;
	uint8_t instance_id[INSTANCE_ID_SIZE]; /* 0x01, then the hash of the signing key */
};

static void encode_component(struct cbor *c, const struct token_image *image, const uint8_t *signer)
{
	cbor_map(c, image->version ? 5 : 4);
	cbor_int(c, COMPONENT_TYPE);
	cbor_text(c, image->type);
	cbor_int(c, COMPONENT_MEASUREMENT);
	cbor_bytes(c, image->measurement, SHA256_SIZE);
	if (image->version) {
		cbor_int(c, COMPONENT_VERSION);
		cbor_text(c, image->version);
	}
	cbor_int(c, COMPONENT_SIGNER);
	cbor_bytes(c, signer, SHA256_SIZE);
	cbor_int(c, COMPONENT_ALGORITHM);
	cbor_text(c, hash_name(HASH_SHA256));
}

static void encode_components(struct cbor *c, const struct token_input *in)
{
	cbor_int(c, CLAIM_COMPONENTS);
	cbor_array(c, in->rmm.measurement ? 2 : 1);
	encode_component(c, &in->monitor, in->signer);
	if (in->rmm.measurement)
		encode_component(c, &in->rmm, in->signer);
}

static void encode_claims(struct cbor *c, const void *arg)
{
	const struct claims *claims = arg;
	const struct token_input *in = claims->in;

	cbor_map(c, CLAIM_COUNT);
	cbor_int(c, CLAIM_PROFILE);
	cbor_text(c, PROFILE);
	cbor_int(c, CLAIM_CHALLENGE);
	cbor_bytes(c, in->challenge, in->challenge_len);
	cbor_int(c, CLAIM_CLIENT_ID);
	cbor_int(c, CLIENT_RMSD);
	cbor_int(c, CLAIM_IMPLEMENTATION);
	cbor_bytes(c, in->implementation_id, IMPLEMENTATION_ID_SIZE);
	cbor_int(c, CLAIM_INSTANCE_ID);
	cbor_bytes(c, claims->instance_id, sizeof(claims->instance_id));
	cbor_int(c, CLAIM_CONFIG);
	cbor_bytes(c, in->config, in->config_len);
	cbor_int(c, CLAIM_LIFECYCLE);
	cbor_int(c, in->lifecycle);
	cbor_int(c, CLAIM_HASH_ALGORITHM);
	cbor_text(c, hash_name(HASH_SHA256));
	encode_components(c, in);
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
	return cose_sign1_build(buf, size, encode_claims, &claims, sign, key);
}
