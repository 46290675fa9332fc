/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions given to a Realm at EL1: DDI0487 D1.3, docs/spec/rsi.md section 4. */
#include "rmm/run/trap.h"

#define PSTATE_M      MASK(3, 0)
#define PSTATE_M32    BIT(4)
#define PSTATE_EL1T   0x4
#define PSTATE_EL1H   0x5
#define PSTATE_DAIF   MASK(9, 6)
#define PSTATE_SSBS   BIT(12)
#define PSTATE_PAN    BIT(22)
#define PSTATE_DIT    BIT(24)
#define PSTATE_TCO    BIT(25)
#define PSTATE_NZCV   MASK(31, 28)
#define PSTATE_ALLINT BIT(13)

#define SCTLR_SPAN     BIT(23)
#define SCTLR_DSSBS    BIT(44)
#define SCTLR_SPINTMSK BIT(62)
#define SCTLR2_EASE    BIT(5)

#define VECTOR_SYNC	     0x000
#define VECTOR_SERROR	     0x180
#define VECTOR_CURRENT_SPX   0x200
#define VECTOR_LOWER	     0x400
#define VECTOR_LOWER_AARCH32 0x600

#define ESR_FSC_EXTERNAL 0x10
#define ESR_EA		 BIT(9)

static uint64_t vector_base(const struct rec *rec, uint64_t kind)
{
	uint64_t pstate = rec->regs.pstate;

	if (pstate & PSTATE_M32)
		return rec->regs.sys.vbar_el1 + VECTOR_LOWER_AARCH32 + kind;
	switch (pstate & PSTATE_M) {
	case PSTATE_EL1T:
		return rec->regs.sys.vbar_el1 + kind;
	case PSTATE_EL1H:
		return rec->regs.sys.vbar_el1 + VECTOR_CURRENT_SPX + kind;
	default:
		return rec->regs.sys.vbar_el1 + VECTOR_LOWER + kind;
	}
}

/* PSTATE as the handler finds it. UAO, SS, IL and BTYPE become 0; TCO would be 1 with MTE. */
static uint64_t handler_pstate(const struct rec *rec)
{
	uint64_t old = rec->regs.pstate, sctlr = rec->regs.sys.sctlr_el1;
	uint64_t pstate = (old & (PSTATE_NZCV | PSTATE_DIT | PSTATE_PAN | PSTATE_TCO)) |
			  PSTATE_DAIF | PSTATE_EL1H;

	if (!(sctlr & SCTLR_SPAN))
		pstate |= PSTATE_PAN;
	if (sctlr & SCTLR_DSSBS)
		pstate |= PSTATE_SSBS;
	if (FIELD(*run_id_reg(RUN_ID_PFR1), 39, 36) && !(sctlr & SCTLR_SPINTMSK))
		pstate |= PSTATE_ALLINT;
	return pstate;
}

static void inject(struct rec *rec, uint64_t kind, uint64_t esr)
{
	struct rec_sysregs *sys = &rec->regs.sys;

	sys->esr_el1 = esr;
	sys->elr_el1 = rec->regs.pc;
	sys->spsr_el1 = rec->regs.pstate;
	rec->regs.pc = vector_base(rec, kind);
	rec->regs.pstate = handler_pstate(rec);
}

void run_inject_undef(struct rec *rec)
{
	inject(rec, VECTOR_SYNC, ESR_IL);
}

static bool from_el1(const struct rec *rec)
{
	return !(rec->regs.pstate & PSTATE_M32) && (rec->regs.pstate & PSTATE_M) >= PSTATE_EL1T;
}

/*
 * Gives the Realm the abort of last.esr as if it had been an external one. FnV and S1PTW are 0
 * and the address is the faulting VA.
 */
void run_inject_sea(struct rec *rec)
{
	bool same = from_el1(rec);
	bool instruction = ESR_EC(rec->last.esr) == ESR_EC_IABT_LOWER;
	uint64_t ec = instruction ? (same ? ESR_EC_IABT_SAME : ESR_EC_IABT_LOWER)
				  : (same ? ESR_EC_DABT_SAME : ESR_EC_DABT_LOWER);
	bool ease = *run_id_reg(RUN_ID_MMFR3) & MASK(7, 4) &&
		    (rec->regs.sys.sctlr2_el1 & SCTLR2_EASE);

	rec->regs.sys.far_el1 = rec->last.far;
	inject(rec, ease ? VECTOR_SERROR : VECTOR_SYNC,
	       ec << ESR_EC_SHIFT | (rec->last.esr & ESR_IL) | ESR_EA | ESR_FSC_EXTERNAL |
		       (instruction ? 0 : rec->last.esr & BIT(6)));
}
