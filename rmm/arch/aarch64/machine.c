/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the ID registers. See machine.h. */
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/arch.h"
#include "rmm/run/trap.h"

struct machine_features machine;
size_t arch_zva_size;

#define DCZID_DZP    BIT(4)
#define DCZID_BS(v)  FIELD(v, 3, 0)
#define FIELD_ABSENT 0xf
#define PMU_IMPDEF   0xf
#define SCR_SCXT     BIT(25)
#define SCR_FGT	     BIT(27)
#define SCR_HCX	     BIT(38)
#define SCR_TP2	     BIT(41)
#define SCR_TCR2     BIT(43)
#define SCR_SCTLR2   BIT(44)
#define SCR_PIE	     BIT(45)
#define L0GPTSZ_1GIB 0
#define PPS_48	     5

static const uint8_t pa_bits[] = {32, 36, 40, 42, 44, 48, 52};

#define READ_ROW(crm)                                                                              \
	{                                                                                          \
		run_id_regs[crm - 4][0] = read_sysreg(S3_0_C0_C##crm##_0);                         \
		run_id_regs[crm - 4][1] = read_sysreg(S3_0_C0_C##crm##_1);                         \
		run_id_regs[crm - 4][2] = read_sysreg(S3_0_C0_C##crm##_2);                         \
		run_id_regs[crm - 4][3] = read_sysreg(S3_0_C0_C##crm##_3);                         \
		run_id_regs[crm - 4][4] = read_sysreg(S3_0_C0_C##crm##_4);                         \
		run_id_regs[crm - 4][5] = read_sysreg(S3_0_C0_C##crm##_5);                         \
		run_id_regs[crm - 4][6] = read_sysreg(S3_0_C0_C##crm##_6);                         \
		run_id_regs[crm - 4][7] = read_sysreg(S3_0_C0_C##crm##_7);                         \
	}

static void clear_field(enum run_id reg, unsigned int low)
{
	*run_id_reg(reg) &= ~(UINT64_C(0xf) << low);
}

static uint64_t id_field(enum run_id reg, unsigned int low)
{
	return *run_id_reg(reg) >> low & 0xf;
}

/* Features that EL3 keeps from the Realm world count as absent. */
static void hide_what_el3_disables(void)
{
	struct el3_enabled enabled =
		el3_enabled(id_field(RUN_ID_PFR0, 32) != 0, id_field(RUN_ID_PFR1, 24) != 0);
	uint64_t scr = enabled.scr;

	if (!(scr & SCR_FGT))
		clear_field(RUN_ID_MMFR0, 56);
	if (!(scr & SCR_SCXT))
		clear_field(RUN_ID_PFR0, 56);
	if (!(scr & SCR_HCX))
		clear_field(RUN_ID_ISAR2, 16);
	if (!(scr & SCR_TCR2) || !(scr & SCR_HCX))
		clear_field(RUN_ID_MMFR3, 0);
	if (!(scr & SCR_SCTLR2) || !(scr & SCR_HCX))
		clear_field(RUN_ID_MMFR3, 4);
	if (!(scr & SCR_PIE)) {
		clear_field(RUN_ID_MMFR3, 8);
		clear_field(RUN_ID_MMFR3, 12);
		clear_field(RUN_ID_MMFR3, 16);
		clear_field(RUN_ID_MMFR3, 20);
	}
	if (!enabled.sve)
		clear_field(RUN_ID_PFR0, 32);
	machine.tpidr2 = (scr & SCR_TP2) && id_field(RUN_ID_PFR1, 24);
	if (!enabled.sme)
		clear_field(RUN_ID_PFR1, 24);
}

/* Longest vector of EL2, as a number of quadwords minus one. */
static uint8_t sve_vl_max(void)
{
	uint64_t bytes, cptr = read_sysreg(cptr_el2), zcr;

	write_sysreg(cptr_el2, cptr | CPTR_FPEN | CPTR_ZEN);
	isb();
	/* ZCR_EL2 is the host's: EL3 does not switch it. */
	zcr = read_sysreg(ZCR_EL2);
	write_sysreg(ZCR_EL2, 0xf);
	isb();
	bytes = fp_vl();
	write_sysreg(ZCR_EL2, zcr);
	write_sysreg(cptr_el2, cptr);
	isb();
	return (uint8_t)(bytes / 16 - 1);
}

/*
 * Realms are offered 16 breakpoints and watchpoints at most: a PE with more says so in DFR1. A
 * test's RMM offers fewer, as one on another PE would.
 */
#ifndef RMM_BREAKPOINTS_MAX
#define RMM_BREAKPOINTS_MAX 16
#define RMM_WATCHPOINTS_MAX 16
#endif

/* Counts are minus one, in the field and in what is returned. */
static uint8_t limit_count(uint64_t field, unsigned int most)
{
	return field < most ? (uint8_t)field : (uint8_t)(most - 1);
}

static void init_debug_and_pmu(struct arch_features *f)
{
	uint64_t pmuver = id_field(RUN_ID_DFR0, 8);

	machine.num_bps = limit_count(id_field(RUN_ID_DFR0, 12), RMM_BREAKPOINTS_MAX);
	machine.num_wps = limit_count(id_field(RUN_ID_DFR0, 20), RMM_WATCHPOINTS_MAX);
	f->num_bps = machine.num_bps;
	f->num_wps = machine.num_wps;
	f->pmu = pmuver != 0 && pmuver != PMU_IMPDEF;
	if (!f->pmu)
		return;
	machine.pmu_counters = (uint8_t)PMCR_N(read_sysreg(pmcr_el0));
	f->pmu_num_ctrs = machine.pmu_counters;
	f->hpmn0 = id_field(RUN_ID_DFR0, 60) != 0;
}

static void init_more(void)
{
	uint64_t dczid = read_sysreg(dczid_el0);

	arch_zva_size = dczid & DCZID_DZP ? 0 : (size_t)4 << DCZID_BS(dczid);
	machine.rndr = id_field(RUN_ID_ISAR0, 60) != 0;
	machine.tlb_range = id_field(RUN_ID_ISAR0, 56) == 2;
	machine.sme = id_field(RUN_ID_PFR1, 24) != 0;
	machine.tcr2 = id_field(RUN_ID_MMFR3, 0) != 0;
	machine.sctlr2 = id_field(RUN_ID_MMFR3, 4) != 0;
	machine.s1pie = id_field(RUN_ID_MMFR3, 8) != 0;
	machine.s1poe = id_field(RUN_ID_MMFR3, 16) != 0;
	machine.s2poe = id_field(RUN_ID_MMFR3, 20) != 0;
	machine.el1_extensions = machine.tcr2 || machine.sctlr2 || machine.s1pie || machine.s1poe ||
				 machine.s2poe;
	machine.hcrx = (machine.tcr2 ? HCRX_TCR2EN : 0) | (machine.sctlr2 ? HCRX_SCTLR2EN : 0) |
		       (id_field(RUN_ID_ISAR2, 16) ? HCRX_MSCEN : 0);
}

void machine_init(void)
{
	struct arch_features *f = &arch_features;
	uint64_t tgran4, tgran4_2;

	READ_ROW(4);
	READ_ROW(5);
	READ_ROW(6);
	READ_ROW(7);
	hide_what_el3_disables();
	init_more();
	code_init(f);

	f->pa_bits = pa_bits[id_field(RUN_ID_MMFR0, 0)];
	tgran4 = id_field(RUN_ID_MMFR0, 28);
	tgran4_2 = id_field(RUN_ID_MMFR0, 40);
	f->lpa2 = tgran4 >= 1 && tgran4 != FIELD_ABSENT && (tgran4_2 == 0 || tgran4_2 == 3);
	f->vmid16 = id_field(RUN_ID_MMFR1, 4) == 2;
	f->sve = id_field(RUN_ID_PFR0, 32) != 0;
	if (f->sve)
		f->sve_vl_max = sve_vl_max();
	init_debug_and_pmu(f);
	f->gicv3_vtr = (uint32_t)read_sysreg(ICH_VTR_EL2);
	machine.num_lrs = (uint8_t)(FIELD(f->gicv3_vtr, 4, 0) + 1);
	if (!el3_gpt_info(&f->l0gptsz, &f->pps)) {
		/* The values of TF-A's platforms. Only hosts that ask depend on them. */
		f->l0gptsz = L0GPTSZ_1GIB;
		f->pps = PPS_48;
	}
}
