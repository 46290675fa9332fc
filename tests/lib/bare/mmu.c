/* SPDX-License-Identifier: BSD-3-Clause */
/* See mmu.h. Field values: DDI0487 D8 (VMSAv8-64) and the register descriptions. */
#include <stdbool.h>
#include <sysreg.h>
#include <util.h>

#include "tests/lib/bare/mmu.h"

#define DESC_BLOCK   1u
#define DESC_TABLE   3u
#define DESC_DEVICE  (1u << 2) /* MAIR attribute 1 */
#define DESC_NS	     BIT(5)
#define DESC_AP1     BIT(6) /* RES1 at EL2 without E2H */
#define DESC_SH_IS   (3u << 8)
#define DESC_AF	     BIT(10)
#define DESC_PXN     BIT(53)
#define DESC_XN	     BIT(54)
#define MAIR_DEFAULT 0x00ff /* 0: Normal write-back, 1: Device-nGnRnE */

#define TCR_CACHED_IS(shift) (UINT64_C(0x35) << (shift)) /* SH inner, ORGN and IRGN write-back */
#define TCR_PS_48	     5u
#define TCR_EL2_RES1	     (BIT(31) | BIT(23))
#define TCR_EL1_DS	     BIT(59)

#define SCTLR_EL2_RES1 0x30c50830u
#define SCTLR_EL1_RES1 0x30d00980u
#define SCTLR_MCI      0x1005u

extern const char vectors_el2[];
extern const char vectors_el1[];

static void build_window(uint64_t *l1, uint64_t attributes, uint64_t device_attributes)
{
	for (uint64_t i = 0; i < 512; i++)
		l1[i] = GIB(i) | DESC_AF | DESC_BLOCK | attributes;
	l1[0] |= DESC_DEVICE | device_attributes;
}

void mmu_build_el2(struct mmu_map *map, int with_ns_window)
{
	build_window(map->l1, DESC_AP1 | DESC_SH_IS, DESC_XN);
	map->l0[0] = (uint64_t)map->l1 | DESC_TABLE;
	if (!with_ns_window)
		return;
	build_window(map->l1_ns, DESC_AP1 | DESC_SH_IS | DESC_NS | DESC_XN, 0);
	map->l0[1] = (uint64_t)map->l1_ns | DESC_TABLE;
}

/* No SH bits in the descriptors: with 52-bit addresses they are address bits. */
void mmu_build_el1(struct mmu_map *map)
{
	build_window(map->l1, 0, DESC_PXN | DESC_XN);
	map->l0[0] = (uint64_t)map->l1 | DESC_TABLE;
}

void mmu_enable_el2(const struct mmu_map *map)
{
	write_sysreg(vbar_el2, vectors_el2);
	write_sysreg(hcr_el2, BIT(31)); /* EL1 is AArch64 */
	isb();
	write_sysreg(cptr_el2, 0x22ff); /* RES1 without TFP, TSM and TZ */
	write_sysreg(cnthctl_el2, 3);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(mair_el2, MAIR_DEFAULT);
	write_sysreg(tcr_el2, TCR_EL2_RES1 | (TCR_PS_48 << 16) | TCR_CACHED_IS(8) | 16);
	write_sysreg(ttbr0_el2, map->l0);
	dsb(sy);
	tlbi(alle2);
	dsb(sy);
	isb();
	write_sysreg(sctlr_el2, SCTLR_EL2_RES1 | SCTLR_MCI);
	isb();
}

static bool has_52_bit(void)
{
	uint64_t tgran4 = FIELD(read_sysreg(id_aa64mmfr0_el1), 31, 28);

	return tgran4 >= 1 && tgran4 < 0xf;
}

void mmu_enable_el1(const struct mmu_map *map, uint64_t ttbr1, unsigned int t1sz)
{
	write_sysreg(vbar_el1, vectors_el1);
	write_sysreg(mair_el1, MAIR_DEFAULT);
	write_sysreg(tcr_el1, (has_52_bit() ? TCR_EL1_DS : 0) | ((uint64_t)TCR_PS_48 << 32) |
				      BIT(31) /* TG1 4 KiB */ | TCR_CACHED_IS(24) |
				      ((uint64_t)t1sz << 16) | TCR_CACHED_IS(8) | 16);
	write_sysreg(ttbr0_el1, map->l0);
	write_sysreg(ttbr1_el1, ttbr1);
	write_sysreg(cpacr_el1, 0);
	write_sysreg(sctlr_el1, SCTLR_EL1_RES1 | SCTLR_MCI);
	dsb(sy);
	tlbi(alle1);
	dsb(sy);
	isb();
}
