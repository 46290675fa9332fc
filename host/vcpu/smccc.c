// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM's attribute SMCCC_FILTER: what becomes of a Realm's HOST_CALL, by the function number in
 * its X0. PSCI calls do not come here, because the RMM takes them.
 */
#include <linux/maple_tree.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "host/vcpu/smccc.h"

/* Calls of the architecture are always handled by the kernel, so user space cannot filter them. */
#define ARCH_32_FIRST 0x80000000UL
#define ARCH_32_LAST  0x8000ffffUL
#define ARCH_64_FIRST 0xc0000000UL
#define ARCH_64_LAST  0xc000ffffUL

static int filter_insert(struct cca_vm *vm, unsigned long first, unsigned long last, u8 action)
{
	unsigned long index = first;
	MA_STATE(mas, &vm->smccc_filter, 0, 0);

	if (mt_find(&vm->smccc_filter, &index, last))
		return -EEXIST;
	return cca_range_store(&mas, first, last, xa_mk_value(action), GFP_KERNEL_ACCOUNT);
}

/*
 * Enters the ranges of the architecture's calls, before the first range of user space. If only one
 * of them can be entered, it stays, and the next call finds it.
 */
static int filter_reserve(struct cca_vm *vm)
{
	int ret = filter_insert(vm, ARCH_32_FIRST, ARCH_32_LAST, KVM_SMCCC_FILTER_HANDLE);

	if (!ret || ret == -EEXIST)
		ret = filter_insert(vm, ARCH_64_FIRST, ARCH_64_LAST, KVM_SMCCC_FILTER_HANDLE);
	return ret == -EEXIST ? 0 : ret;
}

static int filter_set(struct cca_vm *vm, const void __user *arg)
{
	struct kvm_smccc_filter filter;
	u32 last;
	int ret;

	if (copy_from_user(&filter, arg, sizeof(filter)))
		return -EFAULT;
	last = filter.base + filter.nr_functions - 1;
	if (memchr_inv(filter.pad, 0, sizeof(filter.pad)) || last < filter.base ||
	    filter.action >= NR_SMCCC_FILTER_ACTIONS)
		return -EINVAL;
	mutex_lock(&vm->config_lock);
	if (cca_realm_state(vm) > REALM_NEW)
		ret = -EBUSY;
	else
		ret = filter_reserve(vm) ?: filter_insert(vm, filter.base, last, filter.action);
	mutex_unlock(&vm->config_lock);
	return ret;
}

int cca_smccc_attr(struct cca_vm *vm, unsigned int cmd, const struct kvm_device_attr *attr)
{
	if (attr->group != KVM_ARM_VM_SMCCC_CTRL || attr->attr != KVM_ARM_VM_SMCCC_FILTER)
		return -ENXIO;
	if (cmd == KVM_HAS_DEVICE_ATTR)
		return 0;
	return filter_set(vm, (void __user *)attr->addr);
}

enum kvm_smccc_filter_action cca_smccc_action(struct cca_vm *vm, u32 function)
{
	void *entry = mtree_load(&vm->smccc_filter, function);

	return entry ? xa_to_value(entry) : KVM_SMCCC_FILTER_HANDLE;
}
