/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The run loop of a REC: timers, interrupt controller, and what each exception leads to. Contract
 * in rmm/run/run.h; docs/spec/rmi-2.0.md sections 10 and 16.
 */
#include "abi/rmi_ext.h"
#include "rmm/arch/aarch64/fault.h"
#include "rmm/arch/aarch64/gic.h"
#include "rmm/arch/aarch64/pmu.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/aarch64/switch.h"
#include "rmm/arch/aarch64/world.h"
#include "rmm/arch/arch.h"
#include "rmm/rsi/rsi.h"
#include "rmm/run/trap.h"

_Static_assert(offsetof(struct rec_regs, gprs) == 0, "world.S");
_Static_assert(offsetof(struct rec_regs, pc) == REGS_PC, "REGS_PC");
_Static_assert(offsetof(struct rec_regs, pstate) == REGS_PC + 8, "world.S");

#define RETIRE_TRIES  10000
#define TIMERS_UNSEEN (~UINT64_C(0))

/* One run, for run_left_realm(). */
struct run {
	struct cpu *cpu;
	struct rec *rec;
	struct rec_exit *exit;
	bool timer_lr; /* the host left the timers to us: abi/rmi_ext.h */
};

static bool asserted(uint64_t ctl)
{
	return (ctl & (TIMER_ENABLE | TIMER_IMASK | TIMER_ISTATUS)) ==
	       (TIMER_ENABLE | TIMER_ISTATUS);
}

/* The line of a masked timer takes a moment to reach the interrupt controller. */
static void retire(uint64_t cnthctl)
{
	for (unsigned int i = 0; i < RETIRE_TRIES; i++) {
		uint64_t intid = read_sysreg(ICC_HPPIR1_EL1);

		if (!(intid == TIMER_P_INTID && (cnthctl & CNTHCTL_CNTPMASK)) &&
		    !(intid == TIMER_V_INTID && (cnthctl & CNTHCTL_CNTVMASK)))
			break;
	}
}

/*
 * Prepares the Realm's timers for a run. A timer whose output is high is masked: the host has heard
 * of it, or hears of it now. True: an output is not as the host last saw it.
 */
static bool __attribute__((noinline))
timers_changed(struct cpu *cpu, const struct rec *rec, uint64_t p_ctl, uint64_t v_ctl)
{
	bool p = asserted(p_ctl), v = asserted(v_ctl);
	uint64_t cnthctl = CNTHCTL_REALM | (p ? CNTHCTL_CNTPMASK : 0) | (v ? CNTHCTL_CNTVMASK : 0);

	if (cnthctl != cpu->cnthctl) {
		write_sysreg(cnthctl_el2, cnthctl);
		cpu->cnthctl = cnthctl;
		isb();
		retire(cnthctl);
	}
	return p != asserted(rec->cntp_ctl_reported) || v != asserted(rec->cntv_ctl_reported);
}

/* The outputs of the Realm's timers and PMU, as its saved registers have them. */
static void report_lines(struct rec *rec, struct rec_exit *exit)
{
	exit->cntp_ctl = rec->cntp_ctl_reported = rec->regs.sys.cntp_ctl;
	exit->cntp_cval = rec->regs.sys.cntp_cval;
	exit->cntv_ctl = rec->cntv_ctl_reported = rec->regs.sys.cntv_ctl;
	exit->cntv_cval = rec->regs.sys.cntv_cval;
	exit->pmu_ovf_status = rec->config.pmu && pmu_overflow(rec);
}

/* CTL of a timer that is not in the hardware, ISTATUS as it is now. */
static uint64_t ctl_now(uint64_t ctl, uint64_t cval)
{
	bool status = (ctl & TIMER_ENABLE) && read_sysreg(cntpct_el0) >= cval;

	return (ctl & ~TIMER_ISTATUS) | (status ? TIMER_ISTATUS : 0);
}

