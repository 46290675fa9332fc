/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI 1.1 (DEN0022) for the host. A CPU's power state is one word changed by compare and
 * exchange: OFF -> ON_PENDING by the caller of CPU_ON, ON_PENDING -> ON and ON -> OFF by the CPU
 * itself. There is no lock.
 */
#include <sysreg.h>
#include <util.h>

#include "abi/firme.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "monitor/resident/monitor.h"

static struct cpu *find_cpu(uint64_t mpidr)
{
	for (uint64_t i = 0; i < handoff.nr_cpus; i++) {
		if (handoff.mpidr[i] == mpidr)
			return cpu_get(i);
	}
	return NULL;
}

static uint32_t power_state(struct cpu *cpu)
{
	return __atomic_load_n(&cpu->power, __ATOMIC_ACQUIRE);
}

/* Host entry points must lie in memory the host owns. */
static bool is_host_memory(uint64_t pa)
{
	for (uint32_t i = 0; i < handoff.machine.nr_dram; i++) {
		const struct region *bank = &handoff.machine.dram[i];

		if (pa >= bank->base && pa - bank->base < bank->size)
			return gpt_lookup(&handoff.gpt, pa) == GPI_NS;
	}
	return false;
}

static int64_t cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context_id)
{
	struct cpu *target = find_cpu(mpidr);
	uint32_t expected = POWER_OFF;

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	if (!is_host_memory(entry) || entry & 3)
		return PSCI_INVALID_ADDRESS;
	if (!__atomic_compare_exchange_n(&target->power, &expected, POWER_ON_PENDING, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return expected == POWER_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	target->entry = entry;
	target->context_id = context_id;
	dsb(sy);
	gic_wake(mpidr);
	return PSCI_SUCCESS;
}

static int64_t affinity_info(uint64_t mpidr, uint64_t level)
{
	struct cpu *target = find_cpu(mpidr);

	if (!target || level)
		return PSCI_INVALID_PARAMETERS;
	switch (power_state(target)) {
	case POWER_ON:
		return PSCI_AFFINITY_ON;
	case POWER_ON_PENDING:
		return PSCI_AFFINITY_ON_PENDING;
	default:
		return PSCI_AFFINITY_OFF;
	}
}

/* Standby only: the CPU waits here and keeps all its state. */
static int64_t cpu_suspend(uint64_t power_state)
{
	if ((uint32_t)power_state & (PSCI_POWER_STATE_RES0 | PSCI_POWER_STATE_TYPE_POWERDOWN))
		return PSCI_INVALID_PARAMETERS;
	dsb(sy);
	wfi();
	return PSCI_SUCCESS;
}

static void cpu_off(struct cpu *cpu)
{
	__atomic_store_n(&cpu->power, POWER_OFF, __ATOMIC_RELEASE);
	cpu_hold();
}

/* The one architectural type is a warm reset, which on this machine is the reset. */
static int64_t system_reset2(uint64_t type)
{
	if ((uint32_t)type != 0)
		return PSCI_INVALID_PARAMETERS;
	machine_reset();
}

bool psci_implemented(uint32_t fid)
{
	switch (fid) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
	case PSCI_AFFINITY_INFO32:
	case PSCI_AFFINITY_INFO64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case PSCI_SYSTEM_RESET2_32:
	case PSCI_SYSTEM_RESET2_64:
		return true;
	default:
		return false;
	}
}

static int64_t psci_features(uint32_t fid)
{
	return psci_implemented(fid) || fid == SMCCC_VERSION ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

bool psci_call(struct cpu *cpu, uint64_t *x)
{
	uint32_t fid = (uint32_t)x[0];
	int64_t result;

	/* Arguments of a 32-bit function are 32-bit registers. */
	uint64_t mask = fid & SMCCC_64 ? ~UINT64_C(0) : UINT32_MAX;
	uint64_t arg1 = x[1] & mask;
	uint64_t arg2 = x[2] & mask;
	uint64_t arg3 = x[3] & mask;

	switch (fid) {
	case PSCI_VERSION:
		result = PSCI_VERSION_1_1;
		break;
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
		result = cpu_suspend(arg1);
		break;
	case PSCI_CPU_OFF:
		cpu_off(cpu);
		return true;
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
		result = cpu_on(arg1, arg2, arg3);
		break;
	case PSCI_AFFINITY_INFO32:
	case PSCI_AFFINITY_INFO64:
		result = affinity_info(arg1, arg2);
		break;
	case PSCI_MIGRATE_INFO_TYPE:
		result = PSCI_MIGRATE_NOT_REQUIRED;
		break;
	case PSCI_SYSTEM_OFF:
		machine_off();
	case PSCI_SYSTEM_RESET:
		machine_reset();
	case PSCI_FEATURES:
		result = psci_features((uint32_t)arg1);
		break;
	case PSCI_SYSTEM_RESET2_32:
	case PSCI_SYSTEM_RESET2_64:
		result = system_reset2(arg1);
		break;
	default:
		return false;
	}
	x[0] = (uint64_t)result;
	return true;
}

void psci_start(struct cpu *cpu)
{
	cpu_init_worlds(cpu);
	cpu->ns.regs[WORLD_ELR_EL3] = cpu->entry;
	cpu->ns_x[0] = cpu->context_id;
	__atomic_store_n(&cpu->power, POWER_ON, __ATOMIC_RELEASE);
	if (rmm_prepare_boot(cpu))
		world_enter_realm(cpu);
	world_enter_ns(cpu);
}
