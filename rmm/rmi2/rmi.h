/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RMI 2.0 front end: the only entry from the host. The machine layer calls rmi2_handle() with the
 * host's registers; everything else in rmm/rmi2/ is reached through its table.
 */
#ifndef RMM_RMI2_RMI_H
#define RMM_RMI2_RMI_H

#include "abi/rmi.h"
#include "rmm/core/types.h"

/* X0..X7 of the host's SMC: arguments in, results out. */
struct rmi_regs {
	uint64_t x[8];
};

/*
 * Carries out one command. r->x[0] is the FID (with or without the SVE hint bit); on return
 * r->x[0..7] are the host's X0..X7. No lock is held before or after. REC_ENTER runs a REC on the
 * calling CPU for as long as no exit is due.
 */
void rmi2_handle(struct rmi_regs *r);

#endif