void run_fill_lines(struct rec *rec, struct rec_exit *exit)
{
	struct rec_sysregs *s = &rec->regs.sys;

	s->cntp_ctl = ctl_now(s->cntp_ctl, s->cntp_cval);
	s->cntv_ctl = ctl_now(s->cntv_ctl, s->cntv_cval);
	report_lines(rec, exit);
}

/* Gives the Realm an exception: its registers are saved, changed in memory, and loaded again. */
static void inject(struct rec *rec, enum run_next what)
{
	switch_save_rec(rec);
	if (what == RUN_INJECT_UNDEF)
		run_inject_undef(rec);
	else
		run_inject_sea(rec);
	switch_load_rec(rec);
}

static enum rec_next portable_sync(struct cpu *cpu, struct rec *rec, uint64_t esr,
				   struct rec_exit *exit)
{
	struct run_trap trap = {esr, read_sysreg(far_el2), read_sysreg(hpfar_el2)};
	enum run_next next;

	if (!fault_complete(rec, &trap))
		return REC_RESUME;
	next = run_sync(rec, &trap, exit);

	if (ESR_EC(esr) == ESR_EC_SYSREG)
		switch_update_debug(cpu, rec);
	if (next == RUN_INJECT_UNDEF || next == RUN_INJECT_SEA || next == RUN_EXIT_SEA)
		inject(rec, next);
	return next == RUN_EXIT || next == RUN_EXIT_SEA ? REC_EXIT : REC_RESUME;
}

/*
 * True for a write of an APxxKEY register: op0 3, op1 0, CRn 2, CRm 1 to 3. A read is not looked
 * for: as long as no key was written it gives 0, as any other register that traps.
 */
static bool is_pauth_key_write(uint64_t esr)
{
	return ESR_EC(esr) == ESR_EC_SYSREG && FIELD(esr, 21, 20) == 3 && FIELD(esr, 16, 10) == 2 &&
	       FIELD(esr, 4, 1) >= 1 && FIELD(esr, 4, 1) <= 3 && !(esr & BIT(0));
}

static enum rec_next handle_sync(struct cpu *cpu, struct rec *rec, uint64_t esr,
				 struct rec_exit *exit)
{
	switch (ESR_EC(esr)) {
	case ESR_EC_SVE:
		if (!rec->config.sve)
			break;
		/* fall through */
	case ESR_EC_FP:
		fp_give_to_rec(rec);
		return REC_RESUME;
	case ESR_EC_PAUTH:
		switch_enable_pauth(rec);
		return REC_RESUME;
	default:
		if (is_pauth_key_write(esr))
			switch_enable_pauth(rec);
		else if (ESR_EC(esr) != ESR_EC_SYSREG || !switch_untrap(cpu, esr))
			break;
		return REC_RESUME;
	}
	return portable_sync(cpu, rec, esr, exit);
}

static enum rec_next handle_serror(struct rec *rec, uint64_t esr, struct rec_exit *exit)
{
	if (run_serror(esr, exit)) {
		rec->arch_flags |= REC_SERROR_PENDING;
		rec->regs.sys.vsesr_el2 = esr & MASK(24, 0);
	}
	return REC_EXIT;
}

static bool rose(uint64_t ctl, uint64_t reported)
{
	return asserted(ctl) && !asserted(reported);
}

static bool deliver(struct rec_exit *exit, unsigned int timer, uint64_t ctl, uint64_t *reported)
{
	if (rose(ctl, *reported)) {
		if (!gic_deliver_timer(timer))
			return false;
		exit->timers_delivered++;
	}
	*reported = ctl;
	return true;
}

/* False: the host has to see what the timers do. */
static bool deliver_timers(const struct run *run, uint64_t p_ctl, uint64_t v_ctl)
{
	return run->timer_lr &&
	       deliver(run->exit, GIC_TIMER_P, p_ctl, &run->rec->cntp_ctl_reported) &&
	       deliver(run->exit, GIC_TIMER_V, v_ctl, &run->rec->cntv_ctl_reported);
}

