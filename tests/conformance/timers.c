/* SPDX-License-Identifier: BSD-3-Clause */
/* A Realm's timers and virtual interrupts. RMI 2.0 section 10. */
#include <string.h>
#include "abi/rmi_ext.h"
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;
static volatile uint64_t *shared;
static uint64_t shared_ipa;

#define SECONDS	      60
#define LATE	      10 /* seconds after which an exit that is due counts as missing: machines are busy */
#define ICC_IAR1      SYSREG(3, 0, 12, 12, 0)
#define ICC_EOIR1     SYSREG(3, 0, 12, 12, 1)
#define ICC_HPPIR1    SYSREG(3, 0, 12, 12, 2)
#define CTL_ENABLE    1
#define CTL_ISTATUS   4
#define SPURIOUS      1023
#define INSN_MOV_X3_1 0xd2800023u
#define MARK	      UINT64_C(0x7ffffffff0000000)

struct timer {
	const char *name;
	uint32_t ctl, cval;
	unsigned int ppi;
	bool virtual;
};

static const struct timer timers[] = {
	{"virtual", SYSREG(3, 3, 14, 3, 1), SYSREG(3, 3, 14, 3, 2), PPI_CNTV, true},
	{"physical", SYSREG(3, 3, 14, 2, 1), SYSREG(3, 3, 14, 2, 2), PPI_CNTP, false},
};

static uint64_t exit_ctl(const struct timer *t)
{
	return t->virtual ? rec->run->exit.cntv_ctl : rec->run->exit.cntp_ctl;
}

static uint64_t exit_cval(const struct timer *t)
{
	return t->virtual ? rec->run->exit.cntv_cval : rec->run->exit.cntp_cval;
}

/* Enters once with a command. Unlike rec_run() it does not enter again after an IRQ exit. */
static void enter_command(const uint64_t *gprs, size_t count)
{
	memcpy(rec->run->enter.gprs, gprs, count * sizeof(*gprs));
	rec_enter(rec);
}

/* The Realm looks at a shared page until the host lets it go on. */
static void enter_waiting(void)
{
	const uint64_t gprs[] = {GUEST_WAIT, shared_ipa, 1, timer_seconds(SECONDS)};

	*shared = 0;
	enter_command(gprs, ARRAY_SIZE(gprs));
}

static void end_waiting(void)
{
	*shared = 1;
	rec_run(rec);
	check(rec_reported(rec) && rec->run->exit.gprs[0] == 0, "the Realm goes on");
}

static void program(const struct timer *t, uint64_t cval)
{
	struct guest_result r = guest_exec(rec, cval, 0, INSN_MSR(t->cval, 1), INSN_MOV_X3_1,
					   INSN_MSR(t->ctl, 3), INSN_ISB);

	check(r.done && r.esr == 0, "%s timer: the Realm programs it", t->name);
}

static void check_values(const struct timer *t, uint64_t cval)
{
	check_eq(exit_cval(t), cval, "%s timer: the host sees its compare value", t->name);
	check_eq(exit_ctl(t) & 3, CTL_ENABLE, "%s timer: the host sees it enabled", t->name);
}

/* The Realm acknowledges the interrupt, quiets its source and ends it without any exit. */
static void check_handler(const struct timer *t)
{
	struct guest_result r;

	gic_inject(0, LR_PENDING(t->ppi));
	r = guest_exec(rec, 0, 0, INSN_MSR_DAIFCLR(2), INSN_ISB, INSN_NOP);
	check_eq(r.esr, GUEST_ESR_IRQ, "%s timer: the injected interrupt is taken", t->name);
	r = guest_exec(rec, 0, 0, INSN_MRS(ICC_IAR1, 1), INSN_MSR(t->ctl, 31),
		       INSN_MSR(ICC_EOIR1, 1), INSN_ISB);
	check_eq(r.x[0], t->ppi, "%s timer: its PPI is acknowledged", t->name);
	check_eq(LR_STATE(gic_lr(0)), 0, "%s timer: the list register is done with", t->name);
	check_eq(exit_ctl(t) & CTL_ENABLE, 0, "%s timer: off again", t->name);
}

