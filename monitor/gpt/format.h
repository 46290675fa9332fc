/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sizes of the Granule Protection Table with 4 KiB granules (DDI0487 D9.2). The boot stage plans
 * its memory by them, gpt.c writes it.
 */
#ifndef MONITOR_GPT_FORMAT_H
#define MONITOR_GPT_FORMAT_H

#include <stdint.h>

/* GPCCR_EL3.PPS, 0 to 6: the number of physical address bits the table covers. */
#define GPT_PPS_VALUES 7

static inline uint32_t gpt_pps_bits(uint32_t pps)
{
	static const uint8_t bits[GPT_PPS_VALUES] = {32, 36, 40, 42, 44, 48, 52};

	return bits[pps];
}

/* Entries of the L0 table, each for 2^l0_shift bytes. */
static inline uint64_t gpt_l0_entries(uint32_t pps, uint32_t l0_shift)
{
	return gpt_pps_bits(pps) > l0_shift ? UINT64_C(1) << (gpt_pps_bits(pps) - l0_shift) : 1;
}

/* Bytes of the L1 table of one L0 entry: 4 bits a granule. Aligned to its size. */
static inline uint64_t gpt_l1_size(uint32_t l0_shift)
{
	return UINT64_C(1) << (l0_shift - 12 - 1);
}

#endif
