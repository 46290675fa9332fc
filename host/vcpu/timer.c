// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both EL1 timers of a Realm (docs/spec/rmi-2.0.md section 10). They use the CPU's timers while the
 * REC runs. At each exit the RMM tells their registers, and it masks a timer that is asserted. The
 * host passes the levels on to the vGIC, and while the vCPU's thread waits it watches the compare
 * values. An RMM with the extension TIMER_LR delivers a timer that fires in a run without an exit.
 */
#include <asm/sysreg.h>
#include <linux/math64.h>

#include "abi/rmi_ext.h"
#include "host/compat/hrtimer.h"
#include "host/rmi/probe.h"
#include "host/vcpu/timer.h"

#define CTL_ENABLE  1
#define CTL_IMASK   2
#define CTL_ISTATUS 4

#define PPI_VIRTUAL  27
#define PPI_PHYSICAL 30

static u64 timer_ctl(const struct cca_vcpu *vcpu, enum cca_timer timer)
{
	const struct rmi_rec_exit *exit = &vcpu->rec_run->exit;

	return timer == TIMER_VIRTUAL ? exit->cntv_ctl : exit->cntp_ctl;
}

static u64 timer_cval(const struct cca_vcpu *vcpu, enum cca_timer timer)
{
	const struct rmi_rec_exit *exit = &vcpu->rec_run->exit;

	return timer == TIMER_VIRTUAL ? exit->cntv_cval : exit->cntp_cval;
}

bool cca_timer_level(const struct cca_vcpu *vcpu, enum cca_timer timer)
{
	u64 ctl = timer_ctl(vcpu, timer);

	return (ctl & (CTL_ENABLE | CTL_IMASK | CTL_ISTATUS)) == (CTL_ENABLE | CTL_ISTATUS);
}

bool cca_timer_delegated(void)
{
	return rmi_info.extensions & RMI_FEATURE_EXT_TIMER_LR;
}

u64 cca_timer_delivered(const struct cca_vcpu *vcpu)
{
	if (!cca_timer_delegated())
		return 0;
	return *(const u64 *)((const char *)vcpu->rec_run + RMI_EXT_EXIT_TIMERS_OFFSET);
}

static enum hrtimer_restart timer_fired(struct hrtimer *hrtimer)
{
	struct cca_vcpu *vcpu = container_of(hrtimer, struct cca_vcpu, timer);

	WRITE_ONCE(vcpu->woken, true);
	rcuwait_wake_up(&vcpu->wait);
	return HRTIMER_NORESTART;
}

void cca_timer_init(struct cca_vcpu *vcpu)
{

	hrtimer_setup(&vcpu->timer, timer_fired, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	vcpu->timer_ppi[TIMER_VIRTUAL] = PPI_VIRTUAL;
	vcpu->timer_ppi[TIMER_PHYSICAL] = PPI_PHYSICAL;
}

/* The present time of the Realm's timers: its counters have no offset. */
static u64 timer_now(void)
{
	isb();
	return read_sysreg(cntpct_el0);
}

/*
 * Nanoseconds until a timer fires, or TIMER_WAIT_MAX_NS. One that has fired is known to the vGIC.
 * If it does not end the WFI its interrupt is disabled, and waiting for it would not either.
 */
static u64 timer_left(const struct cca_vcpu *vcpu, enum cca_timer timer)
{
	u64 now, cval = timer_cval(vcpu, timer);

	if (vcpu->timer_line[timer] ||
	    (timer_ctl(vcpu, timer) & (CTL_ENABLE | CTL_IMASK)) != CTL_ENABLE)
		return TIMER_WAIT_MAX_NS;
	now = timer_now();
	if (cval <= now)
		return 0;
	return min_t(u64, TIMER_WAIT_MAX_NS,
		     mul_u64_u64_div_u64(cval - now, NSEC_PER_SEC, read_sysreg(cntfrq_el0)));
}

void cca_timer_start(struct cca_vcpu *vcpu, u64 ns)
{
	hrtimer_start(&vcpu->timer, ns_to_ktime(ns), HRTIMER_MODE_REL);
}

void cca_timer_arm(struct cca_vcpu *vcpu, u64 most)
{
	u64 left = min(timer_left(vcpu, TIMER_VIRTUAL), timer_left(vcpu, TIMER_PHYSICAL));

	cca_timer_start(vcpu, min(left, most));
}

void cca_timer_disarm(struct cca_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->timer);
}
