// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load and unload of the module, /dev/kvm-cca, and what the module does when the machine goes down
 * or to sleep.
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

/* Added to the log line where granule/linear_map.h cannot take pages out of the kernel's map. */
#define MAPPED_IN_BLOCKS                                                                           \
	"; this kernel maps memory in blocks, Realms' too: a read that strays into it is fatal"

/* Brings up all that a Realm needs. 0, or the errno of KVM_CREATE_VM and the reason in *why. */
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
			cca_el2_owner(), linear_map_has_pages() ? "" : MAPPED_IN_BLOCKS);
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

/*
 * Reboot, power off and kexec. The next kernel must find EL2 free and no memory in another world.
 */
static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	cca_vms_end_all();
	rmi_deactivate();
	cca_el2_stop();
	return NOTIFY_OK;
}

static struct notifier_block reboot_notifier = {.notifier_call = on_reboot};

/* After a hibernation the machine has an RMM that was started anew and is not active. */
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
 * Realms do not survive a suspend, because neither their memory nor the RMM's state is saved.
 * PM_RESTORE_PREPARE comes to a kernel that is about to be replaced by a hibernated one: it leaves
 * the RMM as it was after boot, as it would for any other next kernel.
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
	default: /* the sleep is over, or was called off */
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

/* No VM is left by now, because each of its descriptors holds a reference of the module. */
static void __exit cca_exit(void)
{
	misc_deregister(&device);
	unregister_pm_notifier(&suspend_notifier);
	unregister_reboot_notifier(&reboot_notifier);
	cca_stats_exit();
	cca_el2_stop();
	cca_ppi_exit();
	rmi_release();
	cca_vms_exit();
}

module_init(cca_init);
module_exit(cca_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Arm CCA Realm VMs under KVM's API");
MODULE_VERSION(KVM_CCA_VERSION);
