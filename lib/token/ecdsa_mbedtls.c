/* SPDX-License-Identifier: BSD-3-Clause */
/* Points and ECDSA (ecdsa.h) over Debian's libmbedcrypto. */
#include <mbedtls/ecdsa.h>
#include <token/signature.h>

#include "lib/token/ecdsa.h"

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

bool ecdsa_good(const struct token_key *key, const uint8_t *digest, const uint8_t *signature)
{
	const struct token_curve_info *curve = &token_curves[key->curve];
	struct ecdsa e;
	int ret;

	ecdsa_init(&e);
	ret = load_key(&e, key);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(&e.r, signature, curve->coordinate);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(&e.s, signature + curve->coordinate,
					      curve->coordinate);
	if (ret == 0)
		ret = mbedtls_ecdsa_verify(&e.group, digest, hash_size(curve->hash), &e.q, &e.r,
					   &e.s);
	ecdsa_free(&e);
	return ret == 0;
}
