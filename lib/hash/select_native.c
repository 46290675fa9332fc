/* SPDX-License-Identifier: BSD-3-Clause */
/* Block functions of a native build: plain C. */
#include "blocks.h"

void sha256_blocks(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	sha256_blocks_c(state, data, blocks);
}

void sha512_blocks(uint64_t state[8], const uint8_t *data, size_t blocks)
{
	sha512_blocks_c(state, data, blocks);
}

void sha256_zero_blocks(uint32_t state[8], size_t blocks)
{
	sha256_zero_blocks_c(state, blocks);
}
