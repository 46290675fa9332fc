/* SPDX-License-Identifier: BSD-3-Clause */
/* Per-CPU state: EL3 control registers, and both worlds as they are out of reset. */
#include <string.h>
#include <sysreg.h>
#include <util.h>

#include "monitor/include/el3.h"
#include "monitor/resident/cpu.h"

_Static_assert(offsetof(struct cpu, ns_x) == CPU_NS_X, "cpu.ns_x");
_Static_assert(offsetof(struct cpu, switched) == CPU_SWITCHED, "cpu.switched");
_Static_assert(offsetof(struct cpu, realm_x) == CPU_REALM_X, "cpu.realm_x");
_Static_assert(offsetof(struct cpu, scratch) == CPU_SCRATCH, "cpu.scratch");
_Static_assert(offsetof(struct cpu, rmm_booting) == CPU_BOOTING, "cpu.rmm_booting");
_Static_assert(offsetof(struct cpu, ns) == CPU_NS, "cpu.ns");
_Static_assert(offsetof(struct cpu, realm) == CPU_REALM, "cpu.realm");
_Static_assert(offsetof(struct world, pauth) == WORLD_PAUTH, "world.pauth");
_Static_assert(offsetof(struct world, fgt) == WORLD_FGT, "world.fgt");
_Static_assert(offsetof(struct world, fgt2) == WORLD_FGT2, "world.fgt2");
_Static_assert(offsetof(struct world, pie) == WORLD_PIE, "world.pie");
_Static_assert(offsetof(struct world, hcrx) == WORLD_HCRX, "world.hcrx");
_Static_assert(offsetof(struct world, cntpoff) == WORLD_CNTPOFF, "world.cntpoff");
_Static_assert(offsetof(struct world, scxtnum) == WORLD_SCXTNUM, "world.scxtnum");
_Static_assert(offsetof(struct world, tcr2) == WORLD_TCR2, "world.tcr2");
_Static_assert(offsetof(struct world, sctlr2) == WORLD_SCTLR2, "world.sctlr2");
_Static_assert(offsetof(struct world, scr) == WORLD_SCR, "world.scr");
_Static_assert(sizeof(struct world) == WORLD_SIZE, "world");
_Static_assert(sizeof(struct cpu) <= PERCPU_CPU_SIZE, "struct cpu and its stack share a page");

#define ZCR_EL3	     S3_6_C1_C2_0
#define SMCR_EL3     S3_6_C1_C2_6
#define ID_AA64SMFR0 S3_0_C0_C4_5

/* SCR_EL3 */
#define SCR_NS	     BIT(0)
#define SCR_RES1     (BIT(4) | BIT(5))
#define SCR_HCE	     BIT(8)
#define SCR_SIF	     BIT(9)
#define SCR_RW	     BIT(10)
#define SCR_APK	     BIT(16)
#define SCR_API	     BIT(17)
#define SCR_ENSCXT   BIT(25)
#define SCR_FGTEN    BIT(27)
#define SCR_ECVEN    BIT(28)
#define SCR_HXEN     BIT(38)
#define SCR_ENTP2    BIT(41)
#define SCR_TCR2EN   BIT(43)
#define SCR_SCTLR2EN BIT(44)
#define SCR_PIEN     BIT(45)
#define SCR_FGTEN2   BIT(59)
#define SCR_NSE	     BIT(62)
#define SCR_WORLD    (SCR_NS | SCR_RES1 | SCR_HCE | SCR_SIF | SCR_RW)

/* CPTR_EL3: trace system registers trap; FP, SVE and SME do not. */
#define CPTR_TTA BIT(20)
#define CPTR_ESM BIT(12)
#define CPTR_EZ	 BIT(8)

/* MDCR_EL3: profiling and trace buffers belong to the Non-secure state; no counting in EL3. */
#define MDCR_NSPB_NS (UINT64_C(3) << 12)
#define MDCR_SDD     BIT(16)
#define MDCR_SCCD    BIT(23)
#define MDCR_NSTB_NS (UINT64_C(3) << 24)
#define MDCR_MTPME   BIT(28)
#define MDCR_MCCD    BIT(34)

#define SCTLR_EL2_RES1 0x30c50830
#define CPTR_EL2_RES1  0x33ff

static const uint64_t lazy_scr[] = {
	[LAZY_PAUTH] = SCR_APK | SCR_API, [LAZY_FGT] = SCR_FGTEN,
	[LAZY_FGT2] = SCR_FGTEN2,	  [LAZY_PIE] = SCR_PIEN,
	[LAZY_HCRX] = SCR_HXEN,		  [LAZY_CNTPOFF] = SCR_ECVEN,
	[LAZY_SCXTNUM] = SCR_ENSCXT,	  [LAZY_TCR2] = SCR_TCR2EN,
	[LAZY_SCTLR2] = SCR_SCTLR2EN,
};

struct cpu *cpu_get(uint64_t index)
{
	return (struct cpu *)(PERCPU_BASE + (index + 1) * PERCPU_SIZE - PERCPU_CPU_SIZE);
}

