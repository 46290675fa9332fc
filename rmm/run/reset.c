/* SPDX-License-Identifier: BSD-3-Clause */
/* Register state of a REC that starts, and the exit for a page that is not there. See run.h. */
#include <string.h>

#include "rmm/run/run.h"

#define MPIDR_RES1	      BIT(31)
#define ESR_EC_DABT_LOWER     (UINT64_C(0x24) << 26)
#define ESR_FSC_TRANSLATION   0x04 /* level 0; level -1 is 0x2b */
#define ESR_FSC_LEVEL_MINUS_1 0x2b

/* docs/spec/rmi-2.0.md section 7: everything not named there is 0. */
void run_init_regs(struct rec *rec)
{
	rec->regs.pstate = REC_PSTATE_RESET;
	rec->regs.sys.sctlr_el1 = REC_SCTLR_EL1_RESET;
	rec->regs.sys.mdscr_el1 = REC_MDSCR_EL1_RESET;
	rec->regs.sys.vmpidr_el2 = rec->mpidr | MPIDR_RES1;
}

/* What the machine layer remembers about registers, a pending virtual SError, goes with them. */
void run_reset_regs(struct rec *rec)
{
	memset(&rec->regs, 0, sizeof(rec->regs));
	memset(&rec->last, 0, sizeof(rec->last));
	rec->arch_flags = 0;
	run_init_regs(rec);
}

void run_exit_missing_page(struct rec_exit *exit, ipa_t ipa, int level)
{
	exit->reason = RMI_EXIT_SYNC;
	exit->esr = ESR_EC_DABT_LOWER |
		    (level < 0 ? ESR_FSC_LEVEL_MINUS_1 : ESR_FSC_TRANSLATION + (unsigned int)level);
	exit->hpfar = (ipa.v >> GRANULE_SHIFT) << 4;
}
