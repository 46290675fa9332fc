// SPDX-License-Identifier: GPL-2.0-only
/* See work.h. */
#include "host/compat/entry.h"
#include "host/vcpu/work.h"

bool cca_work_pending(void)
{
	return xfer_to_guest_mode_work_pending();
}

int cca_work_handle(void)
{
	return cca_handle_guest_work();
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
