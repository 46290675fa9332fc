/* SPDX-License-Identifier: BSD-3-Clause */
/* Services of the resident monitor, one block per file. All run at EL3 on the calling CPU. */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <stdbool.h>
#include <stdint.h>
#include "monitor/resident/cpu.h"

/* smc.c: from world.S. `cpu` holds x0-x30 of the caller in ns_x or realm_x; results go there. */
void ns_trap(struct cpu *cpu);
/* Returns non-zero when the CPU must go on in the Non-secure world. */
int realm_trap(struct cpu *cpu);

/* psci.c: a PSCI call of the host; true if `x[0]` is one that exists. */
bool psci_call(struct cpu *cpu, uint64_t *x);
bool psci_implemented(uint32_t fid);
/* Goes on with a CPU that was woken: enters the RMM first, if there is one, then the host. */
void psci_start(struct cpu *cpu) __attribute__((noreturn));

/* trng.c: a TRNG call (DEN0098) of the host; true if it is one. */
bool trng_call(uint64_t *x);
bool trng_implemented(uint32_t fid);

/* rmm.c: the RMM's SMCs; sets *to_ns when the call ends in the host. False: not one of them. */
bool rmm_call(struct cpu *cpu, uint64_t *x, bool *to_ns);
/* Prepares the Realm world of this CPU for the RMM's cold or warm boot; false: no RMM to enter. */
bool rmm_prepare_boot(struct cpu *cpu);
/* Memory for RESERVE_MEMORY as planned by the boot stage. First CPU, once. */
void rmm_init(void);

/* firme.c: FIRME calls of either world; true if it is one. */
bool firme_call(uint64_t *x, bool from_realm);

/* gic.c: distributor and all redistributors; the wake signal. */
void gic_init(void);
void gic_wake(uint64_t mpidr);

/* power.c: the whole machine. */
void machine_off(void) __attribute__((noreturn));
void machine_reset(void) __attribute__((noreturn));

/* main.c: switches this CPU's granule protection checks on. */
void gpc_enable(void);
/* Takes the boot stage's memory away from the monitor once nothing of it is needed any more. */
void boot_stage_done(void);

/* Non-zero while RMI calls are forwarded; read by world.S. */
extern uint32_t rmm_ready;

/* entry.S */
int call_on_stack(int (*fn)(void *), void *arg, uint64_t stack_top);

#endif
