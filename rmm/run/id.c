/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ID registers as a Realm sees them: the PE's, less what a Realm cannot use, with the debug and PMU
 * figures of its own parameters. docs/spec/rsi.md section 4. Registers not named here read as zero.
 */
#include "rmm/run/trap.h"

uint64_t run_id_regs[4][8];

#define NIBBLE(low) (UINT64_C(0xf) << (low))
#define ALL	    (~UINT64_C(0))
#define DFR0_BRPS   12
#define DFR0_WRPS   20
#define DFR0_PMUVER 8

static const uint64_t shown[32] = {
	/* all but SVE (by Realm), MPAM and AMU */
	[RUN_ID_PFR0] = ~(NIBBLE(40) | NIBBLE(44)),
	/* BT, SSBS, RAS_frac, CSV2_frac, RNDR_trap, NMI, DF2 */
	[RUN_ID_PFR1] = NIBBLE(0) | NIBBLE(4) | NIBBLE(12) | NIBBLE(28) | NIBBLE(32) | NIBBLE(36) |
			NIBBLE(56),
	/* UINJ */
	[RUN_ID_PFR2] = NIBBLE(16),
	[RUN_ID_ZFR0] = ALL,
	/* DebugVer, HPMN0 */
	[RUN_ID_DFR0] = NIBBLE(0) | NIBBLE(60),
	/* ABLE, ABL_CMPs would be by breakpoints a Realm may not have */
	[RUN_ID_DFR1] = 0,
	/* BWE */
	[RUN_ID_DFR2] = NIBBLE(4),
	/* all but TME, and what has no meaning yet */
	[RUN_ID_ISAR0] = ~(NIBBLE(0) | NIBBLE(24)),
	/* all but LS64: its instructions trap, see HCRX_EL2 in arch/aarch64/machine.c */
	[RUN_ID_ISAR1] = ~NIBBLE(60),
	/* GPA3, APA3, MOPS, PAC_frac; not WFxT: an exit by WFIT could not tell the deadline */
	[RUN_ID_ISAR2] = NIBBLE(8) | NIBBLE(12) | NIBBLE(16) | NIBBLE(24),
	/* all that have a meaning */
	[RUN_ID_MMFR0] = ~(NIBBLE(48) | NIBBLE(52)),
	[RUN_ID_MMFR1] = ALL,
	[RUN_ID_MMFR2] = ~NIBBLE(44),
	/* TCRX, SCTLRX, S1PIE, S1POE, SNERR, ANERR, SDERR, ADERR, Spec_FPACC */
	[RUN_ID_MMFR3] = NIBBLE(0) | NIBBLE(4) | NIBBLE(8) | NIBBLE(16) | NIBBLE(40) | NIBBLE(44) |
			 NIBBLE(52) | NIBBLE(56) | NIBBLE(60),
	/* EIESB, ASID2 (with TCR2 only) */
	[RUN_ID_MMFR4] = NIBBLE(4) | NIBBLE(8),
};

static uint64_t at_most(uint64_t value, uint64_t max)
{
	return value < max ? value : max;
}

static uint64_t debug_value(const struct realm_config *config, uint64_t value)
{
	uint64_t pe = run_id_regs[RUN_ID_DFR0 / 8][RUN_ID_DFR0 % 8];

	value |= at_most(config->num_bps, 15) << DFR0_BRPS;
	value |= at_most(config->num_wps, 15) << DFR0_WRPS;
	if (config->pmu)
		value |= pe & NIBBLE(DFR0_PMUVER);
	return value;
}

uint64_t run_id_value(const struct realm_config *config, unsigned int reg)
{
	uint64_t value;

	/* reg is part of the trapped instruction, so it is the Realm's choice. */
	reg = (unsigned int)index_nospec(reg, ARRAY_SIZE(shown));
	value = run_id_regs[reg / 8][reg % 8] & shown[reg];
	switch (reg) {
	case RUN_ID_PFR0:
		return config->sve ? value : value & ~NIBBLE(32);
	case RUN_ID_ZFR0:
		return config->sve ? value : 0;
	case RUN_ID_DFR0:
		return debug_value(config, value);
	default:
		return value;
	}
}
