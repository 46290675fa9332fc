/* SPDX-License-Identifier: BSD-3-Clause */
/* Synchronous exceptions of a Realm by class: docs/spec/rsi.md section 4. */
#include "rmm/run/trap.h"

#define WFX_TI	   MASK(1, 0)
#define WFX_TI_WFE 1

/*
 * These instructions only trap when the host asked for it. An exit has no room for a deadline, so
 * FEAT_WFxT is not shown to Realms (id.c). For a Realm that uses it all the same, WFIT and WFET end
 * early: they look like WFE.
 */
static enum run_next wfx(struct rec *rec, uint64_t esr, struct rec_exit *exit)
{
	exit->reason = RMI_EXIT_SYNC;
	exit->esr = (uint64_t)ESR_EC_WFX << ESR_EC_SHIFT | (esr & WFX_TI ? WFX_TI_WFE : 0);
	rec_skip_instruction(rec);
	return RUN_EXIT;
}

enum run_next run_sync(struct rec *rec, const struct run_trap *trap, struct rec_exit *exit)
{
	switch (ESR_EC(trap->esr)) {
	case ESR_EC_WFX:
		return wfx(rec, trap->esr, exit);
	case ESR_EC_SYSREG:
		return run_sysreg(rec, trap->esr, exit);
	case ESR_EC_IABT_LOWER:
	case ESR_EC_DABT_LOWER:
		return run_abort(rec, trap, exit);
	case ESR_EC_HVC64:
		/* The only trap that leaves pc behind its instruction. */
		rec->regs.pc -= 4;
		return RUN_INJECT_UNDEF;
	default:
		/*
		 * Instructions of features this Realm does not have (SME, AArch32 system
		 * registers, ...): a host could do nothing about them.
		 */
		return RUN_INJECT_UNDEF;
	}
}
