/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vGICv3: the KVM device and the interrupts of a VM. vgic*.c own it.
 */
#ifndef HOST_VGIC_H
#define HOST_VGIC_H

#include "vcpu.h"

/* KVM_CREATE_DEVICE, vm->lock held. 0 with args->fd, -ENODEV unknown type, -EEXIST, -EBUSY. */
int cca_device_create(struct cca_vm *vm, struct kvm_create_device *args);
/* KVM_IRQ_LINE. */
int cca_vgic_irq_line(struct cca_vm *vm, const struct kvm_irq_level *level);
/*
 * Before the first run, config_lock held: -EOPNOTSUPP no irqchip, -ENODEV not initialised, -ENXIO
 * addresses missing.
 */
int cca_vgic_ready(struct cca_vm *vm);
/* End of the VM. */
void cca_vgic_free(struct cca_vm *vm);

#endif
