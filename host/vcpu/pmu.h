/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PMU of a Realm as user space chooses it: how many counters it has, and by which interrupt its
 * overflows are told. Only for the files of vcpu/; vcpu->mutex is held.
 */
#ifndef HOST_VCPU_PMU_H
#define HOST_VCPU_PMU_H

#include "host/vcpu/vcpu.h"

/*
 * SET_, GET_ and HAS_DEVICE_ATTR of the group KVM_ARM_VCPU_PMU_V3_CTRL, with KVM's errors:
 * -ENODEV (the vCPU has no PMU, or INIT before the vGIC's), -EBUSY (set already), -EEXIST (the
 * interrupt is a timer's), -EINVAL, -EFAULT, -ENXIO.
 */
int cca_pmu_attr(struct cca_vcpu *vcpu, unsigned int cmd, const struct kvm_device_attr *attr);

#define CCA_REG_PMCR ARM64_SYS_REG(3, 3, 9, 12, 0)
/* PMCR_EL0 as a vCPU starts with it: the number of event counters, or 0 without a PMU. */
u64 cca_pmu_pmcr(const struct cca_vm *vm);
/*
 * Sets the number of event counters of all vCPUs. The rest of the value is what can be read.
 * -EINVAL; -EBUSY if it is another value and the Realm exists.
 */
int cca_pmu_set_pmcr(struct cca_vm *vm, u64 value);

#endif
