/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers by number; presence by the ID registers (DDI0487). See payload.h. */
#include <sysreg.h>

#include "tests/lib/bare/payload.h"

#define REG_DESC(name, access, mask, kind, feature)                                                \
	[REG_##name] = {#name, (uint64_t)(mask), REG_##kind, FEATURE_##feature},
const struct reg_desc reg_descs[] = {REGS(REG_DESC)};

extern const char probe_reg_stubs[];

struct probe reg_read(enum reg reg)
{
	struct probe (*reader)(void) = (void *)(probe_reg_stubs + 32 * reg);

	return reader();
}

uint64_t reg_write(enum reg reg, uint64_t value)
{
	uint64_t (*writer)(uint64_t) = (void *)(probe_reg_stubs + 32 * reg + 16);

	return writer(value);
}

bool reg_present(enum reg reg)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);
	uint64_t pfr1 = read_sysreg(id_aa64pfr1_el1);
	uint64_t dfr0 = read_sysreg(id_aa64dfr0_el1);
	uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1);
	uint64_t mmfr1 = read_sysreg(id_aa64mmfr1_el1);
	uint64_t mmfr2 = read_sysreg(id_aa64mmfr2_el1);
	uint64_t mmfr3 = read_sysreg(ID_AA64MMFR3_EL1);
	uint64_t isar1 = read_sysreg(id_aa64isar1_el1);
	uint64_t fgt = FIELD(mmfr0, 59, 56);

	switch (reg_descs[reg].feature) {
	case FEATURE_PMU:
		return FIELD(dfr0, 11, 8) != 0 && FIELD(dfr0, 11, 8) != 0xf;
	case FEATURE_AARCH32:
		return FIELD(pfr0, 7, 4) == 2;
	case FEATURE_VHE:
		return FIELD(mmfr1, 11, 8) != 0;
	case FEATURE_FGT:
		return fgt >= 1;
	case FEATURE_FGT_AMU:
		return fgt >= 1 && FIELD(pfr0, 47, 44) != 0;
	case FEATURE_FGT2:
		return fgt >= 2;
	case FEATURE_HCX:
		return FIELD(mmfr1, 43, 40) != 0;
	case FEATURE_TCR2:
		return FIELD(mmfr3, 3, 0) != 0;
	case FEATURE_SCTLR2:
		return FIELD(mmfr3, 7, 4) != 0;
	case FEATURE_RAS:
		return FIELD(pfr0, 31, 28) != 0;
	case FEATURE_MTE2:
		return FIELD(pfr1, 11, 8) >= 2;
	case FEATURE_ECV_POFF:
		return FIELD(mmfr0, 63, 60) >= 2;
	case FEATURE_NV2:
		return FIELD(mmfr2, 27, 24) >= 2;
	case FEATURE_TRF:
		return FIELD(dfr0, 43, 40) != 0;
	case FEATURE_CSV2_2:
		return FIELD(pfr0, 59, 56) >= 2;
	case FEATURE_PAUTH:
		return (isar1 & 0xff0) != 0;
	case FEATURE_SVE:
		return FIELD(pfr0, 35, 32) != 0;
	case FEATURE_SME:
		return FIELD(pfr1, 27, 24) != 0;
	case FEATURE_GIC:
		return FIELD(pfr0, 27, 24) != 0;
	default:
		return true;
	}
}
