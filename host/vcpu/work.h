/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel wants to be done around a run of a guest: pending work of the thread, accounting,
 * RCU. For run.c. It is a file of its own because KVM's internal headers, which it needs, use names
 * that this module uses too.
 */
#ifndef HOST_VCPU_WORK_H
#define HOST_VCPU_WORK_H

#include <linux/types.h>

/* Interrupts masked. */
bool cca_work_pending(void);
/* 0, or -EINTR for a signal. May sleep. */
int cca_work_handle(void);

/* Interrupts masked; nothing may be traced between enter and leave. */
void cca_guest_enter(void);
void cca_guest_leave(void);
/*
 * Books the time of the interrupt that ended the run as the guest's. Interrupts are masked, and
 * were open for a moment since the run.
 */
void cca_guest_account(void);

#endif