/* If the level falls while the RMM has the CPU, the RMM tells the host before the Realm runs on. */
static void check_level_down(const struct timer *t)
{
	struct guest_result r;
	const uint64_t gprs[] = {GUEST_EXEC, 0, 0, 0, 0, 4, INSN_MSR(t->ctl, 31),
				 0xd2803200, /* movz x0, #0x190 */
				 0xf2b88000, /* movk x0, #0xc400, lsl #16 */
				 INSN_SMC};

	program(t, 1);
	enter_command(gprs, ARRAY_SIZE(gprs));
	check(rec_exited(rec, RMI_EXIT_IRQ) && !(exit_ctl(t) & CTL_ENABLE),
	      "%s timer: a level that falls is an IRQ exit at the next RSI call", t->name);
	rec_run(rec);
	r = guest_exec_result(rec);
	check(r.done && r.esr == 0, "%s timer: and the Realm goes on", t->name);
}

/*
 * The Realm acknowledges an interrupt, executes insn with X1, ends the interrupt (of which the host
 * wants to be told) and waits for the next one. Returns at the run's first exit.
 */
static void enter_handler(unsigned int intid, uint64_t x1, uint32_t insn)
{
	uint64_t gprs[12] = {GUEST_EXEC, x1, 0, 0, 0, 6};
	const uint32_t code[] = {
		INSN_MRS(ICC_IAR1, 3), insn, INSN_MSR(ICC_EOIR1, 3), INSN_ISB, INSN_WFI, INSN_NOP};

	for (unsigned int i = 0; i < ARRAY_SIZE(code); i++)
		gprs[6 + i] = code[i];
	gic_inject(0, LR_PENDING(intid) | LR_EOI);
	timer_el2_after(timer_seconds(LATE));
	enter_command(gprs, ARRAY_SIZE(gprs));
	timer_el2_off();
}

/* Interrupts the Realm until it has left its wait: the first interrupt may come before the WFI. */
static void leave_handler(void)
{
	gic_clear();
	for (unsigned int i = 0; i < 20 && !rec_reported(rec); i++) {
		timer_el2_after(timer_seconds(1) / 50);
		rec_enter(rec);
		timer_el2_off();
	}
	check(rec_reported(rec) && guest_exec_result(rec).esr == 0, "the handler ends");
}

/* The host hears of the end of a timer's interrupt only if the level is still there. */
static void check_end_of_interrupt(const struct timer *t)
{
	uint64_t start = timer_now(), cval;

	program(t, 1);
	enter_handler(t->ppi, 0, INSN_NOP);
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start < timer_seconds(LATE) &&
		      LR_STATE(gic_lr(0)) == 0 && (gic_lr(0) & LR_EOI),
	      "%s timer: the end of its interrupt is an IRQ exit if it is still asserted", t->name);
	leave_handler();

	start = timer_now();
	cval = start + timer_seconds(1) / 5;
	enter_handler(t->ppi, cval, INSN_MSR(t->cval, 1));
	check(rec_exited(rec, RMI_EXIT_IRQ) && exit_cval(t) == cval &&
		      exit_ctl(t) == (CTL_ENABLE | CTL_ISTATUS),
	      "%s timer: set anew by its handler, the next exit is the next expiry", t->name);
	check(timer_now() >= cval && timer_now() - start < timer_seconds(LATE),
	      "%s timer: which comes at its time", t->name);
	check_eq(LR_STATE(gic_lr(0)), 0, "%s timer: the list register is done with", t->name);
	leave_handler();

	guest_exec(rec, 0, 0, INSN_MSR(t->ctl, 31), INSN_ISB);
	start = timer_now();
	enter_handler(40, 0, INSN_NOP);
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start < timer_seconds(LATE) &&
		      (gic_lr(0) & LR_EOI),
	      "%s timer: low, the end of another interrupt is an IRQ exit as ever", t->name);
	leave_handler();
}

