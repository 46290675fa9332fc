/* SPDX-License-Identifier: BSD-3-Clause */
/* See fault.h. */
#include <sysreg.h>

#include "rmm/arch/aarch64/fault.h"

#define PSTATE_EL_SPSEL MASK(3, 0) /* 0: EL0, in AArch32 state too */
#define PAR_F		BIT(0)
#define PAR_PA(par)	FIELD(par, 51, 12)
#define HPFAR_FIPA_LOW	4

/*
 * DDI0487, HPFAR_EL2: a permission fault sets it only when it was on a walk of stage 1. (The fault
 * of an instruction needs no address: see rmm/run/abort.c.)
 */
static bool is_unknown(uint64_t esr)
{
	return ESR_EC(esr) == ESR_EC_DABT_LOWER && ESR_IS_PERMISSION(esr) && !(esr & ESR_S1PTW);
}

/*
 * Translates va by the stage 1 that the access has just passed. A read is asked for, because what
 * may be written may be read, and cache maintenance, which counts as a write, needs no more.
 */
static uint64_t translate(const struct rec *rec, uint64_t va)
{
	uint64_t realms = read_sysreg(par_el1), par;

	if (rec->regs.pstate & PSTATE_EL_SPSEL)
		at(s1e1r, va);
	else
		at(s1e0r, va);
	isb();
	par = read_sysreg(par_el1);
	write_sysreg(par_el1, realms);
	return par;
}

bool fault_complete(const struct rec *rec, struct run_trap *trap)
{
	uint64_t par;

	if (!is_unknown(trap->esr))
		return true;
	par = translate(rec, trap->far);
	trap->hpfar = PAR_PA(par) << HPFAR_FIPA_LOW;
	return !(par & PAR_F);
}
