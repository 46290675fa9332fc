/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual CPU interface during a run: the list registers are the host's, in hardware before the
 * run and after it (docs/spec/rmi-2.0.md section 10). Called on the CPU of the run, with no lock
 * held. run_gic_valid() of rmm/run/run.h is here too.
 */
#ifndef RMM_AARCH64_GIC_H
#define RMM_AARCH64_GIC_H

#include <stdbool.h>
#include <stdint.h>

/* Before a run: the Realm gets ICC_*_EL1. Returns what gic_close() wants. */
uint64_t gic_open(void);
/* After a run: ICC_SRE_EL2 as it was, and no virtual interface. */
void gic_close(uint64_t sre);

/* Sets of a Realm's timers. */
#define GIC_TIMER_P 1u
#define GIC_TIMER_V 2u

/*
 * For an interrupt that ended the run; `low` are the timers whose outputs are low. If it is a
 * maintenance interrupt for nothing but the ends of such timers' interrupts, it is taken back, and
 * these timers are returned. Otherwise nothing is changed, and the result is 0: the host has to see
 * the interrupt.
 */
unsigned int gic_quiet_timers_ended(unsigned int low);

/*
 * Makes a timer's interrupt pending in the list register that the host left for it. EOI is set, so
 * that the end of the interrupt is a maintenance interrupt. False: there is no such register.
 */
bool gic_deliver_timer(unsigned int timer);

#endif
