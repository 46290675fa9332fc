// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PMU of a Realm as user space chooses it (pmu.h). The RMM has the counters. What their
 * overflows lead to is in vgic/run.c, and in run.c for the interrupt of the physical PMU.
 */
#include <linux/bitfield.h>
#include <linux/uaccess.h>

#include "host/rmi/probe.h"
#include "host/vcpu/pmu.h"
#include "host/vgic/vgic.h"

#define PMCR_N GENMASK_ULL(15, 11)

/* Headers of 6.12 do not have it. */
#ifndef KVM_ARM_VCPU_PMU_V3_SET_NR_COUNTERS
#define KVM_ARM_VCPU_PMU_V3_SET_NR_COUNTERS 4
#endif

static bool pmu_is_private(unsigned int irq)
{
	return irq < VGIC_PRIVATE;
}

/*
 * All vCPUs have the same PPI, or each an SPI of its own, which is KVM's rule. config_lock held.
 */
static bool pmu_irq_fits(const struct cca_vm *vm, unsigned int irq)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++) {
		unsigned int other = vm->vcpus[i]->pmu_irq;

		if (other && (other == irq) != pmu_is_private(irq))
			return false;
	}
	return true;
}

static int pmu_set_irq(struct cca_vcpu *vcpu, int irq)
{
	struct cca_vm *vm = vcpu->vm;

	if (!vm->vgic || irq < VGIC_SGIS || irq >= VGIC_MAX_IRQS || !pmu_irq_fits(vm, irq))
		return -EINVAL;
	if (vcpu->pmu_irq)
		return -EBUSY;
	vcpu->pmu_irq = irq;
	return 0;
}

static int pmu_init(struct cca_vcpu *vcpu)
{
	if (!cca_vgic_initialised(vcpu->vm))
		return -ENODEV;
	if (!vcpu->pmu_irq)
		return -ENXIO;
	if (!cca_vgic_has_irq(vcpu->vm, vcpu->pmu_irq))
		return -EINVAL;
	if (vcpu->pmu_irq == vcpu->timer_ppi[TIMER_VIRTUAL] ||
	    vcpu->pmu_irq == vcpu->timer_ppi[TIMER_PHYSICAL])
		return -EEXIST;
	vcpu->pmu_ready = true;
	return 0;
}

static int pmu_set_counters(struct cca_vm *vm, unsigned int counters)
{
	struct cca_realm_config *c = &vm->realm.config;

	if (counters == c->pmu_counters)
		return 0;
	if (cca_realm_state(vm) != REALM_NONE)
		return -EBUSY;
	if (counters >= rmi_pmu_max())
		return -EINVAL;
	WRITE_ONCE(c->pmu_counters, counters);
	return 0;
}

static int pmu_set_locked(struct cca_vcpu *vcpu, u64 attr, int value)
{
	switch (attr) {
	case KVM_ARM_VCPU_PMU_V3_IRQ:
		return pmu_set_irq(vcpu, value);
	case KVM_ARM_VCPU_PMU_V3_INIT:
		return pmu_init(vcpu);
	default:
		return pmu_set_counters(vcpu->vm, value);
	}
}

/* The host can neither filter a Realm's events nor choose among PMUs. */
static bool pmu_has_attr(u64 attr)
{
	return attr == KVM_ARM_VCPU_PMU_V3_IRQ || attr == KVM_ARM_VCPU_PMU_V3_INIT ||
	       attr == KVM_ARM_VCPU_PMU_V3_SET_NR_COUNTERS;
}

static int pmu_set(struct cca_vcpu *vcpu, const struct kvm_device_attr *attr)
{
	int value = 0, ret;

	if (vcpu->pmu_ready)
		return -EBUSY;
	if (!pmu_has_attr(attr->attr))
		return -ENXIO;
	if (attr->attr != KVM_ARM_VCPU_PMU_V3_INIT && get_user(value, (int __user *)attr->addr))
		return -EFAULT;
	mutex_lock(&vcpu->vm->config_lock);
	ret = pmu_set_locked(vcpu, attr->attr, value);
	mutex_unlock(&vcpu->vm->config_lock);
	return ret;
}

static int pmu_get(const struct cca_vcpu *vcpu, const struct kvm_device_attr *attr)
{
	if (attr->attr != KVM_ARM_VCPU_PMU_V3_IRQ || !vcpu->pmu_irq)
		return -ENXIO;
	return put_user((int)vcpu->pmu_irq, (int __user *)attr->addr);
}

int cca_pmu_attr(struct cca_vcpu *vcpu, unsigned int cmd, const struct kvm_device_attr *attr)
{
	bool pmu = vcpu->features & BIT(KVM_ARM_VCPU_PMU_V3);

	if (cmd == KVM_HAS_DEVICE_ATTR)
		return pmu && pmu_has_attr(attr->attr) ? 0 : -ENXIO;
	if (!pmu)
		return -ENODEV;
	return cmd == KVM_SET_DEVICE_ATTR ? pmu_set(vcpu, attr) : pmu_get(vcpu, attr);
}

u64 cca_pmu_pmcr(const struct cca_vm *vm)
{
	const struct cca_realm_config *c = &vm->realm.config;

	return READ_ONCE(c->pmu) ? FIELD_PREP(PMCR_N, READ_ONCE(c->pmu_counters)) : 0;
}

int cca_pmu_set_pmcr(struct cca_vm *vm, u64 value)
{
	int ret = 0;

	mutex_lock(&vm->config_lock);
	if ((value ^ cca_pmu_pmcr(vm)) & ~PMCR_N)
		ret = -EINVAL;
	else if (vm->realm.config.pmu)
		ret = pmu_set_counters(vm, FIELD_GET(PMCR_N, value));
	else if (value)
		ret = -EINVAL;
	mutex_unlock(&vm->config_lock);
	return ret;
}
