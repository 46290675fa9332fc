// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vCPU descriptor: creation, its run page, its ioctls. KVM_RUN is run.c; registers are regs.c
 * and sysregs.c.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "host/events/coalesced.h"
#include "host/mem/mem.h"
#include "host/vcpu/ioctl.h"
#include "host/vcpu/pmu.h"
#include "host/vcpu/regs.h"
#include "host/vcpu/run.h"
#include "host/vcpu/timer.h"
#include "host/vgic/vgic.h"

#define RING_PAGE 1 /* of the mapping; page 0 is kvm_run */

/* ---- the run page ---- */

static vm_fault_t vcpu_fault(struct vm_fault *vmf)
{
	struct cca_vcpu *vcpu = vmf->vma->vm_file->private_data;

	if (vmf->pgoff > RING_PAGE)
		return VM_FAULT_SIGBUS;
	vmf->page = vmf->pgoff == RING_PAGE ? cca_coalesced_page(vcpu->vm)
					    : virt_to_page(vcpu->run);
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct vcpu_vm_ops = {
	.fault = vcpu_fault,
};

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &vcpu_vm_ops;
	return 0;
}

/* ---- small ioctls ---- */

static int vcpu_get_mp_state(struct cca_vcpu *vcpu, struct kvm_mp_state __user *arg)
{
	struct kvm_mp_state state = {
		.mp_state = READ_ONCE(vcpu->power_off) ? KVM_MP_STATE_STOPPED
						       : KVM_MP_STATE_RUNNABLE,
	};

	return copy_to_user(arg, &state, sizeof(state)) ? -EFAULT : 0;
}

static int vcpu_set_mp_state(struct cca_vcpu *vcpu, const struct kvm_mp_state __user *arg)
{
	struct kvm_mp_state state;

	if (copy_from_user(&state, arg, sizeof(state)))
		return -EFAULT;
	if (state.mp_state != KVM_MP_STATE_STOPPED && state.mp_state != KVM_MP_STATE_RUNNABLE)
		return -EINVAL;
	WRITE_ONCE(vcpu->power_off, state.mp_state == KVM_MP_STATE_STOPPED);
	return 0;
}

static int vcpu_get_events(struct cca_vcpu *vcpu, struct kvm_vcpu_events __user *arg)
{
	struct kvm_vcpu_events events = {};

	/* Nothing is pending that user space could save. */
	return copy_to_user(arg, &events, sizeof(events)) ? -EFAULT : 0;
}

static bool events_reserved_clear(const struct kvm_vcpu_events *events)
{
	return !memchr_inv(events->exception.pad, 0, sizeof(events->exception.pad)) &&
	       !memchr_inv(events->reserved, 0, sizeof(events->reserved));
}

/*
 * User space may ask for an abort, and only as the answer to an MMIO access. An SError is the RMM's
 * to inject.
 */
static int vcpu_set_events(struct cca_vcpu *vcpu, const struct kvm_vcpu_events __user *arg)
{
	struct kvm_vcpu_events events;

	if (copy_from_user(&events, arg, sizeof(events)))
		return -EFAULT;
	if (!events_reserved_clear(&events) || events.exception.serror_pending)
		return -EINVAL;
	if (!events.exception.ext_dabt_pending)
		return 0;
	if (vcpu->mmio == MMIO_NONE)
		return -EINVAL;
	vcpu->enter_flags |= RMI_ENTER_INJECT_SEA;
	return 0;
}

static int vcpu_set_sigmask(struct cca_vcpu *vcpu, const struct kvm_signal_mask __user *arg)
{
	struct kvm_signal_mask mask;
	sigset_t set;

	if (!arg) {
		vcpu->sigset_active = false;
		return 0;
	}
	if (copy_from_user(&mask, arg, sizeof(mask)))
		return -EFAULT;
	if (mask.len != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, arg->sigset, sizeof(set)))
		return -EFAULT;
	sigdelsetmask(&set, sigmask(SIGKILL) | sigmask(SIGSTOP));
	vcpu->sigset = set;
	vcpu->sigset_active = true;
	return 0;
}

/* A Realm cannot be debugged by its host, so debugging can only be switched off, which it is. */
static int vcpu_set_debug(const struct kvm_guest_debug __user *arg)
{
	struct kvm_guest_debug debug;

	if (copy_from_user(&debug, arg, sizeof(debug)))
		return -EFAULT;
	return debug.control ? -EINVAL : 0;
}

/* ---- attributes: the interrupts of timers and PMU ---- */

