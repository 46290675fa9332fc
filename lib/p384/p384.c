/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys and signatures of p384.h. Owns the curve's parameters and table, which p384_init() makes. */
#include <p384.h>
#include <errno.h>
#include <string.h>
#include <mbedtls/ecdsa.h>

#include "curve.h"
#include "nonce.h"

mbedtls_ecp_group p384_curve;

int p384_errno(int ret)
{
	switch (ret) {
	case 0:
		return 0;
	case MBEDTLS_ERR_MPI_ALLOC_FAILED:
	case MBEDTLS_ERR_ECP_ALLOC_FAILED:
		return -ENOMEM;
	case MBEDTLS_ERR_ECP_VERIFY_FAILED:
		return -EBADMSG;
	default:
		return -EINVAL;
	}
}

/* R = d G, for d in [1, n). */
static int multiply_base(mbedtls_ecp_point *r, const uint8_t d[P384_SCALAR_SIZE])
{
	static const uint8_t no_digest[SHA384_SIZE];
	struct nonce blinding;
	mbedtls_mpi scalar;
	int ret;

	nonce_init(&blinding, d, no_digest, NULL, NULL);
	mbedtls_mpi_init(&scalar);
	ret = mbedtls_mpi_read_binary(&scalar, d, P384_SCALAR_SIZE);
	if (ret == 0)
		ret = mbedtls_ecp_mul(&p384_curve, r, &scalar, &p384_curve.G, nonce_bytes,
				      &blinding);
	mbedtls_mpi_free(&scalar);
	nonce_wipe(&blinding);
	return ret;
}

int p384_init(void)
{
	static const uint8_t one[P384_SCALAR_SIZE] = {[P384_SCALAR_SIZE - 1] = 1};
	mbedtls_ecp_point r;
	int ret;

	mbedtls_ecp_group_init(&p384_curve);
	mbedtls_ecp_point_init(&r);
	ret = mbedtls_ecp_group_load(&p384_curve, MBEDTLS_ECP_DP_SECP384R1);
	if (ret == 0)
		ret = multiply_base(&r, one);
	mbedtls_ecp_point_free(&r);
	if (ret == 0 && !p384_curve.T)
		ret = MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
	return p384_errno(ret);
}

int p384_public(const uint8_t d[P384_SCALAR_SIZE], uint8_t point[P384_POINT_SIZE])
{
	mbedtls_ecp_point r;
	size_t len = 0;
	int ret;

	mbedtls_ecp_point_init(&r);
	ret = multiply_base(&r, d);
	if (ret == 0)
		ret = mbedtls_ecp_point_write_binary(&p384_curve, &r, MBEDTLS_ECP_PF_UNCOMPRESSED,
						     &len, point, P384_POINT_SIZE);
	mbedtls_ecp_point_free(&r);
	return p384_errno(ret);
}

static int write_signature(uint8_t *signature, const mbedtls_mpi *r, const mbedtls_mpi *s)
{
	int ret = mbedtls_mpi_write_binary(r, signature, P384_SIGNATURE_SIZE / 2);

	if (ret)
		return ret;
	return mbedtls_mpi_write_binary(s, signature + P384_SIGNATURE_SIZE / 2,
					P384_SIGNATURE_SIZE / 2);
}

/* RFC 6979 section 2.3.4: the digest as a number modulo the order. */
static int reduce_digest(const uint8_t digest[SHA384_SIZE], uint8_t reduced[SHA384_SIZE])
{
	mbedtls_mpi h;
	int ret;

	mbedtls_mpi_init(&h);
	ret = mbedtls_mpi_read_binary(&h, digest, SHA384_SIZE);
	if (ret == 0)
		ret = mbedtls_mpi_mod_mpi(&h, &h, &p384_curve.N);
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&h, reduced, SHA384_SIZE);
	mbedtls_mpi_free(&h);
	return ret;
}

/*
 * The library's plain ECDSA takes the nonce from the generator first, and blinding values after
 * that. In another order the nonce would be another one, but still secret and deterministic.
 */
static int sign(mbedtls_mpi *scalar, struct nonce *nonce, const uint8_t *digest, uint8_t *signature)
{
	mbedtls_mpi r, s;
	int ret;

	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	ret = mbedtls_ecdsa_sign(&p384_curve, &r, &s, scalar, digest, SHA384_SIZE, nonce_bytes,
				 nonce);
	if (ret == 0)
		ret = write_signature(signature, &r, &s);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	return ret;
}

int p384_sign(const uint8_t d[P384_SCALAR_SIZE], const uint8_t digest[SHA384_SIZE],
	      uint8_t signature[P384_SIGNATURE_SIZE], p384_random_fn random, void *arg)
{
	uint8_t reduced[SHA384_SIZE];
	struct nonce nonce = {0};
	mbedtls_mpi scalar;
	int ret;

	mbedtls_mpi_init(&scalar);
	ret = mbedtls_mpi_read_binary(&scalar, d, P384_SCALAR_SIZE);
	if (ret == 0)
		ret = mbedtls_ecp_check_privkey(&p384_curve, &scalar);
	if (ret == 0)
		ret = reduce_digest(digest, reduced);
	if (ret == 0) {
		nonce_init(&nonce, d, reduced, random, arg);
		ret = sign(&scalar, &nonce, digest, signature);
	}
	if (ret != 0)
		memset(signature, 0, P384_SIGNATURE_SIZE);
	mbedtls_mpi_free(&scalar);
	nonce_wipe(&nonce);
	return p384_errno(ret);
}
