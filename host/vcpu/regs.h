/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space sets up and reads of a vCPU: VCPU_INIT, FINALIZE, ONE_REG. Only for the files of
 * vcpu/; vcpu->mutex is held.
 */
#ifndef HOST_VCPU_REGS_H
#define HOST_VCPU_REGS_H

#include "host/vcpu/vcpu.h"

int cca_vcpu_init(struct cca_vcpu *vcpu, const struct kvm_vcpu_init *init);
int cca_vcpu_finalize(struct cca_vcpu *vcpu, int feature);
int cca_vcpu_get_reg(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg);
int cca_vcpu_set_reg(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg);
int cca_vcpu_reg_list(struct cca_vcpu *vcpu, struct kvm_reg_list __user *list);

/* sysregs.c: GET_ONE_REG of registers that are neither core nor SVE. 0, -ENOENT, -EFAULT. */
int cca_sysreg_get(const struct cca_vcpu *vcpu, const struct kvm_one_reg *reg);

#define CCA_REG_ID_AA64DFR0 ARM64_SYS_REG(3, 0, 0, 5, 0)
/*
 * Sets the breakpoints and watchpoints of all vCPUs: the fields BRPs and WRPs of ID_AA64DFR0_EL1,
 * which are at least 1 and at most the RMM's. The rest of the value is what can be read. -EINVAL;
 * -EBUSY if it is another value and the Realm exists.
 */
int cca_sysreg_set_dfr0(struct cca_vm *vm, u64 value);

#endif
