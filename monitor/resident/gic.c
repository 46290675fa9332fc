/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 as the monitor needs it: every interrupt is the host's (group 1 Non-secure), except one
 * group 0 SGI per CPU that ends the hold loop. Done once, before any other CPU runs.
 */
#include <sysreg.h>
#include <util.h>

#include "monitor/include/el3.h"
#include "monitor/resident/monitor.h"

#define GICD_CTLR	 0x0000
#define GICD_CTLR_GRP0	 BIT(0)
#define GICD_CTLR_ARE_S	 BIT(4)
#define GICD_CTLR_ARE_NS BIT(5)
#define GICD_CTLR_RWP	 BIT(31)
#define GICD_TYPER	 0x0004
#define GICD_IGROUPR(n)	 (0x0080 + 4 * (n))
#define GICD_IGRPMODR(n) (0x0d00 + 4 * (n))

#define GICR_FRAME_SIZE	   0x20000 /* GICv3: RD and SGI pages */
#define GICR_FRAME_SIZE_V4 0x40000
#define GICR_TYPER	   0x0008
#define GICR_TYPER_VLPIS   BIT(1)
#define GICR_TYPER_LAST	   BIT(4)
#define GICR_WAKER	   0x0014
#define GICR_WAKER_SLEEP   BIT(1)
#define GICR_WAKER_ASLEEP  BIT(2)
#define GICR_SGI	   0x10000
#define GICR_IGROUPR0	   (GICR_SGI + 0x0080)
#define GICR_ISENABLER0	   (GICR_SGI + 0x0100)
#define GICR_IPRIORITYR(n) (GICR_SGI + 0x0400 + (n))
#define GICR_IGRPMODR0	   (GICR_SGI + 0x0d00)

static uint32_t mmio_read(uint64_t address)
{
	return *(volatile uint32_t *)address;
}

static void mmio_write(uint64_t address, uint64_t value)
{
	*(volatile uint32_t *)address = (uint32_t)value;
}

static void distributor_control(uint64_t gicd, uint64_t value)
{
	mmio_write(gicd + GICD_CTLR, value);
	while (mmio_read(gicd + GICD_CTLR) & GICD_CTLR_RWP) {
	}
}

static void init_distributor(uint64_t gicd)
{
	uint32_t words = (mmio_read(gicd + GICD_TYPER) & 0x1f) + 1;

	distributor_control(gicd, 0);
	distributor_control(gicd, GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS);
	for (uint32_t i = 1; i < words; i++) {
		mmio_write(gicd + GICD_IGROUPR(i), UINT32_MAX);
		mmio_write(gicd + GICD_IGRPMODR(i), 0);
	}
}

static void init_redistributor(uint64_t gicr)
{
	mmio_write(gicr + GICR_WAKER, mmio_read(gicr + GICR_WAKER) & ~GICR_WAKER_SLEEP);
	while (mmio_read(gicr + GICR_WAKER) & GICR_WAKER_ASLEEP) {
	}
	mmio_write(gicr + GICR_IGROUPR0, (uint32_t)~BIT(WAKE_SGI));
	mmio_write(gicr + GICR_IGRPMODR0, 0);
	*(volatile uint8_t *)(gicr + GICR_IPRIORITYR(WAKE_SGI)) = 0;
	mmio_write(gicr + GICR_ISENABLER0, BIT(WAKE_SGI));
}

void gic_init(void)
{
	uint64_t gicr = handoff.machine.gicr.base;
	uint64_t end = gicr + handoff.machine.gicr.size;
	uint32_t typer;

	init_distributor(handoff.machine.gicd.base);
	do {
		typer = mmio_read(gicr + GICR_TYPER);
		init_redistributor(gicr);
		gicr += typer & GICR_TYPER_VLPIS ? GICR_FRAME_SIZE_V4 : GICR_FRAME_SIZE;
	} while (!(typer & GICR_TYPER_LAST) && gicr < end);
	distributor_control(handoff.machine.gicd.base,
			    GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS | GICD_CTLR_GRP0);
}

/* ICC_SGI0R_EL1: Aff3 [55:48], Aff2 [39:32], INTID [27:24], Aff1 [23:16], target list [15:0]. */
void gic_wake(uint64_t mpidr)
{
	uint64_t aff0 = FIELD(mpidr, 7, 0);
	uint64_t value = FIELD(mpidr, 39, 32) << 48 | FIELD(mpidr, 23, 16) << 32 |
			 (uint64_t)WAKE_SGI << 24 | FIELD(mpidr, 15, 8) << 16 | aff0 >> 4 << 44 |
			 BIT(aff0 & 0xf);

	write_sysreg(ICC_SGI0R_EL1, value);
	isb();
}
