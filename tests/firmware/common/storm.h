/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unknown and malformed SMCs with random registers: each must give X0 = -1 and change no other
 * register. Runs at EL1, NS-EL2 and R-EL2.
 */
#ifndef FIRMWARE_STORM_H
#define FIRMWARE_STORM_H

#include <stdint.h>
#include "tests/lib/bare/payload.h"

struct storm {
	uint64_t seed;
	uint64_t count;
	uint64_t from_realm;
	uint64_t bad;	       /* calls that did not behave */
	uint64_t bad_register; /* of the first: 0-30, 31 SP, 32 NZCV, 33 DAIF */
	uint64_t bad_value;
	struct smc_regs bad_call; /* of the first: what was passed */
};

void storm_run(struct storm *storm);

#endif