static int timer_of_attr(const struct kvm_device_attr *attr)
{
	switch (attr->attr) {
	case KVM_ARM_VCPU_TIMER_IRQ_VTIMER:
		return TIMER_VIRTUAL;
	case KVM_ARM_VCPU_TIMER_IRQ_PTIMER:
		return TIMER_PHYSICAL;
	default:
		return -ENXIO;
	}
}

static int timer_set_ppi(struct cca_vcpu *vcpu, enum cca_timer timer, int ppi)
{
	struct cca_vm *vm = vcpu->vm;
	u32 *ppis = vcpu->timer_ppi;
	int ret = 0;

	if (ppi < VGIC_SGIS || ppi >= VGIC_PRIVATE || ppis[!timer] == ppi ||
	    (vcpu->pmu_ready && vcpu->pmu_irq == ppi))
		return -EINVAL;
	mutex_lock(&vm->config_lock);
	if (cca_realm_state(vm) == REALM_ACTIVE)
		ret = -EBUSY;
	else
		ppis[timer] = array_index_nospec(ppi, VGIC_PRIVATE);
	mutex_unlock(&vm->config_lock);
	return ret;
}

static int timer_attr(struct cca_vcpu *vcpu, unsigned int cmd, const struct kvm_device_attr *attr)
{
	int timer = timer_of_attr(attr), ppi;

	if (timer < 0 || cmd == KVM_HAS_DEVICE_ATTR)
		return min(timer, 0);
	timer = array_index_nospec(timer, TIMER_COUNT);
	if (cmd == KVM_GET_DEVICE_ATTR)
		return put_user((int)vcpu->timer_ppi[timer], (int __user *)attr->addr);
	if (get_user(ppi, (int __user *)attr->addr))
		return -EFAULT;
	return timer_set_ppi(vcpu, timer, ppi);
}

static int vcpu_attr(struct cca_vcpu *vcpu, unsigned int cmd, void __user *arg)
{
	struct kvm_device_attr attr;

	if (copy_from_user(&attr, arg, sizeof(attr)))
		return -EFAULT;
	if (attr.flags)
		return -EINVAL;
	switch (attr.group) {
	case KVM_ARM_VCPU_TIMER_CTRL:
		return timer_attr(vcpu, cmd, &attr);
	case KVM_ARM_VCPU_PMU_V3_CTRL:
		return cca_pmu_attr(vcpu, cmd, &attr);
	default:
		return -ENXIO;
	}
}

/* ---- ioctls ---- */

static int vcpu_ioctl_init(struct cca_vcpu *vcpu, const void __user *arg)
{
	struct kvm_vcpu_init init;

	return copy_from_user(&init, arg, sizeof(init)) ? -EFAULT : cca_vcpu_init(vcpu, &init);
}

static int vcpu_ioctl_finalize(struct cca_vcpu *vcpu, const int __user *arg)
{
	int feature;

	return get_user(feature, arg) ? -EFAULT : cca_vcpu_finalize(vcpu, feature);
}

static int vcpu_ioctl_reg(struct cca_vcpu *vcpu, const void __user *arg, bool set)
{
	struct kvm_one_reg reg;

	if (!vcpu->initialised)
		return -ENOEXEC;
	if (copy_from_user(&reg, arg, sizeof(reg)))
		return -EFAULT;
	return set ? cca_vcpu_set_reg(vcpu, &reg) : cca_vcpu_get_reg(vcpu, &reg);
}

/* The struct is copied back on errors too, because it says how far the call got. */
static int vcpu_ioctl_pre_fault(struct cca_vcpu *vcpu, void __user *arg)
{
	struct kvm_pre_fault_memory range;
	int ret;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	ret = cca_mem_pre_fault(vcpu, &range);
	return copy_to_user(arg, &range, sizeof(range)) ? -EFAULT : ret;
}

