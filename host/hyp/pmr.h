/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPU's priority mask around a REC run. It filters physical interrupts during the run too,
 * while DAIF does not (RMI 2.0), and a kernel with pseudo-NMIs masks interrupts by it. For
 * switch.c, so nothing of the kernel here.
 */
#ifndef HOST_HYP_PMR_H
#define HOST_HYP_PMR_H

#include <asm/barrier.h>
#include <asm/sysreg.h>
#include <linux/types.h>

#define PMR_OPEN 0xf0 /* lets through whatever the kernel gives a priority to */

/*
 * Opens the mask and returns what it was. Where the CPU tells its redistributor the mask
 * (ICC_CTLR_EL1.PMHE), interrupts below the old one are not even sent until the new one has
 * arrived, for which the architecture wants a DSB (GICv3, "Priority mask hint"); elsewhere the DSB
 * costs little. A kernel without pseudo-NMIs has the mask open always.
 */
static __always_inline u64 pmr_open(void)
{
	u64 pmr = read_sysreg_s(SYS_ICC_PMR_EL1);

	if (pmr != PMR_OPEN) {
		write_sysreg_s(PMR_OPEN, SYS_ICC_PMR_EL1);
		dsb(sy);
	}
	return pmr;
}

/* Closing it needs no DSB: an interrupt that is sent in vain is sent again. */
static __always_inline void pmr_restore(u64 pmr)
{
	if (pmr != PMR_OPEN)
		write_sysreg_s(pmr, SYS_ICC_PMR_EL1);
}

#endif
