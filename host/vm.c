// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM descriptor: its ioctls, and the life of a VM (vm.h).
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/mm.h>

#include "gmem.h"
#include "realm.h"
#include "rmi.h"
#include "smccc.h"
#include "stats.h"
#include "vcpu.h"
#include "vgic.h"
#include "vm.h"

static LIST_HEAD(vms);
static bool vms_ended;	       /* the machine goes down: no more VMs */
static bool vms_held_off;      /* the machine is about to sleep: no VM now */
static DEFINE_MUTEX(vms_lock); /* all three */

#define TYPE_IPA_MASK	0xffUL
#define TYPE_V13_MASK	(0xfUL << 8)
#define TYPE_KNOWN_MASK (TYPE_IPA_MASK | TYPE_V13_MASK | KVM_CCA_VM_TYPE_REALM)

/* IPA bits of a VM type word, or -EINVAL. */
static int vm_type_ipa_bits(unsigned long type)
{
	unsigned int bits = type & TYPE_IPA_MASK ?: CCA_DEFAULT_IPA_BITS;
	unsigned long v13 = type & TYPE_V13_MASK;

	if (type & ~TYPE_KNOWN_MASK || (v13 && v13 != KVM_CCA_VM_TYPE_REALM_V13))
		return -EINVAL;
	if (!v13 && !(type & KVM_CCA_VM_TYPE_REALM))
		return -EINVAL;
	if (bits < CCA_MIN_IPA_BITS || bits > cca_max_ipa_bits())
		return -EINVAL;
	return bits;
}

/*
 * Trees of the kind that Linux keeps a process's mappings in. In one with RCU and without
 * MT_FLAGS_ALLOC_RANGE, 6.12 takes a full node's length for a pointer when it frees a subtree
 * (mt_free_walk).
 */
#define TREE_FLAGS (MT_FLAGS_ALLOC_RANGE | MT_FLAGS_LOCK_EXTERN)

static void vm_init_trees(struct cca_vm *vm)
{
	mt_init_flags(&vm->slots_by_gfn, TREE_FLAGS);
	mt_set_external_lock(&vm->slots_by_gfn, &vm->mem_sem);
	mt_init_flags(&vm->private_gfns, TREE_FLAGS | MT_FLAGS_USE_RCU);
	mt_set_external_lock(&vm->private_gfns, &vm->private_lock);
	xa_init_flags(&vm->slots_by_id, XA_FLAGS_ACCOUNT);
	mt_init_flags(&vm->smccc_filter, TREE_FLAGS);
	mt_set_external_lock(&vm->smccc_filter, &vm->config_lock);
}

static struct cca_vm *vm_new(u8 ipa_bits)
{
	struct cca_vm *vm = kvzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);

	if (!vm)
		return NULL;
	kref_init(&vm->ref);
	vm->ipa_bits = ipa_bits;
	mutex_init(&vm->lock);
	mutex_init(&vm->config_lock);
	init_rwsem(&vm->mem_sem);
	mutex_init(&vm->private_lock);
	mutex_init(&vm->shared_lock);
	vm_init_trees(vm);
	INIT_LIST_HEAD(&vm->gmems);
	cca_pool_init(&vm->pool);
	cca_config_default(vm);
	vm->mm = current->mm;
	mmgrab(vm->mm);
	return vm;
}

/* Into the list of those that a reboot ends; not once it is under way, nor before a suspend. */
static int vm_register(struct cca_vm *vm)
{
	int ret = 0;

	mutex_lock(&vms_lock);
	if (vms_ended)
		ret = -EIO;
	else if (vms_held_off)
		ret = -EBUSY;
	else
		list_add_tail(&vm->node, &vms);
	mutex_unlock(&vms_lock);
	if (!ret)
		cca_stat_inc(STAT_VMS);
	return ret;
}

static void vm_unregister(struct cca_vm *vm)
{
	mutex_lock(&vms_lock);
	list_del(&vm->node);
	mutex_unlock(&vms_lock);
	cca_stat_add(STAT_VMS, -1);
}

