/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes vCPUs notice what has changed. Every room that changes something they look at may use it.
 */
#ifndef HOST_VCPU_KICK_H
#define HOST_VCPU_KICK_H

#include "host/vcpu/vcpu.h"

/*
 * The thread in KVM_RUN looks again: at what is pending for the vCPU, its power state, and whether
 * the VM is dead. Any context.
 */
void cca_vcpu_kick(struct cca_vcpu *vcpu);

/*
 * Waits until the vCPU is not in its REC. An interrupt takes it out, so this does not depend on
 * anybody but the RMM; an RMM that does not let go within ten seconds is given up on. Sleeps.
 */
void cca_vcpu_wait_left(struct cca_vcpu *vcpu);

/* Marks the VM dead and kicks all vCPUs out: KVM_RUN returns -EIO soon. Any context. */
void cca_vm_kill(struct cca_vm *vm);

#endif
