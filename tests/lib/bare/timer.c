/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deadlines, and one interrupt to wake from standby: the EL1 physical timer (PPI 30)
 * through the GICv3 of the virt machine. It stays masked in PSTATE and is never acknowledged.
 */
#include <sysreg.h>

#include "tests/lib/bare/el2.h"

#define GICD		0x08000000
#define GICR		0x080a0000
#define GICR_SGI	(GICR + 0x10000)
#define GICD_CTLR	0x0
#define GICR_WAKER	0x14
#define GICR_IGROUPR0	0x80
#define GICR_ISENABLER0 0x100
#define GICR_ICENABLER0 0x180
#define GICD_CTLR_NS	0x12 /* ARE_NS, EnableGrp1A */
#define WAKER_SLEEP	(1u << 1)
#define TIMER_PPI	30

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_SRE_EL2	S3_4_C12_C9_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7

static volatile uint32_t *mmio(uint64_t pa)
{
	return (volatile uint32_t *)pa;
}

uint64_t timer_now(void)
{
	isb();
	return read_sysreg(cntpct_el0);
}

uint64_t timer_seconds(uint64_t seconds)
{
	return seconds * read_sysreg(cntfrq_el0);
}

/* CPU 0 only: its redistributor is the first one. */
void timer_wake_after(uint64_t ticks)
{
	write_sysreg(ICC_SRE_EL2, read_sysreg(ICC_SRE_EL2) | 9);
	isb();
	*mmio(GICD + GICD_CTLR) = GICD_CTLR_NS;
	*mmio(GICR + GICR_WAKER) &= ~WAKER_SLEEP;
	*mmio(GICR_SGI + GICR_IGROUPR0) |= 1u << TIMER_PPI;
	*mmio(GICR_SGI + GICR_ISENABLER0) = 1u << TIMER_PPI;
	dsb(sy);
	write_sysreg(ICC_PMR_EL1, 0xf0);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	write_sysreg(cntp_cval_el0, timer_now() + ticks);
	write_sysreg(cntp_ctl_el0, 1);
	isb();
}

void timer_wake_off(void)
{
	write_sysreg(cntp_ctl_el0, 2);
	*mmio(GICR_SGI + GICR_ICENABLER0) = 1u << TIMER_PPI;
	dsb(sy);
	isb();
}