static void check_timer(const struct timer *t)
{
	uint64_t now = timer_now(), cval = now + timer_seconds(1) / 5;

	program(t, cval);
	check_values(t, cval);
	check(!(exit_ctl(t) & CTL_ISTATUS) || timer_now() >= cval,
	      "%s timer: not expired before its time", t->name);
	enter_waiting();
	check(rec_exited(rec, RMI_EXIT_IRQ), "%s timer: its expiry ends the run as IRQ", t->name);
	check(timer_now() >= cval, "%s timer: not before its time", t->name);
	check_eq(exit_ctl(t), CTL_ENABLE | CTL_ISTATUS, "%s timer: expired, for the host to see",
		 t->name);
	check_eq(exit_cval(t), cval, "%s timer: its compare value", t->name);
	timer_el2_after(timer_seconds(1) / 100);
	rec_enter(rec);
	timer_el2_off();
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - now >= timer_seconds(1) / 100,
	      "%s timer: entered again the Realm runs on until another interrupt", t->name);
}

static uint64_t delivered(void)
{
	return *(volatile uint64_t *)((char *)rec->run + RMI_EXT_EXIT_TIMERS_OFFSET);
}

/* Enters once with the flag TIMER_LR; the EL2 timer ends the run after `ticks` at the latest. */
static void enter_delegated(const uint64_t *gprs, size_t count, uint64_t ticks)
{
	timer_el2_after(ticks);
	rec->run->enter.flags = RMI_ENTER_EXT_TIMER_LR;
	enter_command(gprs, count);
	rec->run->enter.flags = 0;
	timer_el2_off();
}

/* Leaves a list register to the RMM for the timer, as a host does: State 0. */
static void leave_lr(const struct timer *t)
{
	gic_inject(0, LR_PENDING(41));
	gic_inject(1, LR_PENDING(t->ppi) & ~BIT(62));
}

/* A timer that expires in the run is delivered in it; a later interrupt of the host ends it. */
static void check_delivery(const struct timer *t)
{
	const uint64_t wait[] = {GUEST_WAIT, shared_ipa, 1, timer_seconds(SECONDS)};
	uint64_t start = timer_now();

	*shared = 0;
	program(t, start + timer_seconds(1) / 10);
	leave_lr(t);
	enter_delegated(wait, ARRAY_SIZE(wait), timer_seconds(1) / 2);
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start >= timer_seconds(1) / 2,
	      "%s timer: with a list register its expiry is no exit", t->name);
	check(gic_lr(1) == (LR_PENDING(t->ppi) | LR_EOI), "%s timer: it is pending there", t->name);
	check_eq(LR_STATE(gic_lr(0)), 1, "%s timer: other registers are as they were", t->name);
	check_eq(exit_ctl(t), CTL_ENABLE | CTL_ISTATUS, "%s timer: the host sees its state",
		 t->name);
	check_eq(delivered(), 1, "%s timer: and that it was delivered", t->name);
	gic_clear();
	end_waiting();
}

/* The expiry ends the run, and no list register has become one that REC_ENTER refuses. */
static void check_is_exit(const struct timer *t, uint64_t lr0, uint64_t lr1, const char *what)
{
	const uint64_t wait[] = {GUEST_WAIT, shared_ipa, 1, timer_seconds(SECONDS)};
	uint64_t start = timer_now();

	*shared = 0;
	program(t, start + timer_seconds(1) / 10);
	gic_inject(0, lr0);
	gic_inject(1, lr1);
	enter_delegated(wait, ARRAY_SIZE(wait), timer_seconds(LATE));
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start < timer_seconds(LATE) &&
		      delivered() == 0,
	      "%s timer: %s it is an exit", t->name, what);
	check(gic_lr(0) == lr0 && gic_lr(1) == lr1, "%s timer: and the registers are as they were",
	      t->name);
	timer_el2_after(0);
	check_eq(rec_enter(rec), RMI_SUCCESS, "%s timer: which REC_ENTER takes again", t->name);
	timer_el2_off();
	gic_clear();
	end_waiting();
}

