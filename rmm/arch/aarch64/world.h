/* SPDX-License-Identifier: BSD-3-Clause */
/* The way into a Realm and out of it (world.S), for the run loop; and copies that may fault. */
#ifndef RMM_AARCH64_WORLD_H
#define RMM_AARCH64_WORLD_H

/* struct rec_regs */
#define REGS_PC 248 /* and pstate behind it */

/* enum realm_exit */
#define REALM_SYNC   0
#define REALM_IRQ    1
#define REALM_FIQ    2
#define REALM_SERROR 3

#ifndef __ASSEMBLER__

#include "rmm/core/rec_regs.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs the Realm from regs. After each exception taken to EL2 run_left_realm() says whether it goes
 * on. General registers, PC and PSTATE go through regs, all others are in place.
 */
void realm_run(struct rec_regs *regs, void *context);

/* run.c: true to go on. */
bool run_left_realm(int kind, void *context);

/*
 * Copies n bytes, a multiple of 8, of which one side may be Non-secure memory. False: a granule
 * protection fault ended it.
 */
bool ns_copy(void *dst, const void *src, size_t n);

#endif
#endif
