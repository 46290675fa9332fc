/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Running a REC: from a host's entry that has been checked to the exit that it gets. The run loop
 * and the world switch are the machine's (rmm/arch/aarch64/); decisions about aborts, system
 * registers and injected exceptions are portable over struct rec (rmm/run/).
 *
 * All functions take a pinned REC and are called on the CPU that pinned it, with no lock held.
 */
#ifndef RMM_RUN_RUN_H
#define RMM_RUN_RUN_H

#include "abi/rmi.h"
#include "rmm/core/rec.h"

/* What the host asks for with a run. */
struct rec_enter {
	uint64_t flags; /* RMI_ENTER_TRAP_WFI, _TRAP_WFE, _EXT_TIMER_LR; others are not looked at */
};

/*
 * What the host learns of a run. The values are the RMI's, alike in all its versions; where each
 * of them is in the host's page is the front end's affair.
 */
struct rec_exit {
	uint64_t reason; /* RMI_EXIT_* */
	uint64_t esr, far, hpfar;
	uint64_t gprs[REC_GPRS];
	uint64_t cntp_ctl, cntp_cval, cntv_ctl, cntv_cval;
	uint64_t ripas_base, ripas_top, ripas_value;
	uint64_t pmu_ovf_status;
	uint64_t timers_delivered; /* with RMI_ENTER_EXT_TIMER_LR: interrupts of timers in this run
				    */
	uint32_t imm;
};

/* What follows when an exit from the Realm has been looked at. */
enum rec_next {
	REC_RESUME, /* enter the Realm again */
	REC_EXIT,   /* return to the host; struct rec_exit says why */
};

/*
 * Supplied by the machine: no list register that is not empty has HW set, and no two of them name
 * the same vINTID (docs/spec/rmi-2.0.md section 10).
 */
bool run_gic_valid(void);

/*
 * Supplied by the machine: runs the REC until something is for the host. The caller has set *exit
 * to 0. The reason, the fields that belong to it, timers and PMU overflow are filled.
 */
void run_rec(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit);

/* Supplied by the machine: fills timers and PMU overflow, for an entry that ends without a run. */
void run_fill_lines(struct rec *rec, struct rec_exit *exit);

/*
 * Ends the access of the last exit, which the host was allowed to emulate (last.emulatable): pc
 * moves behind it, and a load gets `data`.
 */
void run_complete_mmio(struct rec *rec, uint64_t data);

/* Gives the Realm a synchronous external abort at last.far instead of the access of last.esr. */
void run_inject_sea(struct rec *rec);

/* The host's answer to a trapped register read. pc is behind that instruction already. */
void run_complete_sysreg_read(struct rec *rec, uint64_t data);

/*
 * Fills the exit for a page at ipa that the host has to map first: data abort, translation fault at
 * that level, HPFAR, nothing else (docs/spec/rsi.md section 4).
 */
void run_exit_missing_page(struct rec_exit *exit, ipa_t ipa, int level);

#endif
