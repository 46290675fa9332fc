/* SPDX-License-Identifier: GPL-2.0-only */
/* Creation and end of vCPUs. For vm/. */
#ifndef HOST_VCPU_IOCTL_H
#define HOST_VCPU_IOCTL_H

#include "host/vcpu/vcpu.h"

/* KVM_CREATE_VCPU, vm->lock held: the fd, or -EINVAL, -EEXIST, -EBUSY (vgic initialised), -ENOMEM.
 */
int cca_vcpu_create(struct cca_vm *vm, unsigned long id);
/* Frees what create made; the REC is gone. Called at the end of the VM. */
void cca_vcpu_free(struct cca_vcpu *vcpu);

#endif
