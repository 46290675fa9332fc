/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stand-ins for the crypto library's digest layer and HMAC-DRBG, which report failure. The
 * library's objects for elliptic curves refer to both from code that p384.h never reaches: the
 * library's own deterministic ECDSA, a generator it makes when it is given none, and TLS. With the
 * stand-ins, the code of MD2 to RIPEMD-160 and more stays out of the image. The functions are
 * declared in the library's mbedtls/md.h and hmac_drbg.h, 2.28.
 */
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/md.h>
#include <string.h>

#define FAIL MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE

const int *mbedtls_md_list(void)
{
	static const int none = MBEDTLS_MD_NONE;

	return &none;
}

const mbedtls_md_info_t *mbedtls_md_info_from_type(mbedtls_md_type_t type)
{
	return NULL;
}

unsigned char mbedtls_md_get_size(const mbedtls_md_info_t *info)
{
	return 0;
}

mbedtls_md_type_t mbedtls_md_get_type(const mbedtls_md_info_t *info)
{
	return MBEDTLS_MD_NONE;
}

void mbedtls_md_init(mbedtls_md_context_t *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_md_free(mbedtls_md_context_t *ctx)
{
}

int mbedtls_md_setup(mbedtls_md_context_t *ctx, const mbedtls_md_info_t *info, int hmac)
{
	return FAIL;
}

int mbedtls_md_clone(mbedtls_md_context_t *dst, const mbedtls_md_context_t *src)
{
	return FAIL;
}

int mbedtls_md_starts(mbedtls_md_context_t *ctx)
{
	return FAIL;
}

int mbedtls_md_update(mbedtls_md_context_t *ctx, const unsigned char *data, size_t len)
{
	return FAIL;
}

int mbedtls_md_finish(mbedtls_md_context_t *ctx, unsigned char *output)
{
	return FAIL;
}

int mbedtls_md_hmac_reset(mbedtls_md_context_t *ctx)
{
	return FAIL;
}

void mbedtls_hmac_drbg_init(mbedtls_hmac_drbg_context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_hmac_drbg_free(mbedtls_hmac_drbg_context *ctx)
{
}

int mbedtls_hmac_drbg_seed_buf(mbedtls_hmac_drbg_context *ctx, const mbedtls_md_info_t *info,
			       const unsigned char *data, size_t len)
{
	return FAIL;
}

int mbedtls_hmac_drbg_update_ret(mbedtls_hmac_drbg_context *ctx, const unsigned char *data,
				 size_t len)
{
	return FAIL;
}

int mbedtls_hmac_drbg_random(void *ctx, unsigned char *out, size_t len)
{
	return FAIL;
}
