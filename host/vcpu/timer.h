/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Both EL1 timers of a Realm, as its last exit left them. For the run loop, and for vgic/, which
 * gives their levels to the Realm as interrupts.
 */
#ifndef HOST_VCPU_TIMER_H
#define HOST_VCPU_TIMER_H

#include "host/vcpu/vcpu.h"

void cca_timer_init(struct cca_vcpu *vcpu);

/* The level of a timer's output as the REC left it. */
bool cca_timer_level(const struct cca_vcpu *vcpu, enum cca_timer timer);

/* Does the RMM deliver the timers' interrupts, where it finds a list register (TIMER_LR)? */
bool cca_timer_delegated(void);
/* How many interrupts of timers it delivered in the last run. */
u64 cca_timer_delivered(const struct cca_vcpu *vcpu);

/*
 * Before the thread blocks: it is woken when a timer of the Realm fires, or after `most`
 * nanoseconds.
 */
#define TIMER_WAIT_MAX_NS (NSEC_PER_SEC * 3600)
void cca_timer_arm(struct cca_vcpu *vcpu, u64 most);
/* The same after so many nanoseconds, whatever the timers do. */
void cca_timer_start(struct cca_vcpu *vcpu, u64 ns);
void cca_timer_disarm(struct cca_vcpu *vcpu);

#endif
