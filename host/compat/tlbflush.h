/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes n pages of the kernel's own map out of the TLBs of all CPUs. */
#ifndef HOST_COMPAT_TLBFLUSH_H
#define HOST_COMPAT_TLBFLUSH_H

#include <linux/mm.h>
#include <linux/version.h>

#include <asm/tlbflush.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
/* flush_tlb_kernel_range() of this kernel goes page by page, each with a broadcast to all CPUs. */
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
