// SPDX-License-Identifier: BSD-3-Clause
/*
 * Job PMU: each of two vCPUs has counters of its own, which overflow again and again, the cycle
 * counter and an event counter in turn, and takes an interrupt for each overflow.
 */
#include <sysreg.h>

#include "abi/psci.h"
#include "common.h"

#define GICR_SGIS(cpu) (JOBS_GICR + (cpu)*0x20000UL + 0x10000)
#define ISENABLER      0x100

#define PMCR_E	   1
#define PMCR_LC	   64 /* the cycle counter overflows at 64 bits */
#define CYCLES	   (1UL << 31)
#define EVENT	   1UL
#define CPU_CYCLES 0x11
#define PERIOD	   100000

static struct count {
	volatile uint64_t taken, wrong;
} counts[2];

static unsigned int this_cpu(void)
{
	return read_sysreg(mpidr_el1) & 1;
}

static uint64_t due(const struct count *c)
{
	return c->taken % 2 ? EVENT : CYCLES;
}

/* One counter is just before its overflow, the other is far from it. */
static void arm(const struct count *c)
{
	write_sysreg(pmccntr_el0, due(c) == CYCLES ? ~UINT64_C(0) - PERIOD : 0);
	write_sysreg(pmevcntr0_el0, due(c) == EVENT ? UINT32_MAX - PERIOD : 0);
	isb();
}

/* The next overflow may come before this interrupt is ended. */
static void pmu_irq(uint64_t intid)
{
	struct count *c = &counts[this_cpu()];
	uint64_t overflows = read_sysreg(pmovsset_el0);

	c->wrong += intid != JOBS_PPI_PMU || overflows != due(c);
	write_sysreg(pmovsclr_el0, overflows);
	c->taken++;
	if (c->taken < JOBS_OVERFLOWS)
		arm(c);
	write_sysreg(icc_eoir1_el1, intid);
	isb();
}

static void counters_on(void)
{
	write_sysreg(pmccfiltr_el0, 0);
	write_sysreg(pmevtyper0_el0, CPU_CYCLES);
	write_sysreg(pmccntr_el0, 0);
	write_sysreg(pmevcntr0_el0, 0);
	write_sysreg(pmovsclr_el0, CYCLES | EVENT);
	write_sysreg(pmintenset_el1, CYCLES | EVENT);
	write_sysreg(pmcntenset_el0, CYCLES | EVENT);
	write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
	isb();
}

static void take_all(unsigned int cpu)
{
	struct count *c = &counts[cpu];

	write32(GICR_SGIS(cpu) + ISENABLER, 1u << JOBS_PPI_PMU);
	arm(c);
	irqs_on();
	while (c->taken < JOBS_OVERFLOWS)
		;
	irqs_off();
}

/*
 * An overflow while interrupts are masked: it ends a WFI, and is taken when they no longer are.
 * Until then the vCPU goes on. Each write of the enable has QEMU look whether to interrupt; other
 * CPUs do so all the time.
 */
static uint32_t take_late(void)
{
	struct count *c = &counts[0];
	uint64_t before = c->taken;
	unsigned int i;
	uint32_t early;

	arm(c);
	while (!read_sysreg(pmovsset_el0))
		;
	__asm__ volatile("wfi");
	report(REPORT_READY, 0);
	for (i = 0; i < JOBS_REWRITES; i++)
		write_sysreg(pmintenset_el1, CYCLES | EVENT);
	report(REPORT_READY, 1);
	early = (uint32_t)(c->taken - before);
	irqs_on();
	while (c->taken == before)
		;
	return early;
}

void job_pmu(void)
{
	uint32_t counted, early;
	unsigned int i;

	gic_on(0, false);
	irqs_to(pmu_irq);
	counters_on();
	smc(PSCI_CPU_ON64, 1, (uint64_t)start, JOB_PMU, 0, 0);
	counted = (uint32_t)read_sysreg(pmccntr_el0);
	take_all(0);
	early = take_late();
	while (counts[1].taken < JOBS_OVERFLOWS)
		;
	report(REPORT_VALUE, read_sysreg(id_aa64dfr0_el1) >> 8 & 0xf);
	report(REPORT_VALUE, read_sysreg(pmcr_el0) >> 11 & 0x1f);
	report(REPORT_VALUE, counted);
	report(REPORT_VALUE, early);
	for (i = 0; i < 2; i++) {
		report(REPORT_VALUE, (uint32_t)counts[i].wrong);
		report(REPORT_VALUE, (uint32_t)counts[i].taken);
	}
	report(REPORT_END, 0);
}

void pmu_second(void)
{
	gic_cpu_on(false);
	counters_on();
	take_all(1);
	for (;;)
		__asm__ volatile("wfi");
}
