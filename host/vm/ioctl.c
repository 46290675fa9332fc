// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM descriptor: KVM_CREATE_VM and the ioctls of a VM. Here arguments are copied from user
 * space and handed to the room that the request is for.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "host/events/coalesced.h"
#include "host/events/ioeventfd.h"
#include "host/mem/mem.h"
#include "host/realm/realm.h"
#include "host/vcpu/ioctl.h"
#include "host/vcpu/smccc.h"
#include "host/vgic/irqfd.h"
#include "host/vgic/routing.h"
#include "host/vgic/vgic.h"
#include "host/vm/caps.h"
#include "host/vm/ioctl.h"
#include "host/vm/life.h"

static int vm_ioctl_region(struct cca_vm *vm, void __user *arg, size_t size)
{
	struct kvm_userspace_memory_region2 region = {};

	if (copy_from_user(&region, arg, size))
		return -EFAULT;
	if (size == sizeof(struct kvm_userspace_memory_region) &&
	    region.flags & KVM_MEM_GUEST_MEMFD)
		return -EINVAL;
	return cca_slot_set(vm, &region);
}

static int vm_ioctl_attributes(struct cca_vm *vm, void __user *arg)
{
	struct kvm_memory_attributes attrs;

	if (copy_from_user(&attrs, arg, sizeof(attrs)))
		return -EFAULT;
	return cca_attributes_set(vm, &attrs);
}

static int vm_ioctl_gmem(struct cca_vm *vm, void __user *arg)
{
	struct kvm_create_guest_memfd args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	return cca_gmem_create(vm, &args);
}

/* The struct is copied back on errors too, because it says how far the call got. */
static int vm_ioctl_populate(struct cca_vm *vm, void __user *arg, bool v12)
{
	struct kvm_cca_populate args;
	u64 asked;
	int ret;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	asked = args.size;
	ret = cca_realm_populate(vm, &args);
	if (v12)
		return ret ?: min_t(u64, asked - args.size, INT_MAX);
	if (copy_to_user(arg, &args, sizeof(args)))
		return -EFAULT;
	return ret;
}

static int vm_ioctl_enable_cap(struct cca_vm *vm, void __user *arg)
{
	struct kvm_enable_cap cap;

	if (copy_from_user(&cap, arg, sizeof(cap)))
		return -EFAULT;
	return cca_enable_cap(vm, &cap);
}

static int vm_ioctl_target(void __user *arg)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};

	return copy_to_user(arg, &init, sizeof(init)) ? -EFAULT : 0;
}

static int vm_ioctl_create_vcpu(struct cca_vm *vm, unsigned long id)
{
	int ret;

	mutex_lock(&vm->lock);
	ret = cca_vcpu_create(vm, id);
	mutex_unlock(&vm->lock);
	return ret;
}

static int vm_ioctl_create_device(struct cca_vm *vm, void __user *arg)
{
	struct kvm_create_device args;
	int ret;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	mutex_lock(&vm->lock);
	ret = cca_device_create(vm, &args);
	mutex_unlock(&vm->lock);
	if (ret)
		return ret;
	return copy_to_user(arg, &args, sizeof(args)) ? -EFAULT : 0;
}

static int vm_ioctl_irq_line(struct cca_vm *vm, void __user *arg)
{
	struct kvm_irq_level level;

	if (copy_from_user(&level, arg, sizeof(level)))
		return -EFAULT;
	return cca_vgic_irq_line(vm, &level);
}

static int vm_ioctl_attr(struct cca_vm *vm, unsigned int cmd, void __user *arg)
{
	struct kvm_device_attr attr;

	return copy_from_user(&attr, arg, sizeof(attr)) ? -EFAULT : cca_smccc_attr(vm, cmd, &attr);
}

/*
 * VMMs make an ordinary VM only to ask it something before they make their Realm: whether there is
 * a vGICv3, or what a vCPU's registers say. So such a VM can be made and asked. It gets no memory,
 * and its vCPUs do not run.
 */
