/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures of COSE_Sign1, see token/signature.h: what is signed, and by which algorithm. */
#include <cbor.h>
#include <token/signature.h>

#include "lib/token/ecdsa.h"

#define HEAD_MAX 16

static void hash_string(struct hash *h, const uint8_t *data, size_t len)
{
	uint8_t head[HEAD_MAX];
	struct cbor c;

	cbor_init(&c, head, sizeof(head));
	cbor_bytes_head(&c, len);
	hash_update(h, head, cbor_finish(&c));
	hash_update(h, data, len);
}

/* [ "Signature1", protected, external_aad, payload ] */
void token_sign1_digest(const struct token_sign1 *sign1, enum hash_alg alg, uint8_t *digest)
{
	uint8_t start[HEAD_MAX];
	struct hash h;
	struct cbor c;

	cbor_init(&c, start, sizeof(start));
	cbor_array(&c, 4);
	cbor_text(&c, "Signature1");
	hash_init(&h, alg);
	hash_update(&h, start, cbor_finish(&c));
	hash_string(&h, sign1->protected.data, sign1->protected.len);
	hash_string(&h, NULL, 0);
	hash_string(&h, sign1->payload.data, sign1->payload.len);
	hash_final(&h, digest);
}

bool token_signature_good(const struct token_sign1 *sign1, const struct token_key *key)
{
	const struct token_curve_info *curve = &token_curves[key->curve];
	uint8_t digest[HASH_SIZE_MAX];

	if (sign1->curve != key->curve || sign1->signature.len != 2 * curve->coordinate)
		return false;
	token_sign1_digest(sign1, curve->hash, digest);
	return ecdsa_good(key, digest, sign1->signature.data);
}
