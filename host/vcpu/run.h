/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM_RUN and what an exit leads to. Only for the files of vcpu/; vcpu->mutex is held. */
#ifndef HOST_VCPU_RUN_H
#define HOST_VCPU_RUN_H

#include "host/vcpu/vcpu.h"

/* KVM_RUN. */
int cca_vcpu_run(struct cca_vcpu *vcpu);

/* exit.c: 1 to go on in the kernel, 0 or an errno for KVM_RUN. */
int cca_exit_handle(struct cca_vcpu *vcpu);
/* What the last KVM_RUN left to user space. 0 or an errno. */
int cca_exit_complete(struct cca_vcpu *vcpu);

/* psci.c: as cca_exit_handle. */
int cca_psci_exit(struct cca_vcpu *vcpu);
/* The RMM runs no vCPU of the Realm any more: finds out why. As cca_exit_handle(). */
int cca_psci_realm_ended(struct cca_vcpu *vcpu);
/*
 * Switches the vCPU off, unless a CPU_ON has come meanwhile. After its CPU_OFF, and when its REC
 * refuses to run after that.
 */
void cca_psci_power_off(struct cca_vcpu *vcpu);

/*
 * KVM_EXIT_INTERNAL_ERROR with one word of data, for an exit that no RMM should make. Returns 0,
 * for KVM_RUN.
 */
int cca_exit_internal_error(struct cca_vcpu *vcpu, u64 what);

#endif
