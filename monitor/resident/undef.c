/* SPDX-License-Identifier: BSD-3-Clause */
/* See undef.h. The rules are those of AArch64.TakeException (DDI0487). */
#include <util.h>

#include "monitor/resident/undef.h"

#define PSTATE_EL1H   0x5
#define PSTATE_EL2H   0x9
#define PSTATE_SPX    BIT(0)
#define PSTATE_EL     MASK(3, 2)
#define PSTATE_EL2    0x8
#define PSTATE_M32    BIT(4)
#define PSTATE_M      MASK(3, 0) /* 0 in AArch32: User mode */
#define PSTATE_DAIF   MASK(9, 6)
#define PSTATE_SSBS   BIT(12)
#define PSTATE_ALLINT BIT(13)
#define PSTATE_PAN    BIT(22)
#define PSTATE_DIT    BIT(24)
#define PSTATE_TCO    BIT(25)
#define PSTATE_NZCV   MASK(31, 28)

#define HCR_TGE BIT(27)
#define HCR_RW	BIT(31)
#define HCR_E2H BIT(34)

#define SCTLR_SPAN     BIT(23)
#define SCTLR_DSSBS    BIT(44)
#define SCTLR_SPINTMSK BIT(62)

#define PFR1_MTE(v) FIELD(v, 11, 8)
#define PFR1_NMI(v) FIELD(v, 39, 36)
#define MTE2	    2

#define VECTOR_CURRENT_SPX   0x200
#define VECTOR_LOWER	     0x400
#define VECTOR_LOWER_AARCH32 0x600

/*
 * EL1 in AArch32 state has no AArch64 vectors: an exception return to them would be illegal and end
 * at EL3. The exception goes to EL2 instead, which is always in AArch64 state.
 */
static bool el1_is_aarch32(const struct undef_source *from)
{
	if (!(from->spsr & PSTATE_M32))
		return false;
	return (from->spsr & PSTATE_M) != 0 || !(from->hcr_el2 & HCR_RW);
}

static bool goes_to_el2(const struct undef_source *from)
{
	bool aarch32 = from->spsr & PSTATE_M32;
	uint64_t level = from->spsr & (aarch32 ? PSTATE_M : PSTATE_EL);

	if (!aarch32 && level == PSTATE_EL2)
		return true;
	return el1_is_aarch32(from) || (level == 0 && (from->hcr_el2 & HCR_TGE));
}

static uint64_t vector(uint64_t spsr, bool el2)
{
	if (spsr & PSTATE_M32)
		return VECTOR_LOWER_AARCH32;
	if ((spsr & PSTATE_EL) != ((el2 ? PSTATE_EL2H : PSTATE_EL1H) & PSTATE_EL))
		return VECTOR_LOWER;
	return spsr & PSTATE_SPX ? VECTOR_CURRENT_SPX : 0;
}

/* UAO, SS, IL and BTYPE become 0. SPAN of EL2 counts only with E2H and TGE set. */
static uint64_t handler_pstate(const struct undef_source *from, bool el2)
{
	uint64_t sctlr = el2 ? from->sctlr_el2 : from->sctlr_el1;
	bool kernel = !el2 || (from->hcr_el2 & HCR_E2H && from->hcr_el2 & HCR_TGE);
	uint64_t pstate = from->spsr & (PSTATE_NZCV | PSTATE_DIT | PSTATE_PAN);

	pstate |= PSTATE_DAIF | (el2 ? PSTATE_EL2H : PSTATE_EL1H);
	if (kernel && !(sctlr & SCTLR_SPAN))
		pstate |= PSTATE_PAN;
	if (sctlr & SCTLR_DSSBS)
		pstate |= PSTATE_SSBS;
	if (PFR1_MTE(from->id_aa64pfr1) >= MTE2)
		pstate |= PSTATE_TCO;
	else if (!(from->spsr & PSTATE_M32))
		pstate |= from->spsr & PSTATE_TCO;
	if (PFR1_NMI(from->id_aa64pfr1) && !(sctlr & SCTLR_SPINTMSK))
		pstate |= PSTATE_ALLINT;
	return pstate;
}

struct undef_target undef_target(const struct undef_source *from)
{
	bool el2 = goes_to_el2(from);

	return (struct undef_target){el2, handler_pstate(from, el2), vector(from->spsr, el2)};
}
