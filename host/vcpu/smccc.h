/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space takes of a Realm's HOST_CALLs. For vm/, which makes and frees the tree, and for
 * the files of vcpu/.
 */
#ifndef HOST_VCPU_SMCCC_H
#define HOST_VCPU_SMCCC_H

#include "host/vm/vm.h"

/*
 * SET_ and HAS_DEVICE_ATTR of the VM: 0, -ENXIO for what is not there, and for SET -EFAULT,
 * -EINVAL, -EEXIST (ranges overlap), -EBUSY (the Realm runs), -ENOMEM.
 */
int cca_smccc_attr(struct cca_vm *vm, unsigned int cmd, const struct kvm_device_attr *attr);
/* Any context that may take RCU's read lock. */
enum kvm_smccc_filter_action cca_smccc_action(struct cca_vm *vm, u32 function);

#endif
