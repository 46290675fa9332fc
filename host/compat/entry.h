/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a thread owes the kernel before it enters a guest. Kernels before 6.18 note a signal's exit
 * in a vCPU of KVM's; vcpu/run.c does that itself, so they get one that nobody reads.
 */
#ifndef HOST_COMPAT_ENTRY_H
#define HOST_COMPAT_ENTRY_H

#include <linux/kvm_host.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#include <linux/entry-kvm.h>

static inline int cca_handle_guest_work(void)
{
	static struct kvm_run run;
	static struct kvm_vcpu vcpu = {.run = &run};

	return xfer_to_guest_mode_handle_work(&vcpu);
}
#else
#include <linux/entry-virt.h>

static inline int cca_handle_guest_work(void)
{
	return xfer_to_guest_mode_handle_work();
}
#endif

#endif