uint64_t cpu_lazy_scr(unsigned int group)
{
	return lazy_scr[group];
}

static bool has_scxtnum(void)
{
	uint64_t csv2 = FIELD(read_sysreg(id_aa64pfr0_el1), 59, 56);
	uint64_t csv2_frac = FIELD(read_sysreg(id_aa64pfr1_el1), 35, 32);

	return csv2 >= 2 || (csv2 == 1 && csv2_frac == 2);
}

uint64_t cpu_lazy_present(void)
{
	uint64_t isar1 = read_sysreg(id_aa64isar1_el1);
	uint64_t isar2 = read_sysreg(id_aa64isar2_el1);
	uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1);
	uint64_t mmfr3 = read_sysreg(ID_AA64MMFR3_EL1);
	uint64_t pauth = FIELD(isar1, 11, 4) | FIELD(isar1, 31, 24) | FIELD(isar2, 15, 8);
	uint64_t pie = FIELD(mmfr3, 23, 8);
	uint64_t groups = 0;

	groups |= (pauth ? BIT(LAZY_PAUTH) : 0);
	groups |= (FIELD(mmfr0, 59, 56) ? BIT(LAZY_FGT) : 0);
	groups |= (FIELD(mmfr0, 59, 56) >= 2 ? BIT(LAZY_FGT2) : 0);
	groups |= (pie == 0x1111 ? BIT(LAZY_PIE) : 0);
	groups |= (FIELD(read_sysreg(id_aa64mmfr1_el1), 43, 40) ? BIT(LAZY_HCRX) : 0);
	groups |= (FIELD(mmfr0, 63, 60) >= 2 ? BIT(LAZY_CNTPOFF) : 0);
	groups |= (has_scxtnum() ? BIT(LAZY_SCXTNUM) : 0);
	groups |= (FIELD(mmfr3, 3, 0) ? BIT(LAZY_TCR2) : 0);
	groups |= (FIELD(mmfr3, 7, 4) ? BIT(LAZY_SCTLR2) : 0);
	return groups;
}

static bool has_sve(void)
{
	return FIELD(read_sysreg(id_aa64pfr0_el1), 35, 32) != 0;
}

static bool has_sme(void)
{
	return FIELD(read_sysreg(id_aa64pfr1_el1), 27, 24) != 0;
}

void cpu_init_el3(void)
{
	uint64_t cptr = CPTR_TTA;

	if (has_sve())
		cptr |= CPTR_EZ;
	if (has_sme())
		cptr |= CPTR_ESM;
	write_sysreg(cptr_el3, cptr);
	isb();
	if (has_sve())
		write_sysreg(ZCR_EL3, 0xf);
	if (has_sme())
		write_sysreg(SMCR_EL3, 0xf | (read_sysreg(ID_AA64SMFR0) & BIT(63) ? BIT(31) : 0));
	write_sysreg(mdcr_el3,
		     MDCR_NSPB_NS | MDCR_NSTB_NS | MDCR_SDD | MDCR_SCCD | MDCR_MTPME | MDCR_MCCD);
	write_sysreg(ICC_SRE_EL3, ICC_SRE_ENABLE);
	/* EL2 registers are accessible from EL3 only while SCR_EL3 selects a world that has EL2. */
	write_sysreg(scr_el3, SCR_WORLD);
	isb();
	write_sysreg(ICC_SRE_EL2, ICC_SRE_ENABLE);
	isb();
}

static void init_world(struct world *world, const struct cpu *cpu)
{
	memset(world, 0, sizeof(*world));
	world->regs[WORLD_CPTR] = CPTR_EL2_RES1;
	world->regs[WORLD_MDCR] = FIELD(read_sysreg(pmcr_el0), 15, 11);
	world->regs[WORLD_SCTLR] = SCTLR_EL2_RES1;
	world->regs[WORLD_VMPIDR] = cpu->mpidr | BIT(31);
	world->regs[WORLD_VPIDR] = read_sysreg(midr_el1);
	world->regs[WORLD_PMCR] = read_sysreg(pmcr_el0);
	world->regs[WORLD_SPSR_EL3] = SPSR_EL2H_MASKED;
}

void cpu_init_worlds(struct cpu *cpu)
{
	uint64_t present = cpu_lazy_present();

	memset(cpu->ns_x, 0, sizeof(cpu->ns_x));
	memset(cpu->realm_x, 0, sizeof(cpu->realm_x));
	cpu->switched = 0;
	init_world(&cpu->ns, cpu);
	init_world(&cpu->realm, cpu);
	cpu->ns.scr = SCR_WORLD;
	cpu->realm.scr = SCR_WORLD | SCR_NSE;
	if (has_sme()) {
		cpu->ns.scr |= SCR_ENTP2;
		cpu->realm.scr |= SCR_ENTP2;
	}
	for (unsigned int group = 0; group < ARRAY_SIZE(lazy_scr); group++) {
		if (present & BIT(group))
			cpu->ns.scr |= lazy_scr[group];
	}
}
