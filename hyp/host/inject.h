/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions given to the host at EL1: what EL2 knows of the instruction that trapped becomes what
 * EL1's handler finds. Portable. DDI0487 D1.3.
 */
#ifndef HYP_HOST_INJECT_H
#define HYP_HOST_INJECT_H

#include <stdint.h>

/* From EL2's and EL1's registers. */
struct trap {
	uint64_t esr, far, pc, pstate;
	uint64_t vbar, sctlr;
	uint64_t pfr1; /* ID_AA64PFR1_EL1 */
};

/* For EL1's and EL2's registers; pc and pstate are where the host goes on. */
struct injected {
	uint64_t esr, far, elr, spsr;
	uint64_t pc, pstate;
};

/* The exception that the instruction causes on a CPU that does not have it. far is 0. */
void inject_undefined(const struct trap *t, struct injected *to);

/*
 * For an abort of stage 2. An access to data becomes an alignment fault: Linux sends the process a
 * SIGBUS, takes the kernel's fixup if there is one, and oopses else. It would retry a translation
 * fault for ever, and has no fixups for an external abort. An instruction fetch becomes an external
 * abort, which is a SIGBUS too.
 */
void inject_abort(const struct trap *t, struct injected *to);

#endif
