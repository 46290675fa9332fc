/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Running a REC: from the checked REC_ENTER to the exit for the host. The run loop and the world
 * switch are the machine's (rmm/arch/aarch64/); the decisions on aborts, system registers and
 * injection are portable over struct rec (rmm/run/).
 *
 * All functions take a pinned REC and are called on the CPU that pinned it, with no lock held.
 */
#ifndef RMM_RUN_RUN_H
#define RMM_RUN_RUN_H

#include "abi/rmi.h"
#include "rmm/core/rec.h"

/* Machine: no valid list register has HW set and no two name the same vINTID (section 10). */
bool run_gic_valid(void);

/*
 * Machine: runs the REC until something is for the host. *exit is zeroed by the caller; reason,
 * the fields of that reason, timers and PMU overflow are filled. enter->flags: TRAP_WFI, TRAP_WFE,
 * EXT_TIMER_LR.
 */
void run_rec(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit);

/* Machine: fills the timer fields only, for an enter that returns without running. */
void run_fill_timers(struct rec *rec, struct rec_exit *exit);

/* rmm/run/abort.c. MMIO: data is enter.gprs[0]; valid after last.emulatable only. */
void run_complete_mmio(struct rec *rec, uint64_t data);
/* Data abort, synchronous external, at last.far; for RMI_ENTER_INJECT_SEA. */
void run_inject_sea(struct rec *rec);

/* rmm/run/sysreg.c: answer of the host to a trapped register read; PC is behind it already. */
void run_complete_sysreg_read(struct rec *rec, uint64_t data);

/*
 * The SYNC exit for a page at ipa that the host has to map first: data abort, translation fault at
 * that level, HPFAR, nothing else (docs/spec/rsi.md section 4). Portable.
 */
void run_exit_missing_page(struct rec_exit *exit, ipa_t ipa, int level);

#endif
