/* SPDX-License-Identifier: BSD-3-Clause */
/* Realm token claims and the outer token, in the order of docs/spec/rsi.md section 6. */
#include "rmm/attest/claims.h"

#define CLAIM_CHALLENGE	       10
#define CLAIM_INSTANCE_ID      256
#define CLAIM_PROFILE	       265
#define CLAIM_RPV	       44235
#define CLAIM_HASH_ALGORITHM   44236
#define CLAIM_PUBLIC_KEY       44237
#define CLAIM_RIM	       44238
#define CLAIM_REMS	       44239
#define CLAIM_KEY_HASH	       44240
#define CLAIM_MEC_POLICY       44243
#define CLAIM_COUNT	       10
#define PROFILE		       "tag:arm.com,2024:realm#2.0.0"
#define TAG_CCA_TOKEN	       907
#define OUTER_PLATFORM	       44234
#define OUTER_REALM	       44241
#define CONTENT_FORMAT_EAT_CWT 263

static void encode_measurements(struct cbor *c, const struct measurements *m)
{
	size_t len = hash_size(m->alg);
	size_t i;

	cbor_int(c, CLAIM_RIM);
	cbor_bytes(c, m->slot[MEASURE_RIM], len);
	cbor_int(c, CLAIM_REMS);
	cbor_array(c, MEASURE_REMS);
	for (i = 1; i < MEASURE_SLOTS; i++)
		cbor_bytes(c, m->slot[i], len);
}

void claims_encode_realm(struct cbor *c, const void *arg)
{
	const struct claims_realm *realm = arg;
	const struct attest_claims *claims = realm->claims;

	cbor_map(c, CLAIM_COUNT);
	cbor_int(c, CLAIM_CHALLENGE);
	cbor_bytes(c, claims->challenge, sizeof(claims->challenge));
	cbor_int(c, CLAIM_INSTANCE_ID);
	cbor_bytes(c, claims->instance_id, sizeof(claims->instance_id));
	cbor_int(c, CLAIM_RPV);
	cbor_bytes(c, claims->rpv, sizeof(claims->rpv));
	cbor_int(c, CLAIM_PUBLIC_KEY);
	cbor_bytes(c, realm->cose_key, COSE_KEY_P384_SIZE);
	cbor_int(c, CLAIM_HASH_ALGORITHM);
	cbor_text(c, hash_name(claims->measurements.alg));
	cbor_int(c, CLAIM_KEY_HASH);
	cbor_text(c, hash_name(HASH_SHA256));
	cbor_int(c, CLAIM_MEC_POLICY);
	cbor_int(c, claims->mec_private);
	cbor_int(c, CLAIM_PROFILE);
	cbor_text(c, PROFILE);
	encode_measurements(c, &claims->measurements);
}

void claims_encode_outer(struct cbor *c, const void *arg)
{
	const struct claims_outer *outer = arg;

	cbor_tag(c, TAG_CCA_TOKEN);
	cbor_map(c, 2);
	cbor_int(c, OUTER_PLATFORM);
	cbor_array(c, 2);
	cbor_int(c, CONTENT_FORMAT_EAT_CWT);
	cbor_bytes(c, outer->platform_token, outer->platform_token_len);
	cbor_int(c, OUTER_REALM);
	cbor_array(c, 2);
	cbor_int(c, CONTENT_FORMAT_EAT_CWT);
	cbor_bytes_nested(c, cose_sign1_encode, outer->realm_token);
}
