// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load and unload, /dev/kvm-cca, and what the module does when the machine goes down or to sleep.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "host/el2/el2.h"
#include "host/el2/ppi.h"
#include "host/granule/linear_map.h"
#include "host/rmi/probe.h"
#include "host/stats.h"
#include "host/vm/caps.h"
#include "host/vm/ioctl.h"
#include "host/vm/life.h"
#include "lib/include/version.h"

/* What a hole in the linear map would spare the host, see linear_map.h. */
#define MAPPED_IN_BLOCKS                                                                           \
	"; this kernel maps memory in blocks, Realms' too: a read that strays into it is fatal"

/* 0, or the errno of KVM_CREATE_VM and why. */
static int find_rmm(const char **why)
{
	int ret = cca_el2_probe(why);

	if (ret)
		return ret;
	if (rmi_probe(why))
		return -EINVAL;
	if (cca_ppi_init()) {
		*why = "the interrupts of the timers and of the GIC cannot be had";
		return -EINVAL;
	}
	return cca_el2_start(why);
}

static void find_realms(void)
{
	const char *why = NULL;
	int ret;

	linear_map_init();
	ret = find_rmm(&why);
	cca_vms_refuse(ret);
	if (ret)
		pr_info("kvm-cca: " KVM_CCA_VERSION ", no Realms: %s\n", why);
	else
		pr_info("kvm-cca: " KVM_CCA_VERSION
			", RMI %llu.%llu, Realms with up to %u address bits%s%s\n",
			rmi_info.version >> 16, rmi_info.version & 0xffff, cca_max_ipa_bits(),
			cca_el2_is_stub() ? "; the kernel is at EL1, EL2 is ours" : "",
			linear_map_has_pages() ? "" : MAPPED_IN_BLOCKS);
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case KVM_GET_API_VERSION:
		return arg ? -EINVAL : KVM_API_VERSION;
	case KVM_CHECK_EXTENSION:
		return cca_check_extension(NULL, arg);
	case KVM_CREATE_VM:
		return cca_vms_refused() ?: cca_vm_create(arg);
	case KVM_GET_VCPU_MMAP_SIZE:
		return arg ? -EINVAL : 2 * PAGE_SIZE; /* kvm_run and the ring of coalesced MMIO */
	default:
		return -EINVAL;
	}
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kvm-cca",
	.fops = &device_fops,
	.mode = 0660,
};

/* Reboot, power off and kexec: the next kernel must find no memory in another world, and EL2 free.
 */
static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	cca_vms_end_all();
	rmi_deactivate();
	cca_el2_stop();
	return NOTIFY_OK;
}

static struct notifier_block reboot_notifier = {.notifier_call = on_reboot};

/* After a hibernation the RMM is a new one, which nobody has brought to work. */
static void on_wake(void)
{
	const char *why = NULL;

	if (!cca_vms_refused() && rmi_resume(&why)) {
		cca_vms_refuse(-EINVAL);
		pr_warn("kvm-cca: no Realms any more: %s\n", why);
	}
	cca_vms_let();
}

/*
 * Realms do not survive a suspend: neither their memory nor the RMM's state is saved. A kernel that
 * gives way to a hibernated one (RESTORE) leaves the RMM as after a boot, as it would to any other.
 */
static int on_suspend(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
		return cca_vms_hold_off() ? NOTIFY_OK : notifier_from_errno(-EBUSY);
	case PM_RESTORE_PREPARE:
		if (!cca_vms_hold_off())
			return notifier_from_errno(-EBUSY);
		rmi_deactivate();
		return NOTIFY_OK;
	default: /* it is over, or was called off */
		on_wake();
		return NOTIFY_OK;
	}
}

static struct notifier_block suspend_notifier = {.notifier_call = on_suspend};

static int __init cca_init(void)
{
	int ret;

	find_realms();
	cca_stats_init();
	ret = register_reboot_notifier(&reboot_notifier);
	if (ret)
		goto no_reboot;
	ret = register_pm_notifier(&suspend_notifier);
	if (ret)
		goto no_suspend;
	ret = misc_register(&device);
	if (!ret)
		return 0;
	unregister_pm_notifier(&suspend_notifier);
no_suspend:
	unregister_reboot_notifier(&reboot_notifier);
no_reboot:
	cca_stats_exit();
	cca_el2_stop();
	cca_ppi_exit();
	rmi_release();
	return ret;
}

/* No VM is left: each of their descriptors holds the module. */
static void __exit cca_exit(void)
{
	misc_deregister(&device);
	unregister_pm_notifier(&suspend_notifier);
	unregister_reboot_notifier(&reboot_notifier);
	cca_stats_exit();
	cca_el2_stop();
	cca_ppi_exit();
	rmi_release();
}

module_init(cca_init);
module_exit(cca_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Arm CCA Realm VMs under KVM's API");
MODULE_VERSION(KVM_CCA_VERSION);
