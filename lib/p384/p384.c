/* SPDX-License-Identifier: BSD-3-Clause */
/* ECDSA over P-384 of p384.h. Owns the curve's parameters and table, which p384_init() makes. */
#include <p384.h>
#include <errno.h>
#include <string.h>
#include <mbedtls/ecdsa.h>

/* Read only after p384_init(): shared by all CPUs without a lock. */
static mbedtls_ecp_group curve;

/* Source of blinding values: the caller's, else SHA-384(d, digest, counter). */
struct blinding {
	p384_random_fn random;
	void *arg;
	const uint8_t *d;
	const uint8_t *digest;
	uint64_t counter;
};

static void derive_block(struct blinding *b, uint8_t block[SHA384_SIZE])
{
	struct hash h;

	hash_init(&h, HASH_SHA384);
	hash_update(&h, b->d, P384_SCALAR_SIZE);
	hash_update(&h, b->digest, SHA384_SIZE);
	hash_update(&h, &b->counter, sizeof(b->counter));
	hash_final(&h, block);
	b->counter++;
}

static int blind(void *arg, unsigned char *buf, size_t len)
{
	struct blinding *b = arg;
	uint8_t block[SHA384_SIZE];
	size_t part;

	if (b->random && b->random(b->arg, buf, len) == 0)
		return 0;
	for (; len != 0; buf += part, len -= part) {
		derive_block(b, block);
		part = len < sizeof(block) ? len : sizeof(block);
		memcpy(buf, block, part);
	}
	return 0;
}

static int to_errno(int ret)
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
	struct blinding b = {.d = d, .digest = no_digest};
	mbedtls_mpi scalar;
	int ret;

	mbedtls_mpi_init(&scalar);
	ret = mbedtls_mpi_read_binary(&scalar, d, P384_SCALAR_SIZE);
	if (ret == 0)
		ret = mbedtls_ecp_mul(&curve, r, &scalar, &curve.G, blind, &b);
	mbedtls_mpi_free(&scalar);
	return ret;
}

int p384_init(void)
{
	static const uint8_t one[P384_SCALAR_SIZE] = {[P384_SCALAR_SIZE - 1] = 1};
	mbedtls_ecp_point r;
	int ret;

	mbedtls_ecp_group_init(&curve);
	mbedtls_ecp_point_init(&r);
	ret = mbedtls_ecp_group_load(&curve, MBEDTLS_ECP_DP_SECP384R1);
	if (ret == 0)
		ret = multiply_base(&r, one);
	mbedtls_ecp_point_free(&r);
	if (ret == 0 && !curve.T)
		ret = MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
	return to_errno(ret);
}

int p384_public(const uint8_t d[P384_SCALAR_SIZE], uint8_t point[P384_POINT_SIZE])
{
	mbedtls_ecp_point r;
	size_t len = 0;
	int ret;

	mbedtls_ecp_point_init(&r);
	ret = multiply_base(&r, d);
	if (ret == 0)
		ret = mbedtls_ecp_point_write_binary(&curve, &r, MBEDTLS_ECP_PF_UNCOMPRESSED, &len,
						     point, P384_POINT_SIZE);
	mbedtls_ecp_point_free(&r);
	return to_errno(ret);
}

static int write_signature(uint8_t *signature, const mbedtls_mpi *r, const mbedtls_mpi *s)
{
	int ret = mbedtls_mpi_write_binary(r, signature, P384_SIGNATURE_SIZE / 2);

	if (ret)
		return ret;
	return mbedtls_mpi_write_binary(s, signature + P384_SIGNATURE_SIZE / 2,
					P384_SIGNATURE_SIZE / 2);
}

int p384_sign(const uint8_t d[P384_SCALAR_SIZE], const uint8_t digest[SHA384_SIZE],
	      uint8_t signature[P384_SIGNATURE_SIZE], p384_random_fn random, void *arg)
{
	struct blinding b = {.random = random, .arg = arg, .d = d, .digest = digest};
	mbedtls_mpi scalar, r, s;
	int ret;

	mbedtls_mpi_init(&scalar);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	ret = mbedtls_mpi_read_binary(&scalar, d, P384_SCALAR_SIZE);
	if (ret == 0)
		ret = mbedtls_ecp_check_privkey(&curve, &scalar);
	if (ret == 0)
		ret = mbedtls_ecdsa_sign_det_ext(&curve, &r, &s, &scalar, digest, SHA384_SIZE,
						 MBEDTLS_MD_SHA384, blind, &b);
	if (ret == 0)
		ret = write_signature(signature, &r, &s);
	if (ret != 0)
		memset(signature, 0, P384_SIGNATURE_SIZE);
	mbedtls_mpi_free(&scalar);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	return to_errno(ret);
}

static int verify(mbedtls_ecp_point *q, mbedtls_mpi *r, mbedtls_mpi *s, const uint8_t *point,
		  const uint8_t *digest, const uint8_t *signature)
{
	const size_t half = P384_SIGNATURE_SIZE / 2;
	int ret = mbedtls_ecp_point_read_binary(&curve, q, point, P384_POINT_SIZE);

	if (ret == 0)
		ret = mbedtls_ecp_check_pubkey(&curve, q);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(r, signature, half);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(s, signature + half, half);
	if (ret == 0)
		ret = mbedtls_ecdsa_verify(&curve, digest, SHA384_SIZE, q, r, s);
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
	return to_errno(ret);
}
