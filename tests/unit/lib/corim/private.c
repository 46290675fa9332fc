/* SPDX-License-Identifier: BSD-3-Clause */
/* See private.h. */
#include <mbedtls/pk.h>

#include "private.h"
#include "tests/unit/lib/unit.h"

#define SCALAR 77

static const mbedtls_ecp_group_id groups[TOKEN_CURVES] = {
	MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1};

static int no_random(void *arg, unsigned char *out, size_t size)
{
	memset(out, 0x5a, size);
	return 0;
}

static mbedtls_ecp_keypair *pair_init(mbedtls_pk_context *pk, enum token_curve curve)
{
	mbedtls_ecp_keypair *pair;

	mbedtls_pk_init(pk);
	assert_int_equal(mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)), 0);
	pair = mbedtls_pk_ec(*pk);
	assert_int_equal(mbedtls_ecp_group_load(&pair->grp, groups[curve]), 0);
	return pair;
}

static void take_public(const mbedtls_ecp_keypair *pair, enum token_curve curve,
			struct token_key *public)
{
	uint8_t point[TOKEN_POINT_MAX];
	size_t len;

	assert_int_equal(mbedtls_ecp_point_write_binary(&pair->grp, &pair->Q,
							MBEDTLS_ECP_PF_UNCOMPRESSED, &len, point,
							sizeof(point)),
			 0);
	token_key_set(public, curve, point + 1, point + 1 + token_curves[curve].coordinate);
}

static size_t write_der(mbedtls_pk_context *pk, uint8_t file[PRIVATE_MAX])
{
	int len = mbedtls_pk_write_key_der(pk, file, PRIVATE_MAX);

	assert_true(len > 0);
	memmove(file, file + PRIVATE_MAX - len, (size_t)len);
	return (size_t)len;
}

size_t private_key(enum token_curve curve, bool pem, uint8_t file[PRIVATE_MAX],
		   struct token_key *public)
{
	mbedtls_pk_context pk;
	mbedtls_ecp_keypair *pair = pair_init(&pk, curve);
	size_t len;

	assert_int_equal(mbedtls_mpi_lset(&pair->d, SCALAR), 0);
	assert_int_equal(
		mbedtls_ecp_mul(&pair->grp, &pair->Q, &pair->d, &pair->grp.G, no_random, NULL), 0);
	take_public(pair, curve, public);
	if (pem) {
		assert_int_equal(mbedtls_pk_write_key_pem(&pk, file, PRIVATE_MAX), 0);
		len = strlen((char *)file);
	} else {
		len = write_der(&pk, file);
	}
	mbedtls_pk_free(&pk);
	return len;
}

void public_pem(const struct token_key *key, char pem[PRIVATE_MAX])
{
	mbedtls_pk_context pk;
	mbedtls_ecp_keypair *pair = pair_init(&pk, key->curve);

	assert_int_equal(mbedtls_ecp_point_read_binary(&pair->grp, &pair->Q, key->point,
						       token_point_size(key)),
			 0);
	assert_int_equal(mbedtls_pk_write_pubkey_pem(&pk, (uint8_t *)pem, PRIVATE_MAX), 0);
	mbedtls_pk_free(&pk);
}
