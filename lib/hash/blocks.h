/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Block functions behind hash.h; for lib/hash/ only. Each hashes `blocks` whole blocks (64 or 128
 * bytes) into the chaining state, which is in native byte order.
 */
#ifndef LIB_HASH_BLOCKS_H
#define LIB_HASH_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The choice of the build and, on arm64, of the CPU: select_arm64.c, select_openssl.c or
 * select_native.c.
 */
void sha256_blocks(uint32_t state[8], const uint8_t *data, size_t blocks);
void sha512_blocks(uint64_t state[8], const uint8_t *data, size_t blocks);

/* Plain C, with small stack frames: signatures hash deep inside a coroutine's 3 KiB. */
void sha256_blocks_c(uint32_t state[8], const uint8_t *data, size_t blocks);
void sha512_blocks_c(uint64_t state[8], const uint8_t *data, size_t blocks);

/* FEAT_SHA256 and FEAT_SHA512; blocks must not be 0. */
void sha256_blocks_cpu(uint32_t state[8], const uint8_t *data, size_t blocks);
void sha512_blocks_cpu(uint64_t state[8], const uint8_t *data, size_t blocks);

/*
 * Blocks of nothing but zeroes, which need no memory. The message schedule of such a block is zero
 * as well, so half of the work falls away.
 */
void sha256_zero_blocks(uint32_t state[8], size_t blocks);
void sha256_zero_blocks_c(uint32_t state[8], size_t blocks);
void sha256_zero_blocks_cpu(uint32_t state[8], size_t blocks); /* FEAT_SHA256; not 0 blocks */

/* constants.c */
extern const uint32_t sha256_k[64];
extern const uint64_t sha512_k[80];

#endif
