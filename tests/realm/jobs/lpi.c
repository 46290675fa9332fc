// SPDX-License-Identifier: BSD-3-Clause
/*
 * Job LPI: a driver of an ITS with its tables in memory that the Realm shares, and the guest's side
 * of interrupts and writes that go through eventfds. What the VMM does at each step is in jobs.h.
 */
#include "abi/psci.h"
#include "abi/rsi.h"
#include "common.h"

/* The last 2 MiB are shared. */
#define SHARED	   (JOBS_RAM + (6UL << 20))
#define QUEUE	   SHARED
#define DEVICES	   (SHARED + 0x10000)
#define COLLECTION (SHARED + 0x20000)
#define PROPERTIES (SHARED + 0x30000)
#define PENDING(c) (SHARED + 0x40000 + (c)*0x10000UL)
#define EVENTS	   (SHARED + 0x80000)

#define GITS_CTLR      0x00
#define GITS_CBASER    0x80
#define GITS_CWRITER   0x88
#define GITS_CREADR    0x90
#define GITS_BASER0    0x100
#define GITS_BASER1    0x108
#define GICR(cpu)      (JOBS_GICR + (cpu)*0x20000UL)
#define GICR_CTLR      0x00
#define GICR_PROPBASER 0x70
#define GICR_PENDBASER 0x78
#define VALID	       (1UL << 63)

enum { MOVI = 0x01, MAPD = 0x08, MAPC = 0x09, MAPTI = 0x0a, INV = 0x0c, DISCARD = 0x0f };

static uint64_t queued;
static volatile uint64_t second_on;

static void command(uint64_t w0, uint64_t w1, uint64_t w2)
{
	volatile uint64_t *slot = device(QUEUE + queued);

	slot[0] = w0;
	slot[1] = w1;
	slot[2] = w2;
	slot[3] = 0;
	queued += 32;
	*device(JOBS_GITS + GITS_CWRITER) = queued;
	while (*device(JOBS_GITS + GITS_CREADR) != queued)
		;
}

static void event_command(uint64_t what, uint64_t event, uint64_t lpi, uint64_t collection)
{
	command(what | (uint64_t)JOBS_MSI_ID << 32, lpi << 32 | event, collection);
}

static void property(uint32_t lpi, uint8_t value)
{
	*(volatile uint8_t *)device(PROPERTIES + lpi - JOBS_LPI) = value;
}

static void redist_on(unsigned int cpu)
{
	*device(GICR(cpu) + GICR_PROPBASER) = PROPERTIES | 15;
	*device(GICR(cpu) + GICR_PENDBASER) = PENDING(cpu);
	write32(GICR(cpu) + GICR_CTLR, 1);
}

static void its_on(void)
{
	unsigned int i;

	*device(JOBS_GITS + GITS_CBASER) = VALID | QUEUE | 15;
	*device(JOBS_GITS + GITS_BASER0) = VALID | DEVICES;
	*device(JOBS_GITS + GITS_BASER1) = VALID | COLLECTION;
	write32(JOBS_GITS + GITS_CTLR, 1);
	for (i = 0; i < 2; i++)
		command(MAPC, 0, VALID | (uint64_t)i << 16 | i);
	event_command(MAPD, 1, 0, VALID | EVENTS);
	for (i = 0; i < JOBS_EVENTS; i++) {
		property(JOBS_LPI + i, 0x80 | 1);
		event_command(MAPTI, i, JOBS_LPI + i, 0);
	}
}

/* Matches, lengths, a byte that nobody waits for, and writes that wait in a ring. */
static void doorbells(void)
{
	write32(JOBS_DOORBELL, 1);
	write32(JOBS_DOORBELL, 2);
	write32(JOBS_DOORBELL, 2);
	*device(JOBS_DOORBELL + 8) = 99;
	*(volatile uint16_t *)device(JOBS_DOORBELL + 8) = 98;
	*(volatile uint8_t *)device(JOBS_DOORBELL) = 1;
	/* A zone of coalesced MMIO, and what is not all in it. */
	write32(JOBS_DOORBELL + 20, 97);
	*device(JOBS_DOORBELL + 16) = 96;
	*device(JOBS_DOORBELL + 24) = 95;
}

void job_lpi(void)
{
	unsigned int n = 0;

	report(REPORT_VALUE, set_ripas(SHARED, 2UL << 20, RSI_RIPAS_EMPTY));
	/* JOBS_SPI_LEVEL is the one that is not an edge. */
	gic_on(0xaaaaaaaa & ~(3u << (JOBS_SPI_LEVEL - 32) * 2), false);
	redist_on(0);
	its_on();
	smc(PSCI_CPU_ON64, 1, (uint64_t)start, JOB_LPI, 0, 0);
	while (!second_on)
		;
	irqs_on();
	report(REPORT_READY, LPI_SIGNAL);
	wait_taken(++n);
	report(REPORT_READY, LPI_IRQFD);
	wait_taken(++n);
	event_command(MOVI, 0, 0, 1);
	report(REPORT_READY, LPI_MOVED);
	/* Nothing would end a WFI of this vCPU. */
	for (n++; irqs_taken() < n;)
		;
	event_command(MOVI, 0, 0, 0);
	property(JOBS_LPI, 0x80);
	event_command(INV, 0, 0, 0);
	report(REPORT_READY, LPI_DISABLED);
	report(REPORT_VALUE, 0x55);
	property(JOBS_LPI, 0x80 | 1);
	event_command(INV, 0, 0, 0);
	wait_taken(++n);
	report(REPORT_READY, LPI_EDGE);
	wait_taken(++n);
	report(REPORT_READY, LPI_LEVEL);
	wait_taken(++n);
	report(REPORT_READY, LPI_LEVEL_AGAIN);
	wait_taken(++n);
	report(REPORT_READY, LPI_LEVEL_GONE);
	doorbells();
	report(REPORT_READY, LPI_DOORBELL);
	event_command(DISCARD, 1, 0, 0);
	report(REPORT_READY, LPI_GONE);
	report(REPORT_END, 0);
}

void lpi_second(void)
{
	gic_cpu_on(false);
	redist_on(1);
	second_on = 1;
	irqs_on();
	for (;;)
		__asm__ volatile("wfi");
}
