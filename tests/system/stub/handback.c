// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the place of host/hyp/handback.c: a stub that loses what a Realm left in the GIC's registers.
 * The test lost_state shows by it what a host at EL1 needs the stub for.
 */
#include "host/hyp/calls.h"

void hyp_hand_back(struct cca_switch *shared, const struct cca_switch *sw)
{
	hyp_copy_results(shared, sw);
}
