/* SPDX-License-Identifier: BSD-3-Clause */
/* EL3 stage 1 tables. See mmu.h. */
#include <sysreg.h>
#include <util.h>

#include "monitor/boot/boot.h"
#include "monitor/boot/mmu.h"

#define VA_BITS	    39
#define START_LEVEL 1
#define LAST_LEVEL  3
#define ENTRIES	    512

#define DESC_VALID    BIT(0)
#define DESC_TABLE    BIT(1) /* at the last level: page */
#define DESC_ATTR(i)  ((uint64_t)(i) << 2)
#define DESC_NS	      BIT(5)
#define DESC_AP_RES1  BIT(6)
#define DESC_AP_RO    BIT(7)
#define DESC_SH_INNER (UINT64_C(3) << 8)
#define DESC_AF	      BIT(10)
#define DESC_NSE      BIT(11)
#define DESC_XN	      BIT(54)
#define DESC_ADDRESS  MASK(47, 12)

#define MAIR_DEVICE_NGNRE 0x04
#define MAIR_NORMAL_WB	  0xff

#define TCR_T0SZ      (64 - VA_BITS)
#define TCR_IRGN0_WB  BIT(8)
#define TCR_ORGN0_WB  BIT(10)
#define TCR_SH0_INNER (UINT64_C(3) << 12)
#define TCR_PS_SHIFT  16
#define TCR_PS_48     5
#define TCR_RES1      (BIT(31) | BIT(23))

static uint64_t *take_table(struct mmu_tables *tables)
{
	uint64_t table = tables->next;

	if (table + GRANULE_SIZE > tables->end)
		boot_panic("no memory left for page tables");
	tables->next += GRANULE_SIZE;
	return (uint64_t *)table;
}

void mmu_tables_init(struct mmu_tables *tables, struct region memory)
{
	tables->next = memory.base;
	tables->end = memory.base + memory.size;
	tables->root = take_table(tables);
}

static uint64_t attributes(uint32_t flags)
{
	uint64_t desc = DESC_VALID | DESC_AP_RES1 | DESC_AF | DESC_NSE;

	if (flags & MMU_NORMAL)
		desc |= DESC_ATTR(1) | DESC_SH_INNER;
	if (flags & MMU_RO)
		desc |= DESC_AP_RO;
	if (!(flags & MMU_EXEC))
		desc |= DESC_XN;
	if (flags & (MMU_NS | MMU_REALM))
		desc |= DESC_NS;
	if (flags & MMU_NS)
		desc &= ~DESC_NSE;
	return desc;
}

static uint64_t *next_table(struct mmu_tables *tables, uint64_t *entry)
{
	if (!*entry)
		*entry = (uint64_t)take_table(tables) | DESC_TABLE | DESC_VALID;
	return (uint64_t *)(*entry & DESC_ADDRESS);
}

static void map_one(struct mmu_tables *tables, uint64_t *pa, uint64_t end, uint64_t attr)
{
	uint64_t *table = tables->root;

	for (unsigned int level = START_LEVEL;; level++) {
		unsigned int shift = GRANULE_SHIFT + 9 * (LAST_LEVEL - level);
		uint64_t *entry = &table[*pa >> shift & (ENTRIES - 1)];

		if (is_aligned(*pa, BIT(shift)) && end - *pa >= BIT(shift) && !*entry) {
			*entry = *pa | attr | (level == LAST_LEVEL ? DESC_TABLE : 0);
			*pa += BIT(shift);
			return;
		}
		if (level == LAST_LEVEL)
			boot_panic("page mapped twice");
		table = next_table(tables, entry);
	}
}

void mmu_map(struct mmu_tables *tables, struct region range, uint32_t flags)
{
	uint64_t pa = range.base;
	uint64_t end = range.base + range.size;

	if (end > BIT(VA_BITS))
		boot_panic("memory above 512 GiB");
	while (pa < end)
		map_one(tables, &pa, end, attributes(flags));
}

uint64_t mmu_mair(void)
{
	return MAIR_NORMAL_WB << 8 | MAIR_DEVICE_NGNRE;
}

uint64_t mmu_tcr(void)
{
	uint64_t pa_range = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	if (pa_range > TCR_PS_48)
		pa_range = TCR_PS_48;
	return TCR_RES1 | pa_range << TCR_PS_SHIFT | TCR_SH0_INNER | TCR_ORGN0_WB | TCR_IRGN0_WB |
	       TCR_T0SZ;
}
