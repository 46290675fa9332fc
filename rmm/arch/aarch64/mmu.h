/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RMM's own translation tables (EL2&0 regime, TTBR0, 48-bit VA, 4K granule). Two flat windows:
 * Realm PAS at VA = PA, Non-secure PAS MMU_NS_WINDOW above. The image lies in the first, with its
 * own permissions. Built once, on the first CPU, with the MMU off; never changed afterwards.
 */
#ifndef RMM_AARCH64_MMU_H
#define RMM_AARCH64_MMU_H

#include "rmm/core/types.h"

#define MMU_VA_BITS   48
#define MMU_NS_WINDOW (UINT64_C(1) << 47)
/* PAs the windows have room for; also below the 48 bits that descriptors hold. */
#define MMU_PA_LIMIT  (UINT64_C(1) << 47)

enum mmu_kind {
	MMU_GUARD,     /* no access */
	MMU_CODE,      /* read, execute */
	MMU_RODATA,    /* read */
	MMU_DATA,      /* read, write */
	MMU_DATA_NS,   /* the same, Non-secure PAS */
	MMU_DEVICE_NS, /* Device-nGnRE, Non-secure PAS */
};

/*
 * Maps [pa, pa + size), multiples of 4K below MMU_PA_LIMIT, in the window of its kind, with the
 * largest blocks. What is mapped there already stays as it is, so the special goes before the
 * general: an EL3 may count the RMM's own memory as DRAM. False: out of tables, or part of a block
 * that is mapped already.
 */
bool mmu_map(enum mmu_kind kind, uint64_t pa, uint64_t size);

/* Values for TTBR0_EL2, TCR_EL2, MAIR_EL2. */
uint64_t mmu_ttbr0(void);
uint64_t mmu_tcr(void);
uint64_t mmu_mair(void);

static inline void *mmu_ns_ptr(pa_t pa)
{
	return (void *)(pa.v + MMU_NS_WINDOW);
}

#endif
