/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL1 and EL0 state of host and Realm around a run: docs/spec/rmi-2.0.md section 16. What only some
 * Realms use (pointer authentication, PMU, breakpoints) is moved only for those.
 */
#ifndef RMM_AARCH64_SWITCH_H
#define RMM_AARCH64_SWITCH_H

#include "rmm/arch/aarch64/cpu.h"
#include "rmm/core/rec.h"

/* rec->arch_flags */
#define REC_USES_PAUTH	   BIT(0)
#define REC_SERROR_PENDING BIT(1) /* a virtual SError the Realm has not taken yet */

/* Saves the host's registers and loads the Realm's, all EL2 controls included; and back. */
void switch_to_rec(struct cpu *cpu, struct rec *rec);
void switch_to_host(struct cpu *cpu, struct rec *rec);

/* In the middle of a run: the Realm's registers to memory, where exceptions are made, and back. */
void switch_save_rec(struct rec *rec);
void switch_load_rec(const struct rec *rec);

/* The Realm's first use of pointer authentication: from now on it has its keys. */
void switch_enable_pauth(struct rec *rec);

/*
 * A register access of the Realm trapped. True: it was a register the Realm is shown, the trap is
 * gone, and the Realm is to try again.
 */
bool switch_untrap(struct cpu *cpu, uint64_t esr);

/* The Realm has written a debug register, in its REC: the hardware follows. */
void switch_update_debug(struct cpu *cpu, struct rec *rec);

#endif
