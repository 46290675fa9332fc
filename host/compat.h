/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels the module is built for (6.12 now, 7.3 next), and the headers
 * every file of the module starts from. No other file asks for LINUX_VERSION_CODE.
 */
#ifndef HOST_COMPAT_H
#define HOST_COMPAT_H

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <linux/version.h>

#include <asm/tlbflush.h>

#include "abi/kvm_cca.h"
#include "abi/rmi.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}

/* Page by page, each a broadcast to all CPUs, is how this kernel would do it. */
static inline void cca_flush_kernel_pages(unsigned long address, unsigned long n)
{
	dsb(ishst);
	__flush_tlb_range_op(vaale1is, address, n, PAGE_SIZE, 0, TLBI_TTL_UNKNOWN, false,
			     lpa2_is_enabled());
	dsb(ish);
	isb();
}
#else
static inline void cca_flush_kernel_pages(unsigned long address, unsigned long n)
{
	flush_tlb_kernel_range(address, address + (n << PAGE_SHIFT));
}
#endif

#endif
