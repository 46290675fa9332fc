/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flat maps in 1 GiB blocks, 4 KiB granule, 48-bit VA: address 0-1 GiB as Device, the rest up to
 * 512 GiB as Normal write-back. In Realm EL2 a second window shows the Non-secure PAS.
 */
#ifndef BARE_MMU_H
#define BARE_MMU_H

#include <stdint.h>

#define MMU_NS_WINDOW (UINT64_C(1) << 39) /* VA of Non-secure PA 0 in Realm EL2 */
#define MMU_LIMIT     (UINT64_C(1) << 39) /* PAs below this are mapped */

struct mmu_map {
	uint64_t l0[512];
	uint64_t l1[512];
	uint64_t l1_ns[512];
} __attribute__((aligned(4096)));

/* Fills the tables; callable with the MMU off. */
void mmu_build_el2(struct mmu_map *map, int with_ns_window);
void mmu_build_el1(struct mmu_map *map);

/* Translation, caches, vectors and no FP/SVE/SME traps at EL2 on this CPU (E2H = 0). */
void mmu_enable_el2(const struct mmu_map *map);

/* The EL1&0 regime for code at EL1, with TTBR1_EL1 at `ttbr1`; VA size 48 bits, or 52 (t1sz 12). */
void mmu_enable_el1(const struct mmu_map *map, uint64_t ttbr1, unsigned int t1sz);

#endif
