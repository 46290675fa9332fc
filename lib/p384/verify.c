/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Verification of p384.h. Not for parts that link lib/mbedtls_port/absent.c: the library's
 * verification blinds with a generator of its own.
 */
#include <p384.h>
#include <mbedtls/ecdsa.h>

#include "curve.h"

static int verify(mbedtls_ecp_point *q, mbedtls_mpi *r, mbedtls_mpi *s, const uint8_t *point,
		  const uint8_t *digest, const uint8_t *signature)
{
	const size_t half = P384_SIGNATURE_SIZE / 2;
	int ret = mbedtls_ecp_point_read_binary(&p384_curve, q, point, P384_POINT_SIZE);

	if (ret == 0)
		ret = mbedtls_ecp_check_pubkey(&p384_curve, q);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(r, signature, half);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(s, signature + half, half);
	if (ret == 0)
		ret = mbedtls_ecdsa_verify(&p384_curve, digest, SHA384_SIZE, q, r, s);
	return ret;
}

int p384_verify(const uint8_t point[P384_POINT_SIZE], const uint8_t digest[SHA384_SIZE],
		const uint8_t signature[P384_SIGNATURE_SIZE])
{
	mbedtls_ecp_point q;
	mbedtls_mpi r, s;
	int ret;

	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	ret = verify(&q, &r, &s, point, digest, signature);
	mbedtls_ecp_point_free(&q);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	return p384_errno(ret);
}
