/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Both EL1 timers of a Realm, as its last exit left them. For the run loop and for vgic/, which
 * passes the levels on to the Realm.
 */
#ifndef HOST_VCPU_TIMER_H
#define HOST_VCPU_TIMER_H

#include "host/vcpu/vcpu.h"

void cca_timer_init(struct cca_vcpu *vcpu);

/* The level of a timer's output as the REC left it. */
bool cca_timer_level(const struct cca_vcpu *vcpu, enum cca_timer timer);

/* Does the RMM deliver the timers' interrupts, where it finds a list register (TIMER_LR)? */
bool cca_timer_delegated(void);
/* How many it delivered in the last run. */
u64 cca_timer_delivered(const struct cca_vcpu *vcpu);

/* Around blocking: wakes the thread when a timer of the Realm fires, or after `most` nanoseconds.
 */
#define TIMER_WAIT_MAX_NS (NSEC_PER_SEC * 3600)
void cca_timer_arm(struct cca_vcpu *vcpu, u64 most);
/* Wakes it after so many nanoseconds. */
void cca_timer_start(struct cca_vcpu *vcpu, u64 ns);
void cca_timer_disarm(struct cca_vcpu *vcpu);

#endif