static int vcpu_ioctl_locked(struct cca_vcpu *vcpu, unsigned int cmd, void __user *arg)
{
	switch (cmd) {
	case KVM_RUN:
		return arg ? -EINVAL : cca_vcpu_run(vcpu);
	case KVM_ARM_VCPU_INIT:
		return vcpu_ioctl_init(vcpu, arg);
	case KVM_ARM_VCPU_FINALIZE:
		return vcpu->initialised ? vcpu_ioctl_finalize(vcpu, arg) : -ENOEXEC;
	case KVM_GET_ONE_REG:
		return vcpu_ioctl_reg(vcpu, arg, false);
	case KVM_SET_ONE_REG:
		return vcpu_ioctl_reg(vcpu, arg, true);
	case KVM_GET_REG_LIST:
		return vcpu->initialised ? cca_vcpu_reg_list(vcpu, arg) : -ENOEXEC;
	case KVM_GET_MP_STATE:
		return vcpu_get_mp_state(vcpu, arg);
	case KVM_SET_MP_STATE:
		return vcpu_set_mp_state(vcpu, arg);
	case KVM_GET_VCPU_EVENTS:
		return vcpu_get_events(vcpu, arg);
	case KVM_SET_VCPU_EVENTS:
		return vcpu_set_events(vcpu, arg);
	case KVM_SET_SIGNAL_MASK:
		return vcpu_set_sigmask(vcpu, arg);
	case KVM_SET_GUEST_DEBUG:
		return vcpu_set_debug(arg);
	case KVM_PRE_FAULT_MEMORY:
		return vcpu_ioctl_pre_fault(vcpu, arg);
	case KVM_SET_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
		return vcpu_attr(vcpu, cmd, arg);
	default:
		return -EINVAL;
	}
}

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cca_vcpu *vcpu = file->private_data;
	int ret = cca_vm_usable(vcpu->vm);

	if (ret)
		return ret;
	if (mutex_lock_killable(&vcpu->mutex))
		return -EINTR;
	/* The VM may have died while this waited for the mutex, so it is checked again. */
	ret = cca_vm_usable(vcpu->vm) ?: vcpu_ioctl_locked(vcpu, cmd, (void __user *)arg);
	mutex_unlock(&vcpu->mutex);
	return ret;
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct cca_vcpu *vcpu = file->private_data;

	cca_vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.llseek = noop_llseek,
};

/* ---- creation ---- */

static u64 vcpu_mpidr(unsigned long id)
{
	return (id & 0xf) | (id >> 4 & 0xff) << 8 | (id >> 12 & 0xff) << 16;
}

static bool vcpu_alloc_parts(struct cca_vcpu *vcpu)
{
	vcpu->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	vcpu->rec_run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return vcpu->run && vcpu->rec_run;
}

void cca_vcpu_free(struct cca_vcpu *vcpu)
{
	free_page((unsigned long)vcpu->rec_run);
	free_page((unsigned long)vcpu->run);
	kfree(vcpu);
}

static struct cca_vcpu *vcpu_new(struct cca_vm *vm, unsigned long id)
{
	struct cca_vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);

	if (!vcpu)
		return NULL;
	if (!vcpu_alloc_parts(vcpu)) {
		cca_vcpu_free(vcpu);
		return NULL;
	}
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->index = vm->nr_vcpus;
	vcpu->mpidr = vcpu_mpidr(id);
	mutex_init(&vcpu->mutex);
	rcuwait_init(&vcpu->wait);
	vgic_cpu_init(&vcpu->vgic, vcpu->index, vcpu->mpidr);
	cca_timer_init(vcpu);
	vcpu->sw.run = virt_to_phys(vcpu->rec_run);
	return vcpu;
}

static int vcpu_allowed(struct cca_vm *vm, unsigned long id)
{
	unsigned int i;

	if (id >= CCA_MAX_VCPUS || vm->nr_vcpus == CCA_MAX_VCPUS)
		return -EINVAL;
	if (cca_vgic_initialised(vm) || cca_realm_state(vm) > REALM_NEW)
		return -EBUSY;
	for (i = 0; i < vm->nr_vcpus; i++) {
		if (vm->vcpus[i]->id == id)
			return -EEXIST;
	}
	return 0;
}

/* User space can use the descriptor from fd_install() on, so that comes last. */
static int vcpu_publish(struct cca_vcpu *vcpu)
{
	struct cca_vm *vm = vcpu->vm;
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;

	if (fd < 0)
		return fd;
	file = anon_inode_getfile("kvm-vcpu", &vcpu_fops, vcpu, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	cca_vm_get(vm);
	vm->vcpus[vcpu->index] = vcpu;
	smp_store_release(&vm->nr_vcpus, vcpu->index + 1);
	fd_install(fd, file);
	return fd;
}

int cca_vcpu_create(struct cca_vm *vm, unsigned long id)
{
	int ret = vcpu_allowed(vm, id);
	struct cca_vcpu *vcpu;

	if (ret)
		return ret;
	vcpu = vcpu_new(vm, id);
	if (!vcpu)
		return -ENOMEM;
	/* RECs are made under this lock, for all vCPUs that there are. */
	mutex_lock(&vm->config_lock);
	ret = vcpu_allowed(vm, id) ?: vcpu_publish(vcpu);
	mutex_unlock(&vm->config_lock);
	if (ret < 0)
		cca_vcpu_free(vcpu);
	return ret;
}
