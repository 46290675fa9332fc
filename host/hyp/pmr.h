/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CPU's priority mask around a run of a REC. Unlike DAIF it also filters physical interrupts
 * during the run (RMI 2.0), and a kernel with pseudo-NMIs masks interrupts by it. switch.c includes
 * this, so nothing of the kernel is used here.
 */
#ifndef HOST_HYP_PMR_H
#define HOST_HYP_PMR_H

#include <asm/barrier.h>
#include <asm/sysreg.h>
#include <linux/types.h>

#define PMR_OPEN 0xf0 /* lets through whatever the kernel gives a priority to */

/*
 * Opens the mask and returns what it was. Some CPUs tell their redistributor the mask
 * (ICC_CTLR_EL1.PMHE). Then interrupts below the old mask are not even sent until the new one has
 * arrived, for which the architecture wants a DSB (GICv3, "Priority mask hint"). On other CPUs the
 * DSB costs little. A kernel without pseudo-NMIs always has the mask open.
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

/* Closing the mask needs no DSB: an interrupt that is sent in vain is sent again later. */
static __always_inline void pmr_restore(u64 pmr)
{
	if (pmr != PMR_OPEN)
		write_sysreg_s(pmr, SYS_ICC_PMR_EL1);
}

#endif
