// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_RUN: the loop around REC_ENTER. The barrier in run_enter() is the vCPU's half of what kick.c
 * explains.
 */
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>

#include <asm/cpufeature.h>

#include "abi/rmi_ext.h"
#include "host/el2/el2.h"
#include "host/el2/ppi.h"
#include "host/realm/realm.h"
#include "host/rmi/probe.h"
#include "host/rmi/simd.h"
#include "host/stats.h"
#include "host/trace.h"
#include "host/vcpu/kick.h"
#include "host/vcpu/run.h"
#include "host/vcpu/timer.h"
#include "host/vcpu/work.h"
#include "host/vgic/its.h"
#include "host/vgic/vgic.h"

#define IDLE_WFIS 8U /* so many WFI in a row, and a vCPU counts as parked */
#define REST_NS	  NSEC_PER_MSEC

/* ---- waiting ---- */

static bool run_dead(const struct cca_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->dead);
}

static void run_wait_power(struct cca_vcpu *vcpu)
{
	rcuwait_wait_event(&vcpu->wait, !READ_ONCE(vcpu->power_off) || run_dead(vcpu),
			   TASK_INTERRUPTIBLE);
}

static bool run_wfi_over(struct cca_vcpu *vcpu)
{
	return READ_ONCE(vcpu->woken) || READ_ONCE(vcpu->power_off) || run_dead(vcpu) ||
	       cca_vgic_has_pending(vcpu);
}

/*
 * A CPU that a guest has stopped for good waits in WFI with its interrupts masked, and one that is
 * pending ends each WFI at once. Such a vCPU would run in circles and keep others from the physical
 * CPU, so it sleeps for a while after each WFI.
 */
static void run_rest(struct cca_vcpu *vcpu)
{
	cca_timer_start(vcpu, REST_NS);
	rcuwait_wait_event(&vcpu->wait,
			   READ_ONCE(vcpu->woken) || READ_ONCE(vcpu->power_off) || run_dead(vcpu),
			   TASK_INTERRUPTIBLE);
	cca_timer_disarm(vcpu);
}

/*
 * WFI ends at once, because something is pending. True if the guest has taken no interrupt for
 * several WFI in a row, and so probably never will.
 */
static bool run_is_parked(struct cca_vcpu *vcpu)
{
	bool taken = vcpu->vgic.taken;

	vcpu->vgic.taken = false;
	vcpu->idle_wfis = taken ? 0 : min(vcpu->idle_wfis + 1, IDLE_WFIS);
	return vcpu->idle_wfis == IDLE_WFIS;
}

/*
 * An exit for WFI may have been a WFIT's, whose deadline the exit does not tell, unless the RMM
 * says otherwise (RMI_FEATURE_EXT_WFI). Both may end early. So WFI does not exit while nobody else
 * wants the CPU, and a wait in the host is short.
 */
static bool run_wfi_may_be_wfit(void)
{
	return !(rmi_info.extensions & RMI_FEATURE_EXT_WFI) && cpus_have_final_cap(ARM64_HAS_WFXT);
}

static void run_wait_irq(struct cca_vcpu *vcpu)
{
	vcpu->wait_for_irq = false;
	WRITE_ONCE(vcpu->woken, false);
	if (run_wfi_over(vcpu)) {
		if (run_is_parked(vcpu))
			run_rest(vcpu);
		return;
	}
	vcpu->idle_wfis = 0;
	cca_timer_arm(vcpu, run_wfi_may_be_wfit() ? REST_NS : TIMER_WAIT_MAX_NS);
	rcuwait_wait_event(&vcpu->wait, run_wfi_over(vcpu), TASK_INTERRUPTIBLE);
	cca_timer_disarm(vcpu);
}

/* ---- one entry ---- */

static u64 run_flags(struct cca_vcpu *vcpu)
{
	bool alone = single_task_running();
	u64 flags = vcpu->enter_flags;

	if (cca_timer_delegated())
		flags |= RMI_ENTER_EXT_TIMER_LR;
	if (!alone || !run_wfi_may_be_wfit())
		flags |= RMI_ENTER_TRAP_WFI;
	/* A Realm that spins in WFE gives way if another thread wants the CPU. */
	return alone ? flags : flags | RMI_ENTER_TRAP_WFE;
}

static bool run_must_not_enter(struct cca_vcpu *vcpu)
{
	return cca_work_pending() || run_dead(vcpu) || READ_ONCE(vcpu->power_off);
}

/*
 * An overflow that is pending holds up the physical PMU's interrupt for as long as the Realm's
 * counters are in the CPU, and each run would end as soon as it begins. The vGIC knows of this
 * overflow, so the interrupt is masked until the guest has cleared it.
 */
static void run_switch(struct cca_vcpu *vcpu)
{
	bool overflow = cca_pmu_level(vcpu);

	if (overflow)
		cca_ppi_mask_pmu(true);
	cca_guest_enter();
	cca_el2_enter(&vcpu->sw);
	cca_guest_leave();
	if (overflow)
		cca_ppi_mask_pmu(false);
}

