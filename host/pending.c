// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts that are not written yet: each answers the error KVM has for what is not there. A part that
 * comes takes its functions out of here.
 */
#include "vgic.h"

int cca_vcpu_create(struct cca_vm *vm, unsigned long id)
{
	return -EINVAL;
}

void cca_vcpu_free(struct cca_vcpu *vcpu)
{
}

void cca_vcpu_kick(struct cca_vcpu *vcpu)
{
}

int cca_device_create(struct cca_vm *vm, struct kvm_create_device *args)
{
	return -ENODEV;
}

int cca_vgic_irq_line(struct cca_vm *vm, const struct kvm_irq_level *level)
{
	return -ENXIO;
}

int cca_vgic_ready(struct cca_vm *vm)
{
	return -EOPNOTSUPP;
}

void cca_vgic_free(struct cca_vm *vm)
{
}
