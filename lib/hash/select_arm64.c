/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Block functions of arm64: the CPU's SHA instructions where it has them. The ID register is read
 * each time, so there is no state to set up and CPUs may differ. Linux lets programs read it, too.
 */
#include "blocks.h"

/* ID_AA64ISAR0_EL1.SHA2, bits [15:12]: 1 FEAT_SHA256, 2 FEAT_SHA512 as well. */
static unsigned int sha2_level(void)
{
	uint64_t isar0;

	__asm__("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
	return (isar0 >> 12) & 0xf;
}

void sha256_blocks(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	if (sha2_level() >= 1)
		sha256_blocks_cpu(state, data, blocks);
	else
		sha256_blocks_c(state, data, blocks);
}

void sha512_blocks(uint64_t state[8], const uint8_t *data, size_t blocks)
{
	if (sha2_level() >= 2)
		sha512_blocks_cpu(state, data, blocks);
	else
		sha512_blocks_c(state, data, blocks);
}

void sha256_zero_blocks(uint32_t state[8], size_t blocks)
{
	if (sha2_level() >= 1)
		sha256_zero_blocks_cpu(state, blocks);
	else
		sha256_zero_blocks_c(state, blocks);
}
