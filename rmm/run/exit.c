/* SPDX-License-Identifier: BSD-3-Clause */
/* The exit for a page that is not there. See run.h. */
#include "rmm/run/run.h"

#define ESR_EC_DABT_LOWER     (UINT64_C(0x24) << 26)
#define ESR_FSC_TRANSLATION   0x04 /* level 0; level -1 is 0x2b */
#define ESR_FSC_LEVEL_MINUS_1 0x2b

void run_exit_missing_page(struct rec_exit *exit, ipa_t ipa, int level)
{
	exit->reason = RMI_EXIT_SYNC;
	exit->esr = ESR_EC_DABT_LOWER |
		    (level < 0 ? ESR_FSC_LEVEL_MINUS_1 : ESR_FSC_TRANSLATION + (unsigned int)level);
	exit->hpfar = (ipa.v >> GRANULE_SHIFT) << 4;
}
