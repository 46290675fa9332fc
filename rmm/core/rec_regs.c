/* SPDX-License-Identifier: BSD-3-Clause */
/* Register state of a REC that starts. See rec.h. */
#include <string.h>

#include "rmm/core/rec.h"

#define MPIDR_RES1 BIT(31)

/* docs/spec/rmi-2.0.md section 7: everything not named there is 0. */
void rec_init_regs(struct rec *rec)
{
	rec->regs.pstate = REC_PSTATE_RESET;
	rec->regs.sys.sctlr_el1 = REC_SCTLR_EL1_RESET;
	rec->regs.sys.mdscr_el1 = REC_MDSCR_EL1_RESET;
	rec->regs.sys.vmpidr_el2 = rec->mpidr | MPIDR_RES1;
}

/* What the machine layer remembers about registers, a pending virtual SError, goes with them. */
void rec_reset_regs(struct rec *rec)
{
	memset(&rec->regs, 0, sizeof(rec->regs));
	memset(&rec->last, 0, sizeof(rec->last));
	rec->arch_flags = 0;
	rec_init_regs(rec);
}
