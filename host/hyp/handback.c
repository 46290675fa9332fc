// SPDX-License-Identifier: GPL-2.0-only
/*
 * What EL1 gets to see of a run: the GIC's state as the Realm left it, and the result. It is a file
 * of its own because a test builds the stub with another one, which keeps the GIC's state back.
 */
#include "host/hyp/calls.h"

void hyp_hand_back(struct cca_switch *shared, const struct cca_switch *sw)
{
	hyp_copy_gic(shared, sw, sw->used_lrs, sw->nr_aprs);
	hyp_copy_results(shared, sw);
}
