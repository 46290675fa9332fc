// SPDX-License-Identifier: GPL-2.0-only
/* See work.h. */
#include <linux/kvm_host.h>

#include <linux/entry-kvm.h>

#include "host/vcpu/work.h"

/* The helper notes a signal's exit in a vCPU of KVM's; run.c does that itself. */
static struct kvm_run work_run;
static struct kvm_vcpu work_vcpu = {.run = &work_run};

bool cca_work_pending(void)
{
	return xfer_to_guest_mode_work_pending();
}

int cca_work_handle(void)
{
	return xfer_to_guest_mode_handle_work(&work_vcpu);
}

void cca_guest_enter(void)
{
	guest_timing_enter_irqoff();
	guest_context_enter_irqoff();
}

void cca_guest_leave(void)
{
	guest_context_exit_irqoff();
}

void cca_guest_account(void)
{
	guest_timing_exit_irqoff();
}
