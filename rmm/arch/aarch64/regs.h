/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of EL2 control registers, all in their HCR_EL2.E2H = 1 form, and registers that not every
 * assembler knows by name. docs/spec/rmi-2.0.md section 16; DDI0487 for the fields.
 */
#ifndef RMM_AARCH64_REGS_H
#define RMM_AARCH64_REGS_H

#include <util.h>

#define HCRX_EL2	 S3_4_C1_C2_2
#define SCTLR2_EL12	 S3_5_C1_C0_3
#define TCR2_EL12	 S3_5_C2_C0_3
#define PIRE0_EL12	 S3_5_C10_C2_2
#define PIR_EL12	 S3_5_C10_C2_3
#define POR_EL12	 S3_5_C10_C2_4
#define POR_EL0		 S3_3_C10_C2_4
#define S2POR_EL1	 S3_0_C10_C2_5
#define HFGRTR_EL2	 S3_4_C1_C1_4
#define HFGWTR_EL2	 S3_4_C1_C1_5
#define VDISR_EL2	 S3_4_C12_C1_1
#define VSESR_EL2	 S3_4_C5_C2_3
#define FPCR		 S3_3_C4_C4_0
#define FPSR		 S3_3_C4_C4_1
#define ZCR_EL2		 S3_4_C1_C2_0
#define ZCR_EL12	 S3_5_C1_C2_0
#define SVCR		 S3_3_C4_C2_2
#define SMCR_EL2	 S3_4_C1_C2_6
#define SMPRI_EL1	 S3_0_C1_C2_4
#define TPIDR2_EL0	 S3_3_C13_C0_5
#define ICC_HPPIR1_EL1	 S3_0_C12_C12_2
#define ICC_SRE_EL2	 S3_4_C12_C9_5
#define ICH_HCR_EL2	 S3_4_C12_C11_0
#define ICH_VTR_EL2	 S3_4_C12_C11_1
#define ICH_MISR_EL2	 S3_4_C12_C11_2
#define ICH_EISR_EL2	 S3_4_C12_C11_3
#define ICH_ELRSR_EL2	 S3_4_C12_C11_5
#define ID_AA64SMFR0_EL1 S3_0_C0_C4_5

#define HCR_VM	  BIT(0)
#define HCR_SWIO  BIT(1)
#define HCR_PTW	  BIT(2)
#define HCR_FMO	  BIT(3)
#define HCR_IMO	  BIT(4)
#define HCR_AMO	  BIT(5)
#define HCR_VSE	  BIT(8)
#define HCR_FB	  BIT(9)
#define HCR_BSU	  BIT(10) /* barriers at least inner shareable */
#define HCR_TWI	  BIT(13)
#define HCR_TWE	  BIT(14)
#define HCR_TID3  BIT(18)
#define HCR_TSC	  BIT(19)
#define HCR_TIDCP BIT(20)
#define HCR_TACR  BIT(21)
#define HCR_RW	  BIT(31)
#define HCR_E2H	  BIT(34)
#define HCR_TLOR  BIT(35)
#define HCR_TERR  BIT(36)
#define HCR_TEA	  BIT(37)
#define HCR_APK	  BIT(40)
#define HCR_API	  BIT(41)
#define HCR_FWB	  BIT(46)

/*
 * HCR_EL2 while a Realm runs. More traps than docs/spec/rmi-2.0.md section 16 asks for: registers
 * of the PE that no world switch covers (IMPLEMENTATION DEFINED ones, ACTLR_EL1, LORegions, error
 * records), so that a Realm cannot reach the host through them.
 */
#define HCR_REALM                                                                                  \
	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU | HCR_TID3 | \
	 HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_RW | HCR_E2H | HCR_TLOR | HCR_TERR | HCR_TEA |       \
	 HCR_FWB)
/*
 * The RMM's own value, between two runs: a Realm's, without stage 2. In that it is like a host's at
 * EL2, so that a call that runs no REC does not change how addresses are translated.
 */
#define HCR_RMM (HCR_REALM & ~(HCR_VM | HCR_PTW | HCR_FWB))

#define HCRX_MSCEN    BIT(11)
#define HCRX_TCR2EN   BIT(14)
#define HCRX_SCTLR2EN BIT(15)

/* HFGRTR_EL2, HFGWTR_EL2: 1 lets the Realm reach it. */
#define HFG_NPIRE0_EL1 BIT(57)
#define HFG_NPIR_EL1   BIT(58)
#define HFG_NPOR_EL0   BIT(59)
#define HFG_NPOR_EL1   BIT(60)

#define CPTR_ZEN    (UINT64_C(3) << 16)
#define CPTR_FPEN   (UINT64_C(3) << 20)
#define CPTR_SMEN   (UINT64_C(3) << 24)
#define CPTR_TTA    BIT(28)
#define CPTR_TAM    BIT(30)
#define CPTR_CLOSED (CPTR_TTA | CPTR_TAM)

#define MDCR_TPMCR BIT(5)
#define MDCR_TPM   BIT(6)
#define MDCR_TDA   BIT(9)
#define MDCR_TDOSA BIT(10)
#define MDCR_TDRA  BIT(11)
#define MDCR_TPMS  BIT(14)
#define MDCR_HPMD  BIT(17)
#define MDCR_TTRF  BIT(19)
#define MDCR_HCCD  BIT(23)
#define MDCR_MTPME BIT(28)
/* No counting at EL2; debug, PMU, SPE and trace filter registers trap. HPMN is added to this. */
#define MDCR_REALM                                                                                 \
	(MDCR_TPMCR | MDCR_TPM | MDCR_TDA | MDCR_TDOSA | MDCR_TDRA | MDCR_TPMS | MDCR_HPMD |       \
	 MDCR_TTRF | MDCR_HCCD | MDCR_MTPME)

#define CNTHCTL_EL1PCTEN BIT(10)
#define CNTHCTL_EL1PTEN	 BIT(11)
#define CNTHCTL_CNTVMASK BIT(18)
#define CNTHCTL_CNTPMASK BIT(19)
#define CNTHCTL_REALM	 (CNTHCTL_EL1PCTEN | CNTHCTL_EL1PTEN)

#define TIMER_ENABLE  BIT(0)
#define TIMER_IMASK   BIT(1)
#define TIMER_ISTATUS BIT(2)
#define TIMER_P_INTID 30
#define TIMER_V_INTID 27

#define ICH_HCR_EN     BIT(0)
#define ICH_MISR_EOI   BIT(0)
#define ICC_SRE_SRE    BIT(0)
#define ICC_SRE_ENABLE BIT(3)

#define PMCR_E	     BIT(0)
#define PMCR_P	     BIT(1)
#define PMCR_C	     BIT(2)
#define PMCR_N(pmcr) FIELD(pmcr, 15, 11)

#endif