/*
 * A host that passes a timer's level by a list register asks for a maintenance interrupt at the end
 * of the interrupt, to look at the level again. If the level is low by then, as after most ticks,
 * there is nothing to look at: the run goes on with the timer unmasked, and what the host hears of
 * the timer next is that it fired again.
 *
 * The interrupt of a timer is no reason to exit either if the host has left a list register for it
 * (TIMER_LR, abi/rmi_ext.h): the RMM delivers it, and the run goes on.
 */
static enum rec_next handle_irq(const struct run *run)
{
	struct rec *rec = run->rec;
	uint64_t p_ctl = read_sysreg(cntp_ctl_el02), v_ctl = read_sysreg(cntv_ctl_el02);
	unsigned int ended = gic_quiet_timers_ended((asserted(p_ctl) ? 0 : GIC_TIMER_P) |
						    (asserted(v_ctl) ? 0 : GIC_TIMER_V));

	if (ended & GIC_TIMER_P)
		rec->cntp_ctl_reported = p_ctl;
	if (ended & GIC_TIMER_V)
		rec->cntv_ctl_reported = v_ctl;
	if (ended)
		return REC_RESUME;
	if ((rose(p_ctl, rec->cntp_ctl_reported) || rose(v_ctl, rec->cntv_ctl_reported)) &&
	    deliver_timers(run, p_ctl, v_ctl))
		return REC_RESUME;
	run->exit->reason = RMI_EXIT_IRQ;
	return REC_EXIT;
}

static enum rec_next __attribute__((noinline))
handle_exit(const struct run *run, int kind, uint64_t esr)
{
	switch (kind) {
	case REALM_SYNC:
		return handle_sync(run->cpu, run->rec, esr, run->exit);
	case REALM_IRQ:
		return handle_irq(run);
	case REALM_FIQ:
		run->exit->reason = RMI_EXIT_FIQ;
		return REC_EXIT;
	default:
		return handle_serror(run->rec, esr, run->exit);
	}
}

/*
 * May the Realm be entered now? Most times its timers are as they were at the last entry of this
 * run, and that entry was made.
 */
static bool ready(const struct run *run)
{
	uint64_t p_ctl = read_sysreg(cntp_ctl_el02), v_ctl = read_sysreg(cntv_ctl_el02);
	uint64_t both = p_ctl << 32 | v_ctl;

	if (both == run->cpu->timers_seen)
		return true;
	run->cpu->timers_seen = both;
	if (!timers_changed(run->cpu, run->rec, p_ctl, v_ctl) || deliver_timers(run, p_ctl, v_ctl))
		return true;
	run->exit->reason = RMI_EXIT_IRQ;
	return false;
}

/* Calls of the Realm come first: they are what it does most, and they are short. */
bool run_left_realm(int kind, void *context)
{
	const struct run *run = context;
	uint64_t esr = read_sysreg(esr_el2);
	enum rec_next next;

	if (__builtin_expect(kind == REALM_SYNC && ESR_EC(esr) == ESR_EC_SMC64, 1))
		next = rsi_smc(run->rec, run->exit);
	else
		next = handle_exit(run, kind, esr);
	return next == REC_RESUME && ready(run);
}

static void set_wfx_traps(uint64_t flags)
{
	uint64_t traps = (flags & RMI_ENTER_TRAP_WFI ? HCR_TWI : 0) |
			 (flags & RMI_ENTER_TRAP_WFE ? HCR_TWE : 0);

	if (traps)
		write_sysreg(hcr_el2, read_sysreg(hcr_el2) | traps);
}

void run_rec(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	struct cpu *cpu = this_cpu();
	struct run run = {cpu, rec, exit, enter->flags & RMI_ENTER_EXT_TIMER_LR};
	uint64_t sre = gic_open();

	switch_to_rec(cpu, rec);
	set_wfx_traps(enter->flags);
	cpu->timers_seen = TIMERS_UNSEEN;
	if (ready(&run))
		realm_run(&rec->regs, &run);
	switch_to_host(cpu, rec);
	gic_close(sre);
	report_lines(rec, exit);
}
