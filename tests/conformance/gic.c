/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 of the virt machine: the timers' PPIs, which end a Realm's run, and the list registers of
 * the virtual interface, which the RMM leaves to the host. Every function acts on its own CPU. The
 * host takes no interrupt: PSTATE masks them.
 */
#include "tests/conformance/conformance.h"

#define GICD_CTLR	 0x08000000
#define GICR(cpu)	 (0x080a0000 + (uint64_t)(cpu)*0x20000)
#define GICR_WAKER	 0x14
#define GICR_IGROUPR0	 0x10080
#define GICR_ISENABLER0	 0x10100
#define GICR_IPRIORITYR0 0x10400
#define GICD_CTLR_NS	 0x12 /* ARE_NS, EnableGrp1A */
#define WAKER_SLEEP	 (1u << 1)

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_SRE_EL2	S3_4_C12_C9_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICH_HCR_EL2	S3_4_C12_C11_0
#define ICH_VTR_EL2	S3_4_C12_C11_1
#define ICH_VMCR_EL2	S3_4_C12_C11_7
#define ICH_LR0_EL2	S3_4_C12_C12_0
#define ICH_LR1_EL2	S3_4_C12_C12_1
#define ICH_LR2_EL2	S3_4_C12_C12_2
#define ICH_LR3_EL2	S3_4_C12_C12_3
#define ICH_HCR_EN	1
#define VMCR_OPEN	(UINT64_C(0xf8) << 24 | 2) /* all priorities, group 1 on */

static volatile uint32_t *mmio(uint64_t pa)
{
	return (volatile uint32_t *)pa;
}

static void enable_ppi(uint64_t gicr, unsigned int ppi)
{
	*(volatile uint8_t *)(gicr + GICR_IPRIORITYR0 + ppi) = 0x80;
	*mmio(gicr + GICR_IGROUPR0) |= 1u << ppi;
	*mmio(gicr + GICR_ISENABLER0) = 1u << ppi;
}

void gic_init_cpu(void)
{
	uint64_t gicr = GICR(this_cpu()->index);

	write_sysreg(ICC_SRE_EL2, read_sysreg(ICC_SRE_EL2) | 9);
	isb();
	*mmio(GICD_CTLR) = GICD_CTLR_NS;
	*mmio(gicr + GICR_WAKER) &= ~WAKER_SLEEP;
	enable_ppi(gicr, PPI_CNTV);
	enable_ppi(gicr, PPI_CNTP);
	enable_ppi(gicr, PPI_CNTHP);
	enable_ppi(gicr, PPI_MAINTENANCE);
	enable_ppi(gicr, PPI_PMU);
	dsb(sy);
	write_sysreg(ICC_PMR_EL1, 0xf8);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(cntv_ctl_el0, 0);
	timer_el2_off();
	gic_clear();
	write_sysreg(ICH_VMCR_EL2, VMCR_OPEN);
	isb();
}

void gic_inject(unsigned int lr, uint64_t value)
{
	switch (lr) {
	case 0:
		write_sysreg(ICH_LR0_EL2, value);
		break;
	case 1:
		write_sysreg(ICH_LR1_EL2, value);
		break;
	case 2:
		write_sysreg(ICH_LR2_EL2, value);
		break;
	default:
		write_sysreg(ICH_LR3_EL2, value);
	}
	isb();
}

uint64_t gic_lr(unsigned int lr)
{
	switch (lr) {
	case 0:
		return read_sysreg(ICH_LR0_EL2);
	case 1:
		return read_sysreg(ICH_LR1_EL2);
	case 2:
		return read_sysreg(ICH_LR2_EL2);
	default:
		return read_sysreg(ICH_LR3_EL2);
	}
}

void gic_clear(void)
{
	for (unsigned int i = 0; i < 4; i++)
		gic_inject(i, 0);
}

/* The RMM clears ICH_HCR_EL2.En at each exit. */
void gic_enable_virtual(void)
{
	write_sysreg(ICH_HCR_EL2, ICH_HCR_EN);
	isb();
}

void timer_el2_after(uint64_t ticks)
{
	write_sysreg(cnthp_cval_el2, timer_now() + ticks);
	write_sysreg(cnthp_ctl_el2, 1);
	isb();
}

void timer_el2_off(void)
{
	write_sysreg(cnthp_ctl_el2, 0);
	isb();
}
