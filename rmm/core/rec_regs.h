/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The register file of a REC: what the world switch (rmm/arch/aarch64/) loads and saves. Offsets
 * used by assembler are asserted there. It belongs to the machine layer; portable code only uses
 * the general registers and those that the start of a CPU (rec_regs.c), an injected exception or a
 * trapped access (rmm/run/) changes.
 */
#ifndef RMM_CORE_REC_REGS_H
#define RMM_CORE_REC_REGS_H

#include <stdint.h>

#define REC_GPRS 31

/* PSTATE of a CPU that starts: EL1h, DAIF masked. */
#define REC_PSTATE_RESET    UINT64_C(0x3c5)
/* SCTLR_EL1 of a CPU that starts: SPAN, EIS, nTWE, nTWI, EOS, nAA, CP15BEN, SA0, SA; MMU off. */
#define REC_SCTLR_EL1_RESET UINT64_C(0xc50878)
#define REC_SCTLR_EL1_EE    (UINT64_C(1) << 25)
/* MDSCR_EL1 of a CPU that starts: TDCC. */
#define REC_MDSCR_EL1_RESET (UINT64_C(1) << 12)

#define REC_DEBUG_REGS	 16
#define REC_PMU_COUNTERS 31

/* EL1 and EL0 registers of the Realm, saved and restored around every run. */
struct rec_sysregs {
	uint64_t sp_el0, sp_el1, elr_el1, spsr_el1;
	uint64_t tpidr_el0, tpidrro_el0, tpidr_el1;
	uint64_t csselr_el1, sctlr_el1, cpacr_el1;
	uint64_t tcr_el1, ttbr0_el1, ttbr1_el1, mair_el1, amair_el1;
	uint64_t vbar_el1, esr_el1, far_el1, afsr0_el1, afsr1_el1;
	uint64_t contextidr_el1, par_el1, cntkctl_el1;
	uint64_t mdscr_el1, disr_el1;
	uint64_t sctlr2_el1, tcr2_el1, pir_el1, pire0_el1, por_el1, por_el0, s2por_el1;
	uint64_t cntp_ctl, cntp_cval, cntv_ctl, cntv_cval;
	uint64_t tpidr2_el0, smpri_el1;
	uint64_t vtcr_el2, vttbr_el2; /* of the Realm; 0 until the first run */
	uint64_t vsesr_el2;	      /* syndrome of a virtual SError that is pending */
	uint64_t vmpidr_el2;	      /* MPIDR_EL1 form, bit 31 set */
};

struct rec_pauth {
	uint64_t apia[2], apib[2], apda[2], apdb[2], apga[2];
};

struct rec_debug {
	uint64_t bvr[REC_DEBUG_REGS], bcr[REC_DEBUG_REGS];
	uint64_t wvr[REC_DEBUG_REGS], wcr[REC_DEBUG_REGS];
};

struct rec_pmu {
	uint64_t pmcr, pmcntenset, pmintenset, pmovsset, pmuserenr, pmselr, pmccfiltr, pmccntr;
	uint64_t evcntr[REC_PMU_COUNTERS], evtyper[REC_PMU_COUNTERS];
};

/* Q registers of a Realm without SVE; P0-P15 and FFR of one with SVE (its Z are in REC_AUX). */
struct rec_fp {
	uint64_t fpcr, fpsr, zcr_el1;
	uint64_t pad;
	union {
		uint8_t q[32][16];
		uint8_t p_ffr[17][32];
	};
};

struct rec_regs {
	uint64_t gprs[REC_GPRS];
	uint64_t pc;
	uint64_t pstate;
	uint64_t pad;
	struct rec_sysregs sys;
	struct rec_pauth pauth;
	struct rec_fp fp __attribute__((aligned(16)));
	struct rec_debug debug;
	struct rec_pmu pmu;
};

#endif
