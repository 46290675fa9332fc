// SPDX-License-Identifier: GPL-2.0-only
/*
 * The KVM device ARM_VGIC_ITS: the address of an ITS, its registers and its reset
 * (docs/spec/kvm-uapi.md section 12). Its tables are not written to the guest's memory nor restored
 * from it: a Realm does not migrate. They stay here while it is stopped, so a VMM that saves them
 * before it pauses the VM has lost nothing.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "host/vgic/its_state.h"

#define FRAME_ALIGN 0x10000ULL
#define WORK_BUDGET 512

/* ---- attributes ---- */

/* vm->lock held. */
static int set_base(struct cca_its *its, u64 base)
{
	if (its->base != VGIC_UNSET)
		return -EEXIST;
	if (base & (FRAME_ALIGN - 1) || base + ITS_FRAME_SIZE < base)
		return -EINVAL;
	if (base + ITS_FRAME_SIZE > cca_shared_bit(its->vm))
		return -E2BIG;
	WRITE_ONCE(its->base, base);
	return 0;
}

static int attr_set_addr(struct cca_its *its, const struct kvm_device_attr *attr)
{
	u64 base;
	int ret;

	if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
		return -ENODEV;
	if (get_user(base, (u64 __user *)attr->addr))
		return -EFAULT;
	mutex_lock(&its->vm->lock);
	ret = set_base(its, base);
	mutex_unlock(&its->vm->lock);
	return ret;
}

/*
 * A vCPU may begin to run after this has looked. That concerns only the VMM that lets it: the model
 * is safe by itself.
 */
static bool any_vcpu_runs(const struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++) {
		if (mutex_is_locked(&vm->vcpus[i]->mutex))
			return true;
	}
	return false;
}

/* Carries out the ITS's work. A signal ends this; the next access to the registers does the rest.
 */
static void do_work(struct cca_its *its)
{
	while (its_work(&its->model, WORK_BUDGET) && !signal_pending(current))
		;
}

static int reset(struct cca_its *its)
{
	if (any_vcpu_runs(its->vm))
		return -EBUSY;
	if (!cca_its_vgic(its))
		return 0;
	if (!its_reset(&its->model))
		return -EBUSY;
	do_work(its);
	return 0;
}

static int attr_set_ctrl(struct cca_its *its, u64 attr)
{
	switch (attr) {
	case KVM_DEV_ARM_VGIC_CTRL_INIT: /* an ITS needs none */
		return 0;
	case KVM_DEV_ARM_ITS_CTRL_RESET:
		return reset(its);
	case KVM_DEV_ARM_ITS_SAVE_TABLES: /* the tables stay in the kernel */
		return any_vcpu_runs(its->vm) ? -EBUSY : 0;
	default:
		return -ENXIO;
	}
}

/* User space reaches 64-bit registers as a whole only. */
static int check_reg(u64 offset)
{
	bool narrow = offset < 8 || offset >= 0xffd0;

	if (offset & (narrow ? 3 : 7))
		return -EINVAL;
	return offset < ITS_FRAME_SIZE && its_reg_size(offset) ? 0 : -ENXIO;
}

static int reg_access(struct cca_its *its, u64 offset, u64 *value, bool write)
{
	int ret = check_reg(offset);
	struct cca_vgic *vgic;

	if (ret)
		return ret;
	vgic = cca_its_vgic(its);
	if (!vgic || READ_ONCE(its->base) == VGIC_UNSET)
		return -ENXIO;
	if (any_vcpu_runs(its->vm))
		return -EBUSY;
	spin_lock_irq(&vgic->lock);
	if (write)
		its_reg_set(&its->model, offset, *value);
	else
		*value = its_reg_read(&its->model, offset, its_reg_size(offset));
	spin_unlock_irq(&vgic->lock);
	if (write)
		do_work(its);
	return 0;
}

static int attr_reg(struct cca_its *its, const struct kvm_device_attr *attr, bool write)
{
	u64 __user *arg = (u64 __user *)attr->addr;
	u64 value = 0;
	int ret;

	if (write && get_user(value, arg))
		return -EFAULT;
	ret = reg_access(its, attr->attr, &value, write);
	if (ret || write)
		return ret;
	return put_user(value, arg);
}

static int attr_set(struct cca_its *its, const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr_set_addr(its, attr);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr_set_ctrl(its, attr->attr);
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		return attr_reg(its, attr, true);
	default:
		return -ENXIO;
	}
}

static int attr_get(struct cca_its *its, const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
			return -ENODEV;
		return put_user(READ_ONCE(its->base), (u64 __user *)attr->addr);
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		return attr_reg(its, attr, false);
	default:
		return -ENXIO;
	}
}

static int attr_has(const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr->attr == KVM_VGIC_ITS_ADDR_TYPE ? 0 : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ||
				       attr->attr == KVM_DEV_ARM_ITS_CTRL_RESET ||
				       attr->attr == KVM_DEV_ARM_ITS_SAVE_TABLES
			       ? 0
			       : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		return check_reg(attr->attr);
	default:
		return -ENXIO;
	}
}

/* ---- the descriptor ---- */

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cca_its *its = file->private_data;
	struct kvm_device_attr attr;
	int ret = cca_device_attr_take(its->vm, cmd, arg, &attr);

	if (ret)
		return ret;
	if (cmd == KVM_SET_DEVICE_ATTR)
		return attr_set(its, &attr);
	return cmd == KVM_GET_DEVICE_ATTR ? attr_get(its, &attr) : attr_has(&attr);
}

/* The ITS stays: a VMM may close the descriptor once it is configured. */
static int device_release(struct inode *inode, struct file *file)
{
	struct cca_its *its = file->private_data;

	cca_vm_put(its->vm);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};

static struct cca_its *its_new(struct cca_vm *vm)
{
	struct cca_its *its = kvzalloc(sizeof(*its), GFP_KERNEL_ACCOUNT);

	if (!its)
		return NULL;
	its->vm = vm;
	its->base = VGIC_UNSET;
	its->model.id = vm->nr_its;
	return its;
}

int cca_its_create(struct cca_vm *vm, struct kvm_create_device *args)
{
	struct cca_its *its;
	int fd;

	if (cca_realm_state(vm) > REALM_NEW)
		return -EBUSY;
	if (vm->nr_its == CCA_MAX_ITS)
		return -ENOSPC;
	its = its_new(vm);
	if (!its)
		return -ENOMEM;
	cca_vm_get(vm);
	fd = anon_inode_getfd("kvm-arm-vgic-its", &device_fops, its, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		kvfree(its);
		cca_vm_put(vm);
		return fd;
	}
	vm->its[vm->nr_its] = its;
	smp_store_release(&vm->nr_its, vm->nr_its + 1);
	args->fd = fd;
	return 0;
}

void cca_its_free(struct cca_vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_its; i++) {
		its_free(&vm->its[i]->model);
		kvfree(vm->its[i]);
	}
	vm->nr_its = 0;
}
