/* SPDX-License-Identifier: BSD-3-Clause */
/* Handles what a vCPU came back from KVM_RUN for. Called by the vCPU's thread only. */
#ifndef VMM_VM_EXIT_H
#define VMM_VM_EXIT_H

struct vcpu;

/*
 * Handles the exit described by the run page; ret is what KVM_RUN returned. 0 when the vCPU is to
 * run again; negative when it is not, with vm_end() called.
 */
int exit_handle(struct vcpu *v, int ret);

#endif