static bool vm_refuses(const struct cca_vm *vm, unsigned int cmd)
{
	if (!vm->plain)
		return false;
	switch (cmd) {
	case KVM_SET_USER_MEMORY_REGION:
	case KVM_SET_USER_MEMORY_REGION2:
	case KVM_SET_MEMORY_ATTRIBUTES:
	case KVM_CREATE_GUEST_MEMFD:
	case KVM_CCA_POPULATE:
	case KVM_CCA_POPULATE_V12:
	case KVM_ENABLE_CAP:
		pr_info_once("kvm-cca: %s wants an ordinary VM, which is for /dev/kvm\n",
			     current->comm);
		return true;
	default:
		return false;
	}
}

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cca_vm *vm = file->private_data;
	void __user *argp = (void __user *)arg;
	int ret = cca_vm_usable(vm);

	if (ret)
		return ret;
	if (vm_refuses(vm, cmd))
		return -EOPNOTSUPP;
	switch (cmd) {
	case KVM_CHECK_EXTENSION:
		return cca_check_extension(vm, arg);
	case KVM_CREATE_VCPU:
		return vm_ioctl_create_vcpu(vm, arg);
	case KVM_SET_USER_MEMORY_REGION:
		return vm_ioctl_region(vm, argp, sizeof(struct kvm_userspace_memory_region));
	case KVM_SET_USER_MEMORY_REGION2:
		return vm_ioctl_region(vm, argp, sizeof(struct kvm_userspace_memory_region2));
	case KVM_SET_MEMORY_ATTRIBUTES:
		return vm_ioctl_attributes(vm, argp);
	case KVM_CREATE_GUEST_MEMFD:
		return vm_ioctl_gmem(vm, argp);
	case KVM_CCA_POPULATE:
		return vm_ioctl_populate(vm, argp, false);
	case KVM_CCA_POPULATE_V12:
		return vm_ioctl_populate(vm, argp, true);
	case KVM_ENABLE_CAP:
		return vm_ioctl_enable_cap(vm, argp);
	case KVM_ARM_PREFERRED_TARGET:
		return vm_ioctl_target(argp);
	case KVM_CREATE_DEVICE:
		return vm_ioctl_create_device(vm, argp);
	case KVM_IRQ_LINE:
		return vm_ioctl_irq_line(vm, argp);
	case KVM_IRQFD:
		return cca_irqfd(vm, argp);
	case KVM_IOEVENTFD:
		return cca_ioeventfd(vm, argp);
	case KVM_REGISTER_COALESCED_MMIO:
	case KVM_UNREGISTER_COALESCED_MMIO:
		return cca_coalesced_zone(vm, argp, cmd == KVM_REGISTER_COALESCED_MMIO);
	case KVM_SET_GSI_ROUTING:
		return cca_routes_set(vm, argp);
	case KVM_SIGNAL_MSI:
		return cca_signal_msi(vm, argp);
	case KVM_SET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
		return vm_ioctl_attr(vm, cmd, argp);
	case KVM_CCA_SET_MEMORY_ATTRIBUTES2: /* a guest_memfd has it */
		return -ENOTTY;
	case KVM_CREATE_IRQCHIP: /* would be a GICv2 */
		return -ENODEV;
	case KVM_ARM_SET_COUNTER_OFFSET: /* a Realm's counter has no offset */
	default:
		return -EINVAL;
	}
}

static int vm_release(struct inode *inode, struct file *file)
{
	cca_vm_put(file->private_data);
	return 0;
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.llseek = noop_llseek,
};

/* ---- KVM_CREATE_VM ---- */

#define DEFAULT_IPA_BITS 40
#define MIN_IPA_BITS	 32

#define TYPE_IPA_MASK	0xffUL
#define TYPE_V13_MASK	(0xfUL << 8)
#define TYPE_KNOWN_MASK (TYPE_IPA_MASK | TYPE_V13_MASK | KVM_CCA_VM_TYPE_REALM)

/* IPA bits of a VM type word, or -EINVAL. */
static int vm_type_ipa_bits(unsigned long type)
{
	unsigned int bits = type & TYPE_IPA_MASK ?: DEFAULT_IPA_BITS;
	unsigned long v13 = type & TYPE_V13_MASK;

	if (type & ~TYPE_KNOWN_MASK || (v13 && v13 != KVM_CCA_VM_TYPE_REALM_V13))
		return -EINVAL;
	if (bits < MIN_IPA_BITS || bits > cca_max_ipa_bits())
		return -EINVAL;
	return bits;
}

int cca_vm_create(unsigned long type)
{
	int bits = vm_type_ipa_bits(type), ret;
	struct cca_vm *vm;

	if (bits < 0)
		return bits;
	ret = cca_vm_new(bits, !(type & ~TYPE_IPA_MASK), &vm);
	if (ret)
		return ret;
	ret = anon_inode_getfd("kvm-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (ret < 0)
		cca_vm_put(vm);
	return ret;
}
