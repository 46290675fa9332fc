/* SPDX-License-Identifier: GPL-2.0-only */
/* The calls of the EL2 stub. Only for the files of hyp/ that the stub is made of. */
#ifndef HOST_HYP_CALLS_H
#define HOST_HYP_CALLS_H

#include "host/hyp/hyp.h"

/* calls.c, for entry.S: carries out the call in the frame, and says what comes next
 * (HYP_RETURN...). */
u32 hyp_call(struct hyp_cpu *cpu, struct hyp_frame *frame);

/* enter.c: HYP_ENTER. size: X1. Returns X0. */
u64 hyp_enter(struct hyp_cpu *cpu, u64 size);

/* handback.c: what EL1 gets to see of a run that has ended. */
void hyp_hand_back(struct cca_switch *shared, const struct cca_switch *sw);

#endif
