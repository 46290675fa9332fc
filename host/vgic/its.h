/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ITSs of a VM: their frames, the messages they translate, and the KVM device. its*.c own
 * them; docs/host-module.md has how a message becomes an interrupt.
 */
#ifndef HOST_VGIC_ITS_H
#define HOST_VGIC_ITS_H

#include "host/vgic/msi.h"
#include "host/vcpu/vcpu.h"

/* KVM_CREATE_DEVICE, vm->lock held. 0 with args->fd, -EBUSY, -ENOSPC, -ENOMEM. */
int cca_its_create(struct cca_vm *vm, struct kvm_create_device *args);
bool cca_its_any(const struct cca_vm *vm);

/*
 * Any context. 1: delivered, 0: the guest has it blocked, -ENODEV: there is no ITS, -EINVAL: no
 * device said, or the address is no doorbell, -EBUSY: the ITS or the redistributor is off.
 */
int cca_its_send(struct cca_vm *vm, const struct cca_msi *msi);

/* False: no frame of an ITS at this address (without the shared bit). */
bool cca_its_mmio(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, bool write, u64 *data);
/* Goes on with what the last access left to do (vcpu->its). */
void cca_its_go_on(struct cca_vcpu *vcpu);

/* End of the VM, before its vGIC's. */
void cca_its_free(struct cca_vm *vm);

#endif