static void vm_free(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++)
		cca_vcpu_free(vm->vcpus[i]);
	cca_vgic_free(vm);
	mutex_lock(&vm->config_lock);
	__mt_destroy(&vm->smccc_filter);
	mutex_unlock(&vm->config_lock);
	cca_gmem_forget(vm);
	mmdrop(vm->mm);
	kvfree(vm);
}

/*
 * The Realm goes, and all granules are the host's again. Once for the owner's last descriptor and
 * once for a reboot, in any order and at the same time. Nobody takes a granule out of the pool
 * afterwards: whoever does looks at the state of the Realm under one of the locks that
 * cca_realm_destroy() holds.
 */
static void vm_give_back(struct cca_vm *vm)
{
	cca_realm_destroy(vm);
	mutex_lock(&vm->config_lock);
	cca_pool_destroy(&vm->pool);
	mutex_unlock(&vm->config_lock);
}

/* A VM is in the list for as long as it has granules: a reboot waits for what is in the list. */
static void vm_release_last(struct kref *ref)
{
	struct cca_vm *vm = container_of(ref, struct cca_vm, ref);

	vm_give_back(vm);
	cca_slot_free_all(vm);
	vm_unregister(vm);
	vm_free(vm);
}

void cca_vm_get(struct cca_vm *vm)
{
	kref_get(&vm->ref);
}

void cca_vm_put(struct cca_vm *vm)
{
	kref_put(&vm->ref, vm_release_last);
}

int cca_vm_usable(struct cca_vm *vm)
{
	return READ_ONCE(vm->dead) || vm->mm != current->mm ? -EIO : 0;
}

void cca_vm_kill(struct cca_vm *vm)
{
	unsigned int i, n;

	WRITE_ONCE(vm->dead, true);
	smp_mb(); /* a vCPU that is not kicked below sees dead */
	n = cca_nr_vcpus(vm);
	for (i = 0; i < n; i++)
		cca_vcpu_kick(vm->vcpus[i]);
}

/*
 * Reboot: the VMs stay for their owners to close, their Realms and all granules go now. Nothing
 * here waits for a thread that may wait for user space: not for vcpu->mutex, which KVM_RUN holds
 * over page faults and over the thread's other work (it may drop the last descriptor of another VM,
 * and then wants vms_lock). That a vCPU has left its REC is enough, because none enters a dead VM;
 * and the locks that cca_realm_destroy() takes are never held over access to user memory.
 */
void cca_vms_end_all(void)
{
	struct cca_vm *vm;
	unsigned int i;

	mutex_lock(&vms_lock);
	vms_ended = true;
	list_for_each_entry(vm, &vms, node) cca_vm_kill(vm);
	list_for_each_entry(vm, &vms, node)
	{
		for (i = 0; i < cca_nr_vcpus(vm); i++)
			cca_vcpu_wait_left(vm->vcpus[i]);
	}
	list_for_each_entry(vm, &vms, node) vm_give_back(vm);
	mutex_unlock(&vms_lock);
}

bool cca_vms_hold_off(void)
{
	bool none;

	mutex_lock(&vms_lock);
	none = list_empty(&vms);
	vms_held_off = none;
	mutex_unlock(&vms_lock);
	return none;
}

void cca_vms_let(void)
{
	mutex_lock(&vms_lock);
	vms_held_off = false;
	mutex_unlock(&vms_lock);
}

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

/* The struct goes back on errors too: it says how far it got. */
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

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cca_vm *vm = file->private_data;
	void __user *argp = (void __user *)arg;
	int ret = cca_vm_usable(vm);

	if (ret)
		return ret;
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
	case KVM_SET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
		return vm_ioctl_attr(vm, cmd, argp);
	case KVM_CREATE_IRQCHIP: /* would be a GICv2 */
		return -ENODEV;
	case KVM_ARM_SET_COUNTER_OFFSET: /* a Realm's counter is the CPU's */
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

int cca_vm_create(unsigned long type)
{
	int bits, ret;
	struct cca_vm *vm;

	bits = vm_type_ipa_bits(type);
	if (bits < 0)
		return bits;
	vm = vm_new(bits);
	if (!vm)
		return -ENOMEM;
	ret = vm_register(vm);
	if (ret) {
		vm_free(vm);
		return ret;
	}
	ret = anon_inode_getfd("kvm-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (ret < 0)
		cca_vm_put(vm);
	return ret;
}
