/* SPDX-License-Identifier: BSD-3-Clause */
/* The PSCI relay. See psci.h; DEN0022 F. */
#include <stddef.h>

#include "abi/psci.h"
#include "hyp/host/psci.h"

#define CODE_ALIGN 4

static struct psci_cpu *find_cpu(const struct psci *p, uint64_t mpidr)
{
	for (uint32_t i = 0; i < p->nr_cpus; i++) {
		if (p->cpus[i].mpidr == mpidr)
			return &p->cpus[i];
	}
	return NULL;
}

/*
 * Two CPUs may switch on the same third one. The one that claims it first decides where it starts;
 * the claim ends when the third one has started, or when the firmware refuses.
 */
static uint64_t cpu_on(const struct psci *p, uint64_t *x)
{
	struct psci_cpu *cpu = find_cpu(p, x[1]);
	uint32_t unclaimed = 0;

	if (!cpu)
		return (uint64_t)PSCI_INVALID_PARAMETERS;
	if (x[2] % CODE_ALIGN || !p->is_host(x[2]))
		return (uint64_t)PSCI_INVALID_ADDRESS;
	if (!__atomic_compare_exchange_n(&cpu->claimed, &unclaimed, 1, false, __ATOMIC_ACQUIRE,
					 __ATOMIC_RELAXED))
		return (uint64_t)PSCI_ON_PENDING;
	cpu->entry = x[2];
	cpu->value = x[3];
	x[2] = p->entry;
	x[3] = cpu->context;
	p->firmware(x);
	if (x[0] != PSCI_SUCCESS)
		__atomic_store_n(&cpu->claimed, 0, __ATOMIC_RELEASE);
	return x[0];
}

/* A CPU that is powered down would come back at EL2, where the host says. */
static uint64_t cpu_suspend(const struct psci *p, uint64_t *x)
{
	if (x[1] & PSCI_POWER_STATE_TYPE_POWERDOWN)
		return (uint64_t)PSCI_INVALID_PARAMETERS;
	x[2] = 0;
	x[3] = 0;
	p->firmware(x);
	return x[0];
}

static bool is_known(uint64_t fid)
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

/* PSCI_FEATURES is asked about SMCCC_VERSION too (DEN0028). */
static bool may_ask_for(uint32_t fid)
{
	return is_known(fid) || fid == 0x80000000;
}

void psci_call(const struct psci *p, uint64_t *x)
{
	if (!is_known(x[0])) {
		x[0] = (uint64_t)PSCI_NOT_SUPPORTED;
		return;
	}
	switch (x[0]) {
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
		/* hyp lies anywhere in memory, so its entry takes the call with 64-bit arguments.
		 */
		x[0] = PSCI_CPU_ON64;
		x[0] = cpu_on(p, x);
		break;
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
		x[0] = cpu_suspend(p, x);
		break;
	case PSCI_FEATURES:
		if (!may_ask_for((uint32_t)x[1])) {
			x[0] = (uint64_t)PSCI_NOT_SUPPORTED;
			break;
		}
		p->firmware(x);
		break;
	default:
		p->firmware(x);
	}
}

void psci_started(struct psci_cpu *cpu, uint64_t *entry, uint64_t *value)
{
	*entry = cpu->entry;
	*value = cpu->value;
	__atomic_store_n(&cpu->claimed, 0, __ATOMIC_RELEASE);
}
