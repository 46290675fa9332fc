/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system registers of the world-switch tests: which of them EL3 switches between the
 * Non-secure and the Realm world, and which it must leave alone (RMM-EL3 interface 2.0).
 * R(name, spelling for the assembler, bits a test may change, kind, feature).
 */
#ifndef BARE_REGS_H
#define BARE_REGS_H

/*
 * Bits that are left as they are: those the payload itself runs on (translation, vectors, E2H,
 * TGE, FP and SVE traps at EL2).
 */
#define REGS(R)                                                                                    \
	R(ACTLR_EL2, actlr_el2, ~0, SWITCHED, ALWAYS)                                              \
	R(HACR_EL2, hacr_el2, ~0, SWITCHED, ALWAYS)                                                \
	R(HCR_EL2, hcr_el2, 0x4407e000, SWITCHED, ALWAYS)                                          \
	R(HSTR_EL2, hstr_el2, 0xafef, SWITCHED, ALWAYS)                                            \
	R(CPTR_EL2, cptr_el2, 0x80100000, SWITCHED, ALWAYS)                                        \
	R(MDCR_EL2, mdcr_el2, 0x660, SWITCHED, ALWAYS)                                             \
	R(SCTLR_EL2, sctlr_el2, 0x48, SWITCHED, ALWAYS)                                            \
	R(CNTHCTL_EL2, cnthctl_el2, 0xf3, SWITCHED, ALWAYS)                                        \
	R(CNTVOFF_EL2, cntvoff_el2, ~0, SWITCHED, ALWAYS)                                          \
	R(VMPIDR_EL2, vmpidr_el2, 0xffffffffff, SWITCHED, ALWAYS)                                  \
	R(VPIDR_EL2, vpidr_el2, 0xffffffff, SWITCHED, ALWAYS)                                      \
	R(AFSR0_EL2, afsr0_el2, ~0, SWITCHED, ALWAYS)                                              \
	R(AFSR1_EL2, afsr1_el2, ~0, SWITCHED, ALWAYS)                                              \
	R(ELR_EL2, elr_el2, ~0, SWITCHED, ALWAYS)                                                  \
	R(ESR_EL2, esr_el2, ~0, SWITCHED, ALWAYS)                                                  \
	R(FAR_EL2, far_el2, ~0, SWITCHED, ALWAYS)                                                  \
	R(HPFAR_EL2, hpfar_el2, 0xfffffffff0, SWITCHED, ALWAYS)                                    \
	R(SPSR_EL2, spsr_el2, 0xf00003c0, SWITCHED, ALWAYS)                                        \
	R(VBAR_EL2, vbar_el2, 0, SWITCHED, ALWAYS)                                                 \
	R(TPIDR_EL2, tpidr_el2, ~0, SWITCHED, ALWAYS)                                              \
	R(AMAIR_EL2, amair_el2, ~0, SWITCHED, ALWAYS)                                              \
	R(MAIR_EL2, mair_el2, 0xffffffff00000000, SWITCHED, ALWAYS)                                \
	R(TCR_EL2, tcr_el2, 0x700000, SWITCHED, ALWAYS)                                            \
	R(TTBR0_EL2, ttbr0_el2, 0, SWITCHED, ALWAYS)                                               \
	R(VTCR_EL2, vtcr_el2, 0x7ffff, SWITCHED, ALWAYS)                                           \
	R(VTTBR_EL2, vttbr_el2, 0xfffffffffffe, SWITCHED, ALWAYS)                                  \
	R(SP_EL0, sp_el0, ~0, SWITCHED, ALWAYS)                                                    \
	R(PMCR_EL0, pmcr_el0, 0x28, SWITCHED, PMU)                                                 \
	R(DBGVCR32_EL2, dbgvcr32_el2, 0xee, SWITCHED, AARCH32)                                     \
	R(CONTEXTIDR_EL2, contextidr_el2, 0xffffffff, SWITCHED, VHE)                               \
	R(TTBR1_EL2, ttbr1_el2, 0xfffffffffffe, SWITCHED, VHE)                                     \
	R(HFGRTR_EL2, S3_4_C1_C1_4, ~0, SWITCHED, FGT)                                             \
	R(HFGWTR_EL2, S3_4_C1_C1_5, ~0, SWITCHED, FGT)                                             \
	R(HFGITR_EL2, S3_4_C1_C1_6, ~0, SWITCHED, FGT)                                             \
	R(HDFGRTR_EL2, S3_4_C3_C1_4, ~0, SWITCHED, FGT)                                            \
	R(HDFGWTR_EL2, S3_4_C3_C1_5, ~0, SWITCHED, FGT)                                            \
	R(HAFGRTR_EL2, S3_4_C3_C1_6, ~0, SWITCHED, FGT_AMU)                                        \
	R(HFGRTR2_EL2, S3_4_C3_C1_2, ~0, SWITCHED, FGT2)                                           \
	R(HFGWTR2_EL2, S3_4_C3_C1_3, ~0, SWITCHED, FGT2)                                           \
	R(HFGITR2_EL2, S3_4_C3_C1_7, ~0, SWITCHED, FGT2)                                           \
	R(HDFGRTR2_EL2, S3_4_C3_C1_0, ~0, SWITCHED, FGT2)                                          \
	R(HDFGWTR2_EL2, S3_4_C3_C1_1, ~0, SWITCHED, FGT2)                                          \
	R(HCRX_EL2, S3_4_C1_C2_2, ~0, SWITCHED, HCX)                                               \
	R(TCR2_EL2, S3_4_C2_C0_3, 0, SWITCHED, TCR2)                                               \
	R(SCTLR2_EL2, S3_4_C1_C0_3, 0, SWITCHED, SCTLR2)                                           \
	R(VDISR_EL2, S3_4_C12_C1_1, 0x81ffffff, SWITCHED, RAS)                                     \
	R(VSESR_EL2, S3_4_C5_C2_3, 0x1ffffff, SWITCHED, RAS)                                       \
	R(TFSR_EL2, S3_4_C5_C6_0, 3, SWITCHED, MTE2)                                               \
	R(CNTPOFF_EL2, S3_4_C14_C0_6, ~0, SWITCHED, ECV_POFF)                                      \
	R(VNCR_EL2, S3_4_C2_C2_0, 0xfffffffff000, SWITCHED, NV2)                                   \
	R(TRFCR_EL2, S3_4_C1_C2_1, 0x3, SWITCHED, TRF)                                             \
	R(SCXTNUM_EL2, S3_4_C13_C0_7, ~0, SWITCHED, CSV2_2)                                        \
	R(APIAKeyLo_EL1, S3_0_C2_C1_0, ~0, SWITCHED, PAUTH)                                        \
	R(APIAKeyHi_EL1, S3_0_C2_C1_1, ~0, SWITCHED, PAUTH)                                        \
	R(APIBKeyLo_EL1, S3_0_C2_C1_2, ~0, SWITCHED, PAUTH)                                        \
	R(APIBKeyHi_EL1, S3_0_C2_C1_3, ~0, SWITCHED, PAUTH)                                        \
	R(APDAKeyLo_EL1, S3_0_C2_C2_0, ~0, SWITCHED, PAUTH)                                        \
	R(APDAKeyHi_EL1, S3_0_C2_C2_1, ~0, SWITCHED, PAUTH)                                        \
	R(APDBKeyLo_EL1, S3_0_C2_C2_2, ~0, SWITCHED, PAUTH)                                        \
	R(APDBKeyHi_EL1, S3_0_C2_C2_3, ~0, SWITCHED, PAUTH)                                        \
	R(APGAKeyLo_EL1, S3_0_C2_C3_0, ~0, SWITCHED, PAUTH)                                        \
	R(APGAKeyHi_EL1, S3_0_C2_C3_1, ~0, SWITCHED, PAUTH)                                        \
	R(SCTLR_EL1, sctlr_el1, 0x48, SHARED, ALWAYS)                                              \
	R(ACTLR_EL1, actlr_el1, ~0, SHARED, ALWAYS)                                                \
	R(CPACR_EL1, cpacr_el1, 0x330000, SHARED, ALWAYS)                                          \
	R(TTBR0_EL1, ttbr0_el1, ~0, SHARED, ALWAYS)                                                \
	R(TTBR1_EL1, ttbr1_el1, ~0, SHARED, ALWAYS)                                                \
	R(TCR_EL1, tcr_el1, 0x3f003f, SHARED, ALWAYS)                                              \
	R(MAIR_EL1, mair_el1, ~0, SHARED, ALWAYS)                                                  \
	R(AMAIR_EL1, amair_el1, ~0, SHARED, ALWAYS)                                                \
	R(AFSR0_EL1, afsr0_el1, ~0, SHARED, ALWAYS)                                                \
	R(AFSR1_EL1, afsr1_el1, ~0, SHARED, ALWAYS)                                                \
	R(ESR_EL1, esr_el1, ~0, SHARED, ALWAYS)                                                    \
	R(FAR_EL1, far_el1, ~0, SHARED, ALWAYS)                                                    \
	R(ELR_EL1, elr_el1, ~0, SHARED, ALWAYS)                                                    \
	R(SPSR_EL1, spsr_el1, 0xf00003c0, SHARED, ALWAYS)                                          \
	R(SP_EL1, sp_el1, ~0, SHARED, ALWAYS)                                                      \
	R(VBAR_EL1, vbar_el1, 0xfffffffff800, SHARED, ALWAYS)                                      \
	R(PAR_EL1, par_el1, 0xfffffffff000, SHARED, ALWAYS)                                        \
	R(CONTEXTIDR_EL1, contextidr_el1, 0xffffffff, SHARED, ALWAYS)                              \
	R(TPIDR_EL1, tpidr_el1, ~0, SHARED, ALWAYS)                                                \
	R(TPIDR_EL0, tpidr_el0, ~0, SHARED, ALWAYS)                                                \
	R(TPIDRRO_EL0, tpidrro_el0, ~0, SHARED, ALWAYS)                                            \
	R(CSSELR_EL1, csselr_el1, 0x3, SHARED, ALWAYS)                                             \
	R(MDSCR_EL1, mdscr_el1, 0x1000, SHARED, ALWAYS)                                            \
	R(CNTKCTL_EL1, cntkctl_el1, 0x3, SHARED, ALWAYS)                                           \
	R(CNTP_CVAL_EL0, cntp_cval_el0, ~0, SHARED, ALWAYS)                                        \
	R(CNTV_CVAL_EL0, cntv_cval_el0, ~0, SHARED, ALWAYS)                                        \
	R(CNTHP_CVAL_EL2, cnthp_cval_el2, ~0, SHARED, ALWAYS)                                      \
	R(CNTHP_CTL_EL2, cnthp_ctl_el2, 0x2, SHARED, ALWAYS)                                       \
	R(CNTHV_CVAL_EL2, S3_4_C14_C3_2, ~0, SHARED, VHE)                                          \
	R(CNTHV_CTL_EL2, S3_4_C14_C3_1, 0x2, SHARED, VHE)                                          \
	R(PMSELR_EL0, pmselr_el0, 0x1f, SHARED, PMU)                                               \
	R(PMUSERENR_EL0, pmuserenr_el0, 0xf, SHARED, PMU)                                          \
	R(FPCR, fpcr, 0x1c00000, SHARED, ALWAYS)                                                   \
	R(FPSR, fpsr, 0x800009f, SHARED, ALWAYS)                                                   \
	R(ZCR_EL1, S3_0_C1_C2_0, 0xf, SHARED, SVE)                                                 \
	R(ZCR_EL2, S3_4_C1_C2_0, 0xf, SHARED, SVE)                                                 \
	R(SMCR_EL2, S3_4_C1_C2_6, 0xf, SHARED, SME)                                                \
	R(TPIDR2_EL0, S3_3_C13_C0_5, ~0, SHARED, SME)                                              \
	R(ICC_SRE_EL2, S3_4_C12_C9_5, 0, SHARED, GIC)                                              \
	R(ICH_HCR_EL2, S3_4_C12_C11_0, 0xfe, SHARED, GIC)                                          \
	R(ICH_VMCR_EL2, S3_4_C12_C11_7, 0xff000003, SHARED, GIC)                                   \
	R(ICH_AP0R0_EL2, S3_4_C12_C8_0, ~0, SHARED, GIC)                                           \
	R(ICH_AP1R0_EL2, S3_4_C12_C9_0, ~0, SHARED, GIC)                                           \
	R(ICH_LR0_EL2, S3_4_C12_C12_0, 0x50ff0000ffffffff, SHARED, GIC)                            \
	R(ICH_LR1_EL2, S3_4_C12_C12_1, 0x50ff0000ffffffff, SHARED, GIC)                            \
	R(ICH_LR2_EL2, S3_4_C12_C12_2, 0x50ff0000ffffffff, SHARED, GIC)                            \
	R(ICH_LR3_EL2, S3_4_C12_C12_3, 0x50ff0000ffffffff, SHARED, GIC)

#ifndef __ASSEMBLER__

enum reg_kind { REG_SWITCHED, REG_SHARED };

enum reg_feature {
	FEATURE_ALWAYS,
	FEATURE_PMU,
	FEATURE_AARCH32,
	FEATURE_VHE,
	FEATURE_FGT,
	FEATURE_FGT_AMU,
	FEATURE_FGT2,
	FEATURE_HCX,
	FEATURE_TCR2,
	FEATURE_SCTLR2,
	FEATURE_RAS,
	FEATURE_MTE2,
	FEATURE_ECV_POFF,
	FEATURE_NV2,
	FEATURE_TRF,
	FEATURE_CSV2_2,
	FEATURE_PAUTH,
	FEATURE_SVE,
	FEATURE_SME,
	FEATURE_GIC,
};

#define REG_ENUM(name, access, mask, kind, feature) REG_##name,
enum reg { REGS(REG_ENUM) NR_REGS };

#endif
#endif
