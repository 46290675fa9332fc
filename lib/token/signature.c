/* SPDX-License-Identifier: BSD-3-Clause */
/* Points and signatures of signature.h over Debian's libmbedcrypto. */
#include <cbor.h>
#include <mbedtls/ecdsa.h>
#include <token/signature.h>

#define HEAD_MAX 16

static const mbedtls_ecp_group_id groups[TOKEN_CURVES] = {
	[TOKEN_P256] = MBEDTLS_ECP_DP_SECP256R1,
	[TOKEN_P384] = MBEDTLS_ECP_DP_SECP384R1,
	[TOKEN_P521] = MBEDTLS_ECP_DP_SECP521R1,
};

struct ecdsa {
	mbedtls_ecp_group group;
	mbedtls_ecp_point q;
	mbedtls_mpi r, s;
};

static void ecdsa_init(struct ecdsa *e)
{
	mbedtls_ecp_group_init(&e->group);
	mbedtls_ecp_point_init(&e->q);
	mbedtls_mpi_init(&e->r);
	mbedtls_mpi_init(&e->s);
}

static void ecdsa_free(struct ecdsa *e)
{
	mbedtls_ecp_group_free(&e->group);
	mbedtls_ecp_point_free(&e->q);
	mbedtls_mpi_free(&e->r);
	mbedtls_mpi_free(&e->s);
}

static int load_key(struct ecdsa *e, const struct token_key *key)
{
	int ret = mbedtls_ecp_group_load(&e->group, groups[key->curve]);

	if (ret == 0)
		ret = mbedtls_ecp_point_read_binary(&e->group, &e->q, key->point,
						    token_point_size(key));
	if (ret == 0)
		ret = mbedtls_ecp_check_pubkey(&e->group, &e->q);
	return ret;
}

bool token_key_on_curve(const struct token_key *key)
{
	struct ecdsa e;
	int ret;

	ecdsa_init(&e);
	ret = load_key(&e, key);
	ecdsa_free(&e);
	return ret == 0;
}

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
	struct ecdsa e;
	int ret;

	if (sign1->curve != key->curve || sign1->signature.len != 2 * curve->coordinate)
		return false;
	token_sign1_digest(sign1, curve->hash, digest);
	ecdsa_init(&e);
	ret = load_key(&e, key);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(&e.r, sign1->signature.data, curve->coordinate);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(&e.s, sign1->signature.data + curve->coordinate,
					      curve->coordinate);
	if (ret == 0)
		ret = mbedtls_ecdsa_verify(&e.group, digest, hash_size(curve->hash), &e.q, &e.r,
					   &e.s);
	ecdsa_free(&e);
	return ret == 0;
}
