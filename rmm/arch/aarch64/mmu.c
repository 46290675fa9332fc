/* SPDX-License-Identifier: BSD-3-Clause */
/* Translation tables of the RMM itself, see mmu.h. DDI0487 D8 (VMSAv8-64). */
#include <sysreg.h>

#include "rmm/arch/aarch64/mmu.h"

#define LEVEL_LEAF 3
#define ENTRIES	   512
/* One root, for each bank and window two tables at each end, and for each 512 GiB one. */
#define TABLES	   64

#define DESC_VALID    BIT(0)
#define DESC_TABLE    BIT(1) /* above level 3; at level 3 a page */
#define DESC_DEVICE   (UINT64_C(1) << 2)
#define DESC_NS	      BIT(5)
#define DESC_RO	      BIT(7)
#define DESC_INNER    (UINT64_C(3) << 8)
#define DESC_AF	      BIT(10)
#define DESC_PXN      BIT(53)
#define DESC_UXN      BIT(54)
#define DESC_GUARD    BIT(55) /* ours, and not valid: nothing is mapped here later either */
#define DESC_PA	      MASK(47, 12)
#define MAIR_VALUE    0x04ff /* 0: Normal write-back; 1: Device-nGnRE */
#define TCR_T0SZ      (64 - MMU_VA_BITS)
#define TCR_WB_INNER  (UINT64_C(0x35) << 8) /* walks: write-back, inner shareable */
#define TCR_EPD1      BIT(23)
#define TCR_TG1_4K    (UINT64_C(2) << 30)
#define TCR_IPS_SHIFT 32
#define PARANGE_48    5

static uint64_t tables[TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned int tables_used = 1; /* the first is the root */

static const uint64_t attributes[] = {
	[MMU_GUARD] = DESC_GUARD,
	[MMU_CODE] = DESC_RO | DESC_INNER | DESC_UXN,
	[MMU_RODATA] = DESC_RO | DESC_INNER | DESC_UXN | DESC_PXN,
	[MMU_DATA] = DESC_INNER | DESC_UXN | DESC_PXN,
	[MMU_DATA_NS] = DESC_INNER | DESC_UXN | DESC_PXN | DESC_NS,
	[MMU_DEVICE_NS] = DESC_DEVICE | DESC_UXN | DESC_PXN | DESC_NS,
};

static unsigned int level_shift(int level)
{
	return GRANULE_SHIFT + 9 * (unsigned int)(LEVEL_LEAF - level);
}

static bool is_table(uint64_t entry, int level)
{
	return level < LEVEL_LEAF && (entry & DESC_VALID) && (entry & DESC_TABLE);
}

/* The table an entry above level 3 refers to, made if the entry is empty; NULL: none, or taken. */
static uint64_t *next_table(uint64_t *entry, int level)
{
	if (is_table(*entry, level))
		return (uint64_t *)(*entry & DESC_PA);
	if (*entry || tables_used == TABLES)
		return NULL;
	*entry = (uint64_t)tables[tables_used] | DESC_VALID | DESC_TABLE;
	return tables[tables_used++];
}

/* Level of the largest block at va = pa (mod 1 GiB) that is within size. Blocks: 1 GiB, 2 MiB. */
static int block_level(uint64_t pa, uint64_t size)
{
	int level = 1;

	while (level < LEVEL_LEAF &&
	       (!is_aligned(pa, BIT(level_shift(level))) || size < BIT(level_shift(level))))
		level++;
	return level;
}

/* Maps at *level, or below where something is mapped already; then *level says where. */
static bool map_block(uint64_t va, uint64_t pa, int *level, uint64_t attr)
{
	uint64_t *entry = &tables[0][va >> level_shift(0) & (ENTRIES - 1)];
	int l = 0;

	while (l < *level || is_table(*entry, l)) {
		uint64_t *table = next_table(entry, l);

		if (!table)
			return false;
		l++;
		entry = &table[va >> level_shift(l) & (ENTRIES - 1)];
	}
	*level = l;
	if (*entry)
		return true;
	*entry = attr == DESC_GUARD
			 ? DESC_GUARD
			 : pa | attr | DESC_AF | DESC_VALID | (l == LEVEL_LEAF ? DESC_TABLE : 0);
	return true;
}

bool mmu_map(enum mmu_kind kind, uint64_t pa, uint64_t size)
{
	uint64_t window = attributes[kind] & DESC_NS ? MMU_NS_WINDOW : 0;

	while (size) {
		int level = block_level(pa, size);

		if (!map_block(window + pa, pa, &level, attributes[kind]))
			return false;
		pa += BIT(level_shift(level));
		size -= BIT(level_shift(level));
	}
	return true;
}

uint64_t mmu_ttbr0(void)
{
	return (uint64_t)tables[0];
}

uint64_t mmu_tcr(void)
{
	uint64_t parange = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	if (parange > PARANGE_48)
		parange = PARANGE_48;
	return TCR_T0SZ | TCR_WB_INNER | TCR_EPD1 | TCR_TG1_4K | parange << TCR_IPS_SHIFT;
}

uint64_t mmu_mair(void)
{
	return MAIR_VALUE;
}