/* The expiry of a timer is an exit without the flag, or without a list register for it. */
static void check_not_delivered(const struct timer *t)
{
	uint64_t start, empty = LR_PENDING(t->ppi) & ~BIT(62);

	program(t, timer_now() + timer_seconds(1) / 10);
	leave_lr(t);
	start = timer_now();
	enter_waiting();
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start < timer_seconds(LATE) &&
		      LR_STATE(gic_lr(1)) == 0,
	      "%s timer: without the flag it is an exit", t->name);
	gic_clear();
	end_waiting();

	check_is_exit(t, 0, LR_PENDING(40) & ~BIT(62), "without a register for it");
	check_is_exit(t, 0, empty | LR_HW | UINT64_C(100) << 32, "where that has HW = 1");
	check_is_exit(t, LR_PENDING(t->ppi), empty, "where another has its interrupt");
}

/*
 * The Realm handles two expiries, of which the first is there when the REC is entered. The run has
 * no exit at either of them, at their ends, or when the level falls.
 */
static void check_two_deliveries(const struct timer *t)
{
	uint64_t gprs[18] = {GUEST_EXEC, 0, 0, 0, 0, 12};
	const uint32_t code[] = {INSN_WFI,
				 INSN_MRS(ICC_IAR1, 3),
				 INSN_MSR(t->cval, 1),
				 INSN_MSR(ICC_EOIR1, 3),
				 INSN_ISB,
				 INSN_WFI,
				 INSN_MRS(ICC_IAR1, 4),
				 INSN_MSR(t->ctl, 31),
				 INSN_MSR(ICC_EOIR1, 4),
				 INSN_ISB,
				 INSN_NOP,
				 INSN_NOP};
	struct guest_result r;

	program(t, timer_now() + timer_seconds(1) / 50);
	while (timer_now() < exit_cval(t) + timer_seconds(1) / 50)
		;
	for (unsigned int i = 0; i < ARRAY_SIZE(code); i++)
		gprs[6 + i] = code[i];
	gprs[1] = timer_now() + timer_seconds(1) / 5;
	leave_lr(t);
	gic_inject(0, 0);
	enter_delegated(gprs, ARRAY_SIZE(gprs), timer_seconds(LATE));
	r = guest_exec_result(rec);
	check(rec_reported(rec) && r.esr == 0, "%s timer: a handler of two expiries runs through",
	      t->name);
	check(r.x[2] == t->ppi && r.x[3] == t->ppi, "%s timer: and takes both", t->name);
	check(timer_now() >= gprs[1], "%s timer: the second at its time", t->name);
	check(delivered() == 2 && !(gic_lr(1) & (UINT64_C(3) << 62 | LR_EOI)),
	      "%s timer: both were delivered, the register is free again", t->name);
	gic_clear();
}

/* What abi/rmi_ext.h says of timers that the RMM delivers. */
static void check_delegated(const struct timer *t)
{
	struct smc_regs r = RMI(RMI_FEATURES, RMI_FEATURES_EXT);

	if (!(r.x[1] & RMI_FEATURE_EXT_TIMER_LR))
		return;
	check_delivery(t);
	check_not_delivered(t);
	check_two_deliveries(t);
}

static void check_host_timers(void)
{
	check_eq(read_sysreg(cntv_cval_el0), MARK, "the host's CNTV_CVAL is its own again");
	check_eq(read_sysreg(cntp_cval_el0), MARK + 1, "the host's CNTP_CVAL is its own again");
	check_eq(read_sysreg(cntv_ctl_el0) & 3, 2, "the host's CNTV_CTL is its own again");
	check_eq(read_sysreg(cntp_ctl_el0) & 3, 2, "the host's CNTP_CTL is its own again");
}

/* A timer with a compare value in the past is asserted at once. */
static void check_past(const struct timer *t)
{
	const uint64_t gprs[] = {
		GUEST_EXEC,	     1,	      0, 0, 0, 4, INSN_MSR(t->cval, 1), INSN_MOV_X3_1,
		INSN_MSR(t->ctl, 3), INSN_ISB};

	enter_command(gprs, ARRAY_SIZE(gprs));
	check(rec_exited(rec, RMI_EXIT_IRQ) || (exit_ctl(t) & CTL_ISTATUS),
	      "%s timer: one armed in the past is seen expired", t->name);
	rec_run(rec);
	guest_exec(rec, 0, 0, INSN_MSR(t->ctl, 31), INSN_ISB);
}

