/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Block functions by the crypto library's plain C: all there is natively, and what firmware uses
 * on a CPU without the SHA instructions.
 */
#include <string.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "blocks.h"

void sha256_blocks_mbedtls(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	mbedtls_sha256_context ctx;

	mbedtls_sha256_init(&ctx);
	memcpy(ctx.state, state, sizeof(ctx.state));
	for (; blocks != 0; blocks--, data += 64)
		mbedtls_internal_sha256_process(&ctx, data);
	memcpy(state, ctx.state, sizeof(ctx.state));
}

void sha512_blocks_mbedtls(uint64_t state[8], const uint8_t *data, size_t blocks)
{
	mbedtls_sha512_context ctx;

	mbedtls_sha512_init(&ctx);
	memcpy(ctx.state, state, sizeof(ctx.state));
	for (; blocks != 0; blocks--, data += 128)
		mbedtls_internal_sha512_process(&ctx, data);
	memcpy(state, ctx.state, sizeof(ctx.state));
}
