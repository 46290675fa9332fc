/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions given to the host. See inject.h. */
#include <util.h>

#include "hyp/host/inject.h"

#define PSTATE_M      MASK(3, 0)
#define PSTATE_M32    BIT(4)
#define PSTATE_EL1T   0x4
#define PSTATE_EL1H   0x5
#define PSTATE_DAIF   MASK(9, 6)
#define PSTATE_SSBS   BIT(12)
#define PSTATE_ALLINT BIT(13)
#define PSTATE_PAN    BIT(22)
#define PSTATE_DIT    BIT(24)
#define PSTATE_TCO    BIT(25)
#define PSTATE_NZCV   MASK(31, 28)

#define SCTLR_SPAN     BIT(23)
#define SCTLR_DSSBS    BIT(44)
#define SCTLR_SPINTMSK BIT(62)

#define VECTOR_CURRENT_SP0   0x000
#define VECTOR_CURRENT_SPX   0x200
#define VECTOR_LOWER	     0x400
#define VECTOR_LOWER_AARCH32 0x600

#define EC_SHIFT      26
#define EC_IABT_LOWER 0x20
#define EC_IABT_SAME  0x21
#define EC_DABT_LOWER 0x24
#define EC_DABT_SAME  0x25
#define ESR_IL	      BIT(25)
#define ESR_CM	      BIT(8)
#define ESR_WNR	      BIT(6)
#define FSC_EXTERNAL  0x10
#define FSC_ALIGNMENT 0x21

static uint64_t vector(const struct trap *t)
{
	if (t->pstate & PSTATE_M32)
		return VECTOR_LOWER_AARCH32;
	switch (t->pstate & PSTATE_M) {
	case PSTATE_EL1T:
		return VECTOR_CURRENT_SP0;
	case PSTATE_EL1H:
		return VECTOR_CURRENT_SPX;
	default:
		return VECTOR_LOWER;
	}
}

/* UAO, SS, IL and BTYPE become 0. */
static uint64_t handler_pstate(const struct trap *t)
{
	uint64_t pstate = (t->pstate & (PSTATE_NZCV | PSTATE_DIT | PSTATE_PAN)) | PSTATE_DAIF |
			  PSTATE_EL1H;

	if (!(t->sctlr & SCTLR_SPAN))
		pstate |= PSTATE_PAN;
	if (t->sctlr & SCTLR_DSSBS)
		pstate |= PSTATE_SSBS;
	if (FIELD(t->pfr1, 11, 8))
		pstate |= PSTATE_TCO;
	if (FIELD(t->pfr1, 39, 36) && !(t->sctlr & SCTLR_SPINTMSK))
		pstate |= PSTATE_ALLINT;
	return pstate;
}

static void inject(const struct trap *t, uint64_t esr, struct injected *to)
{
	*to = (struct injected){
		.esr = esr,
		.elr = t->pc,
		.spsr = t->pstate,
		.pc = t->vbar + vector(t),
		.pstate = handler_pstate(t),
	};
}

void inject_undefined(const struct trap *t, struct injected *to)
{
	inject(t, ESR_IL, to);
}

void inject_abort(const struct trap *t, struct injected *to)
{
	bool same = vector(t) < VECTOR_LOWER;
	uint64_t esr;

	if (FIELD(t->esr, 31, EC_SHIFT) == EC_IABT_LOWER)
		esr = (uint64_t)(same ? EC_IABT_SAME : EC_IABT_LOWER) << EC_SHIFT |
		      (t->esr & ESR_IL) | FSC_EXTERNAL;
	else
		esr = (uint64_t)(same ? EC_DABT_SAME : EC_DABT_LOWER) << EC_SHIFT |
		      (t->esr & (ESR_IL | ESR_CM | ESR_WNR)) | FSC_ALIGNMENT;
	inject(t, esr, to);
	to->far = t->far;
}