/* Enters the REC once. Interrupts are masked. False: something else has to be done first. */
static bool run_enter(struct cca_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->exiting, true);
	WRITE_ONCE(vcpu->in_guest, true);
	smp_mb(); /* pairs with cca_vcpu_kick() */
	if (run_must_not_enter(vcpu)) {
		WRITE_ONCE(vcpu->in_guest, false);
		return false;
	}
	vcpu->rec_run->enter.flags = run_flags(vcpu);
	vcpu->sw.rec = vcpu->rec;
	vcpu->sw.sve_hint = cca_sve_hint();
	cca_vgic_enter(vcpu);
	run_switch(vcpu);
	smp_store_release(&vcpu->in_guest, false); /* pairs with cca_vcpu_wait_left() */
	cca_vgic_exit(vcpu, vcpu->sw.status == RMI_SUCCESS);
	return true;
}

static int run_internal_error(struct cca_vcpu *vcpu)
{
	cca_vm_kill(vcpu->vm);
	return cca_exit_internal_error(vcpu, vcpu->sw.status);
}

/* REC_ENTER answered an error, so the Realm did not run. As cca_exit_handle(). */
static int run_refused(struct cca_vcpu *vcpu)
{
	cca_stat_inc(STAT_EXIT_FAILED);
	switch (RMI_STATUS(vcpu->sw.status)) {
	case RMI_BUSY:
	case RMI_BLOCKED:
		cond_resched();
		return 1;
	case RMI_ERROR_REALM:
		return cca_psci_realm_ended(vcpu);
	case RMI_ERROR_REC:
		if (!vcpu->went_off)
			return -EAGAIN;
		cca_psci_power_off(vcpu);
		return 1;
	default:
		return run_internal_error(vcpu);
	}
}

static int run_once(struct cca_vcpu *vcpu)
{
	const struct rmi_rec_exit *exit = &vcpu->rec_run->exit;
	bool entered;

	local_irq_disable();
	entered = run_enter(vcpu);
	local_irq_enable();
	if (!entered)
		return 1;
	cca_vgic_tell_eois(vcpu);
	local_irq_disable();
	cca_guest_account();
	local_irq_enable();
	trace_kvm_cca_exit(vcpu->index, vcpu->sw.status, exit->exit_reason, exit->esr, exit->far,
			   exit->hpfar);
	if (vcpu->sw.status != RMI_SUCCESS)
		return run_refused(vcpu);
	vcpu->enter_flags = 0;
	vcpu->went_off = false;
	return cca_exit_handle(vcpu);
}

static int run_and_handle(struct cca_vcpu *vcpu)
{
	int ret = run_once(vcpu);

	/*
	 * cca_psci_realm_ended() of another vCPU waits for this, and must then see what the exit
	 * has led to.
	 */
	smp_store_release(&vcpu->exiting, false);
	return ret;
}

static int run_loop(struct cca_vcpu *vcpu)
{
	int ret;

	do {
		if (signal_pending(current) || cca_work_handle()) {
			vcpu->run->exit_reason = KVM_EXIT_INTR;
			return -EINTR;
		}
		if (run_dead(vcpu))
			return -EIO;
		if (READ_ONCE(vcpu->power_off)) {
			run_wait_power(vcpu);
			ret = 1;
		} else if (vcpu->its) {
			cca_its_go_on(vcpu);
			ret = 1;
		} else if (vcpu->wait_for_irq) {
			run_wait_irq(vcpu);
			ret = 1;
		} else {
			ret = run_and_handle(vcpu);
		}
	} while (ret > 0);
	return ret;
}

/* ---- the ioctl ---- */

static void sigset_on(struct cca_vcpu *vcpu)
{
	if (vcpu->sigset_active)
		sigprocmask(SIG_SETMASK, &vcpu->sigset, &current->real_blocked);
}

static void sigset_off(struct cca_vcpu *vcpu)
{
	if (!vcpu->sigset_active)
		return;
	sigprocmask(SIG_SETMASK, &current->real_blocked, NULL);
	sigemptyset(&current->real_blocked);
}

static int run_ready(struct cca_vcpu *vcpu)
{
	if (!vcpu->initialised)
		return -ENOEXEC;
	if (vcpu->features & 1U << KVM_ARM_VCPU_SVE && !vcpu->sve_finalized)
		return -EPERM;
	return cca_realm_run_prepare(vcpu->vm);
}

int cca_vcpu_run(struct cca_vcpu *vcpu)
{
	int ret = run_ready(vcpu);

	if (!ret)
		ret = cca_exit_complete(vcpu);
	if (ret)
		return ret;
	if (READ_ONCE(vcpu->run->immediate_exit__unsafe)) {
		vcpu->run->exit_reason = KVM_EXIT_INTR;
		return -EINTR;
	}
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	sigset_on(vcpu);
	WRITE_ONCE(vcpu->task, current);
	ret = run_loop(vcpu);
	WRITE_ONCE(vcpu->task, NULL);
	sigset_off(vcpu);
	cca_stat_inc(STAT_EXIT_USER);
	return ret;
}
