/* SPDX-License-Identifier: BSD-3-Clause */
/* Starts and stops the other CPUs by PSCI and gives them jobs. */
#include <sysreg.h>

#include "abi/psci.h"
#include "tests/lib/bare/el2.h"
#include "tests/lib/bare/main.h"

#define LATE	(-100)
#define SECONDS 30

extern const char stacks[];
extern const char head_secondary[];

struct percpu *cpu_data(uint32_t index)
{
	return (struct percpu *)(stacks + (uint64_t)index * PAYLOAD_STACK_SIZE);
}

uint64_t cpu_entry_point(void)
{
	return (uint64_t)head_secondary;
}

static uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

bool cpu_wait_for(const uint64_t *word, uint64_t value, uint64_t seconds)
{
	uint64_t end = timer_now() + timer_seconds(seconds);

	while (load(word) != value) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

void main_secondary(uint64_t index, uint64_t el, uint64_t sctlr, uint64_t daif)
{
	struct percpu *cpu = cpu_data((uint32_t)index);

	main_enable_mmu();
	cpu->index = index;
	cpu->entry_el = el;
	cpu->entry_sctlr = sctlr;
	cpu->entry_daif = daif;
	store(&cpu->starts, cpu->starts + 1);
	for (;;) {
		while (!load(&cpu->busy))
			cpu_relax();
		cpu->job(cpu->argument);
		store(&cpu->busy, 0);
	}
}

int64_t cpu_on(uint32_t index)
{
	struct percpu *cpu = cpu_data(index);
	uint64_t starts = load(&cpu->starts);
	int64_t result;

	store(&cpu->busy, 0);
	result = (int64_t)smc(PSCI_CPU_ON64, fdt.mpidr[index], cpu_entry_point(), index);
	if (result == PSCI_SUCCESS && !cpu_wait_for(&cpu->starts, starts + 1, SECONDS))
		return LATE;
	return result;
}

static void go_off(void *argument)
{
	smc(PSCI_CPU_OFF, 0, 0, 0);
}

int64_t cpu_off(uint32_t index)
{
	uint64_t end = timer_now() + timer_seconds(SECONDS);

	cpu_run(index, go_off, NULL);
	while (smc(PSCI_AFFINITY_INFO64, fdt.mpidr[index], 0, 0) != PSCI_AFFINITY_OFF) {
		if (timer_now() > end)
			return LATE;
		cpu_relax();
	}
	return 0;
}

uint32_t cpu_start_all(uint32_t limit)
{
	uint32_t running = 1;

	for (uint32_t i = 1; i < fdt.nr_cpus && i < limit; i++) {
		if (cpu_on(i) != PSCI_SUCCESS)
			break;
		running++;
	}
	return running;
}

void cpu_stop_all(void)
{
	for (uint32_t i = 1; i < fdt.nr_cpus; i++) {
		if (smc(PSCI_AFFINITY_INFO64, fdt.mpidr[i], 0, 0) == PSCI_AFFINITY_ON)
			cpu_off(i);
	}
}

void cpu_run(uint32_t index, void (*job)(void *), void *argument)
{
	struct percpu *cpu = cpu_data(index);

	cpu->job = job;
	cpu->argument = argument;
	store(&cpu->busy, 1);
}

bool cpu_wait(uint32_t index, uint64_t seconds)
{
	return cpu_wait_for(&cpu_data(index)->busy, 0, seconds);
}