void test_timers(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	shared = (volatile uint64_t *)pool_take(1);
	if (realm_start(&realm, &options, "a Realm with timers")) {
		shared_ipa = realm_unprotected(&realm);
		realm_map_ns(&realm, shared_ipa, (uint64_t)shared, 1);
		write_sysreg(cntv_cval_el0, MARK);
		write_sysreg(cntp_cval_el0, MARK + 1);
		write_sysreg(cntv_ctl_el0, 2);
		write_sysreg(cntp_ctl_el0, 2);
		isb();
		for (unsigned int i = 0; i < ARRAY_SIZE(timers); i++) {
			check_timer(&timers[i]);
			end_waiting();
			check_handler(&timers[i]);
			check_end_of_interrupt(&timers[i]);
			check_past(&timers[i]);
			check_level_down(&timers[i]);
			check_delegated(&timers[i]);
		}
		check_host_timers();
		write_sysreg(cntv_ctl_el0, 0);
		write_sysreg(cntp_ctl_el0, 0);
	}
	realm_end(&realm);
	pool_give((uint64_t)shared, 1);
}

static uint64_t acknowledge(void)
{
	return guest_exec(rec, 0, 0, INSN_MRS(ICC_IAR1, 1), INSN_ISB).x[0];
}

/* The Realm gets two pending interrupts in the order of their priorities. */
static void check_priorities(void)
{
	gic_inject(0, LR_PENDING(40) | UINT64_C(0xa0) << 48);
	gic_inject(1, LR_PENDING(41));
	check_eq(acknowledge(), 41, "the more urgent interrupt is acknowledged first");
	check_eq(LR_STATE(gic_lr(1)), 2, "its list register is active, for the host to see");
	guest_exec(rec, 41, 0, INSN_MSR(ICC_EOIR1, 1), INSN_ISB);
	check_eq(acknowledge(), 40, "then the other");
	guest_exec(rec, 40, 0, INSN_MSR(ICC_EOIR1, 1), INSN_ISB);
	check_eq(acknowledge(), SPURIOUS, "then none");
	check(LR_STATE(gic_lr(0)) == 0 && LR_STATE(gic_lr(1)) == 0, "both list registers are free");
	gic_clear();
}

static void check_masked(void)
{
	struct guest_result r;

	gic_inject(0, LR_PENDING(50));
	r = guest_exec(rec, 0, 0, INSN_NOP, INSN_NOP);
	check_eq(r.esr, 0, "an interrupt the Realm masks in PSTATE is not taken");
	check_eq(LR_STATE(gic_lr(0)), 1, "and stays pending");
	r = guest_exec(rec, 0, 0, INSN_MSR_DAIFCLR(2), INSN_ISB, INSN_NOP);
	check_eq(r.esr, GUEST_ESR_IRQ, "it is taken when unmasked");
	acknowledge();
	guest_exec(rec, 50, 0, INSN_MSR(ICC_EOIR1, 1), INSN_ISB);
	gic_clear();
}

/* A physical interrupt of the host never reaches the Realm. */
static void check_physical(void)
{
	uint64_t gprs[] = {GUEST_EXEC,		0, 0, 0, 0, 3, INSN_MSR_DAIFCLR(15), INSN_ISB,
			   INSN_MSR_DAIFSET(15)};

	timer_el2_after(0);
	enter_command(gprs, ARRAY_SIZE(gprs));
	timer_el2_off();
	check(rec_exited(rec, RMI_EXIT_IRQ), "a pending interrupt of the host is an IRQ exit");
	rec_run(rec);
	check(rec_reported(rec) && guest_exec_result(rec).esr == 0,
	      "and nothing of it reaches the Realm");
	check_eq(acknowledge(), SPURIOUS, "nor its GIC");
}

void test_interrupts(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm with interrupts")) {
		check_eq(read_sysreg(S3_4_C12_C11_0) & 1, 0, "ICH_HCR_EL2.En is 0 after an exit");
		check_priorities();
		check_masked();
		check_physical();
	}
	realm_end(&realm);
}
