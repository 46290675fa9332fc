/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2's registers for a kernel at EL1: the rows for EL1 of Linux,
 * Documentation/arch/arm64/booting.rst. The firmware has opened what EL3 opens.
 */
#include <sysreg.h>
#include <util.h>

#include "hyp/hyp.h"

#define HCR_VM	 BIT(0)
#define HCR_SWIO BIT(1) /* invalidation by set and way does not lose what hyp has in the caches */
#define HCR_TSC	 BIT(19)
#define HCR_RW	 BIT(31)
#define HCR_E2H	 BIT(34)
#define HCR_APK	 BIT(40)
#define HCR_API	 BIT(41)
#define HCR_ATA	 BIT(56)

/* With E2H: FPEN, ZEN and SMEN do not trap. */
#define CPTR_OPEN    (UINT64_C(3) << 20 | UINT64_C(3) << 16 | UINT64_C(3) << 24)
/* With E2H: the EL1 physical counter and timer are the host's, and the EL0 bits do not matter. */
#define CNTHCTL_OPEN (BIT(10) | BIT(11))

#define HCRX_MSCEN    BIT(11)
#define HCRX_TCR2EN   BIT(14)
#define HCRX_SCTLR2EN BIT(15)
#define HCRX_GCSEN    BIT(22)
#define HCRX_ENFPM    BIT(23)

/* Fine-grained traps whose bit is negative: 1 gives access away. */
#define HFGXTR_NEGATIVE	 (MASK(63, 52) | BIT(50))
#define HFGITR_NEGATIVE	 MASK(59, 55)
#define HDFGRTR_NEGATIVE MASK(62, 59)
#define HDFGWTR_NEGATIVE MASK(62, 60)

#define VECTOR_LENGTH_MAX 0xf
#define SMCR_FA64	  BIT(31)
#define SMCR_EZT0	  BIT(30)

#define HCRX_EL2	 S3_4_C1_C2_2
#define ZCR_EL2		 S3_4_C1_C2_0
#define SMPRIMAP_EL2	 S3_4_C1_C2_5
#define SMCR_EL2	 S3_4_C1_C2_6
#define HFGRTR_EL2	 S3_4_C1_C1_4
#define HFGWTR_EL2	 S3_4_C1_C1_5
#define HFGITR_EL2	 S3_4_C1_C1_6
#define HDFGRTR_EL2	 S3_4_C3_C1_4
#define HDFGWTR_EL2	 S3_4_C3_C1_5
#define ICC_SRE_EL2	 S3_4_C12_C9_5
#define ICH_HCR_EL2	 S3_4_C12_C11_0
#define SCTLR_EL12	 S3_5_C1_C0_0
#define ID_AA64PFR2_EL1	 S3_0_C0_C4_2
#define ID_AA64SMFR0_EL1 S3_0_C0_C4_5
#define ID_AA64ISAR2_EL1 S3_0_C0_C6_2

/* MMU and caches off, the bits that are RES1 on CPUs without what they control. */
#define SCTLR_EL1_OFF 0x30d00980

static void setup_hcrx(void)
{
	uint64_t mmfr3 = read_sysreg(ID_AA64MMFR3_EL1);
	uint64_t hcrx = 0;

	if (!FIELD(read_sysreg(id_aa64mmfr1_el1), 43, 40))
		return;
	if (FIELD(read_sysreg(ID_AA64ISAR2_EL1), 19, 16))
		hcrx |= HCRX_MSCEN;
	if (FIELD(mmfr3, 3, 0))
		hcrx |= HCRX_TCR2EN;
	if (FIELD(mmfr3, 7, 4))
		hcrx |= HCRX_SCTLR2EN;
	if (FIELD(read_sysreg(id_aa64pfr1_el1), 47, 44))
		hcrx |= HCRX_GCSEN;
	if (FIELD(read_sysreg(ID_AA64PFR2_EL1), 35, 32))
		hcrx |= HCRX_ENFPM;
	write_sysreg(HCRX_EL2, hcrx);
}

static void setup_fgt(void)
{
	if (!FIELD(read_sysreg(id_aa64mmfr0_el1), 59, 56))
		return;
	write_sysreg(HFGRTR_EL2, HFGXTR_NEGATIVE);
	write_sysreg(HFGWTR_EL2, HFGXTR_NEGATIVE);
	write_sysreg(HFGITR_EL2, HFGITR_NEGATIVE);
	write_sysreg(HDFGRTR_EL2, HDFGRTR_NEGATIVE);
	write_sysreg(HDFGWTR_EL2, HDFGWTR_NEGATIVE);
}

static void setup_vectors(void)
{
	uint64_t smfr0 = read_sysreg(ID_AA64SMFR0_EL1);
	uint64_t smcr = VECTOR_LENGTH_MAX;

	write_sysreg(cptr_el2, CPTR_OPEN);
	isb();
	if (FIELD(read_sysreg(id_aa64pfr0_el1), 35, 32))
		write_sysreg(ZCR_EL2, VECTOR_LENGTH_MAX);
	if (!FIELD(read_sysreg(id_aa64pfr1_el1), 27, 24))
		return;
	if (FIELD(smfr0, 63, 63))
		smcr |= SMCR_FA64;
	if (FIELD(smfr0, 59, 56))
		smcr |= SMCR_EZT0;
	write_sysreg(SMCR_EL2, smcr);
	write_sysreg(SMPRIMAP_EL2, 0);
}

/* The host has all event counters: HPMN is their number. Nothing of the PMU or of debug traps. */
static void setup_debug(void)
{
	uint64_t version = FIELD(read_sysreg(id_aa64dfr0_el1), 11, 8);
	bool has_pmu = version && version != 0xf;

	write_sysreg(mdcr_el2, has_pmu ? FIELD(read_sysreg(pmcr_el0), 15, 11) : 0);
}

static void setup_gic(void)
{
	if (!FIELD(read_sysreg(id_aa64pfr0_el1), 27, 24))
		return;
	write_sysreg(ICC_SRE_EL2, 0xf);
	isb();
	write_sysreg(ICH_HCR_EL2, 0);
}

void el2_setup(void)
{
	uint64_t hcr = HCR_VM | HCR_SWIO | HCR_E2H | HCR_RW | HCR_TSC | HCR_APK | HCR_API;

	if (FIELD(read_sysreg(id_aa64pfr1_el1), 11, 8) > 1)
		hcr |= HCR_ATA;
	memory_on();
	write_sysreg(hcr_el2, hcr);
	isb();
	setup_hcrx();
	setup_fgt();
	setup_vectors();
	setup_debug();
	setup_gic();
	write_sysreg(cnthctl_el2, CNTHCTL_OPEN);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(hstr_el2, 0);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_sysreg(SCTLR_EL12, SCTLR_EL1_OFF);
	isb();
}
