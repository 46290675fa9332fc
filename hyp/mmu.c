/* SPDX-License-Identifier: BSD-3-Clause */
/* Translation tables of hyp, see mmu.h. DDI0487 D8 (VMSAv8-64). */
#include <sysreg.h>
#include <util.h>

#include "hyp/hyp.h"
#include "hyp/mmu.h"

#define ENTRIES	   512
#define TABLES	   24
#define BLOCK_SIZE MIB(2)

#define DESC_VALID  BIT(0)
#define DESC_TABLE  BIT(1) /* above level 3; at level 3 a page */
#define DESC_DEVICE BIT(2)
#define DESC_RO	    BIT(7)
#define DESC_INNER  (UINT64_C(3) << 8)
#define DESC_AF	    BIT(10)
#define DESC_PXN    BIT(53)
#define DESC_UXN    BIT(54)
#define DESC_PA	    MASK(47, 12)

#define MAIR_VALUE  0x04ff /* 0: Normal write-back; 1: Device-nGnRE */
#define TCR_T0SZ    16
#define TCR_WB	    (UINT64_C(0x35) << 8) /* walks: write-back, inner shareable */
#define TCR_EPD1    BIT(23)
#define TCR_TG1_4K  (UINT64_C(2) << 30)
#define TCR_IPS(pa) ((uint64_t)(pa) << 32)
#define PARANGE_48  5
/* RES1 of SCTLR_EL2 with E2H; nTLSMD, LSMAOE; I, SA, C, M. No WXN: boot code runs from data. */
#define SCTLR_ON    0x30d0180d
#define HCR_E2H	    BIT(34)
#define HCR_RW	    BIT(31)

/* start.S reads it with the MMU off. */
struct mmu_regs {
	uint64_t hcr, mair, tcr, ttbr0, sctlr;
} mmu_regs;

_Static_assert(offsetof(struct mmu_regs, hcr) == MMU_HCR, "");
_Static_assert(offsetof(struct mmu_regs, mair) == MMU_MAIR, "");
_Static_assert(offsetof(struct mmu_regs, tcr) == MMU_TCR, "");
_Static_assert(offsetof(struct mmu_regs, ttbr0) == MMU_TTBR0, "");
_Static_assert(offsetof(struct mmu_regs, sctlr) == MMU_SCTLR, "");

static uint64_t tables[TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned int tables_used;

static const uint64_t attributes[] = {
	[MMU_CODE] = DESC_RO | DESC_INNER | DESC_UXN,
	[MMU_RODATA] = DESC_RO | DESC_INNER | DESC_UXN | DESC_PXN,
	[MMU_DATA] = DESC_INNER | DESC_UXN | DESC_PXN,
	[MMU_ALL] = DESC_INNER | DESC_UXN,
	[MMU_DEVICE] = DESC_DEVICE | DESC_UXN | DESC_PXN,
};

void mmu_init(void)
{
	uint64_t parange = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	if (parange > PARANGE_48)
		parange = PARANGE_48;
	tables_used = 1;
	mmu_regs = (struct mmu_regs){
		.hcr = HCR_E2H | HCR_RW,
		.mair = MAIR_VALUE,
		.tcr = TCR_T0SZ | TCR_WB | TCR_EPD1 | TCR_TG1_4K | TCR_IPS(parange),
		.ttbr0 = (uint64_t)tables[0],
		.sctlr = SCTLR_ON,
	};
}

/* The entry of the address at a level, with the tables above it; NULL: no table is left, or a block
 * would cover one. */
static uint64_t *find_entry(uint64_t pa, int level)
{
	uint64_t *table = tables[0];
	unsigned int shift = 39;

	for (int l = 0;; l++, shift -= 9) {
		uint64_t *entry = &table[pa >> shift & (ENTRIES - 1)];
		bool is_table = (*entry & DESC_VALID) && (*entry & DESC_TABLE);

		if (l == 3 || (*entry && !is_table))
			return entry;
		if (l == level)
			return is_table ? NULL : entry;
		if (!*entry) {
			if (tables_used == TABLES)
				return NULL;
			*entry = (uint64_t)tables[tables_used++] | DESC_VALID | DESC_TABLE;
		}
		table = (uint64_t *)(*entry & DESC_PA);
	}
}

bool mmu_map(enum mmu_kind kind, uint64_t pa, uint64_t size)
{
	uint64_t end = align_up(pa + size, GRANULE_SIZE);

	for (pa = align_down(pa, GRANULE_SIZE); pa < end;) {
		bool block = is_aligned(pa, BLOCK_SIZE) && end - pa >= BLOCK_SIZE;
		uint64_t *entry = find_entry(pa, block ? 2 : 3);

		if (!entry)
			return false;
		if (!*entry)
			*entry = pa | attributes[kind] | DESC_AF | DESC_VALID |
				 (block ? 0 : DESC_TABLE);
		pa += block ? BLOCK_SIZE : GRANULE_SIZE;
	}
	dsb(ishst);
	isb();
	return true;
}

void clean_to_memory(uint64_t pa, uint64_t size)
{
	uint64_t line = UINT64_C(4) << FIELD(read_sysreg(ctr_el0), 19, 16);
	uint64_t end = pa + size;

	for (pa = align_down(pa, line); pa < end; pa += line)
		dc(civac, pa);
	dsb(sy);
}
