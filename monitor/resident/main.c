/* SPDX-License-Identifier: BSD-3-Clause */
/* Start of the resident stage on the first CPU and on every CPU that is woken later. */
#include <print.h>
#include <string.h>
#include <sysreg.h>
#include <util.h>

#include "abi/firme.h"
#include "monitor/resident/monitor.h"

struct handoff handoff __attribute__((section(".handoff")));

void resident_main(struct cpu *cpu) __attribute__((noreturn));
void cpu_warm_main(struct cpu *cpu) __attribute__((noreturn));

/* GPCCR_EL3: tables in inner-shareable write-back memory, 4 KiB granules. */
#define GPCCR_IRGN_WB  BIT(8)
#define GPCCR_ORGN_WB  BIT(10)
#define GPCCR_SH_INNER (UINT64_C(3) << 12)
#define GPCCR_GPC      BIT(16)

static void gpt_invalidate_all(void)
{
	isb();
	__asm__ volatile("sys #6, c8, c1, #4, xzr" ::: "memory"); /* TLBI PAALLOS */
	dsb(sy);
	isb();
}

void gpc_enable(void)
{
	uint64_t config = handoff.gpt.pps | GPCCR_IRGN_WB | GPCCR_ORGN_WB | GPCCR_SH_INNER;

	write_sysreg(GPTBR_EL3, (uint64_t)handoff.gpt.l0 >> GRANULE_SHIFT);
	write_sysreg(GPCCR_EL3, config);
	gpt_invalidate_all();
	write_sysreg(GPCCR_EL3, config | GPCCR_GPC);
	gpt_invalidate_all();
}

/* The memory of the boot stage, and the token signer in it, go to the Secure world. */
void boot_stage_done(void)
{
	uint64_t end = BOOT_RAM_BASE + BOOT_RAM_SIZE;

	handoff.sign_token = NULL;
	write_sysreg(ttbr0_el3, handoff.ttbr);
	isb();
	tlbi(alle3);
	dsb(sy);
	isb();
	memset((void *)BOOT_RAM_BASE, 0, BOOT_RAM_SIZE);
	for (uint64_t pa = BOOT_RAM_BASE; pa < end; pa += 64)
		__asm__ volatile("dc civac, %0" ::"r"(pa) : "memory");
	dsb(sy);
	gpt_assign(&handoff.gpt, (struct region){BOOT_RAM_BASE, BOOT_RAM_SIZE}, GPI_SECURE);
	dsb(sy);
	gpt_invalidate_all();
}

static void init_cpus(void)
{
	for (uint64_t i = 0; i < handoff.nr_cpus; i++) {
		struct cpu *cpu = cpu_get(i);

		memset(cpu, 0, sizeof(*cpu));
		cpu->index = i;
		cpu->mpidr = handoff.mpidr[i];
		cpu->power = POWER_OFF;
	}
}

void resident_main(struct cpu *cpu)
{
	init_cpus();
	cpu_init_el3();
	gpc_enable();
	gic_init();
	rmm_init();
	cpu->entry = handoff.host_entry;
	cpu->context_id = handoff.layout.fdt;
	if (!handoff.layout.rmm.size)
		boot_stage_done();
	psci_start(cpu);
}

void cpu_warm_main(struct cpu *cpu)
{
	cpu_init_el3();
	gpc_enable();
	psci_start(cpu);
}
