/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PSCI relay: a CPU that the host switches on starts in hyp, which keeps the host's entry point
 * for it. Portable: the firmware and the test of addresses are handed in.
 */
#ifndef HYP_HOST_PSCI_H
#define HYP_HOST_PSCI_H

#include <stdbool.h>
#include <stdint.h>

struct psci_cpu {
	uint64_t mpidr;
	uint64_t context;      /* what the firmware hands to hyp's entry as X0 */
	uint64_t entry, value; /* the host's entry point, and its X0 there */
	uint32_t claimed;      /* a CPU_ON is under way: entry and value are set */
};

struct psci {
	struct psci_cpu *cpus;
	uint32_t nr_cpus;
	uint64_t entry; /* hyp's, physical */
	/* Calls the firmware: X0 to X7 in and out. */
	void (*firmware)(uint64_t *x);
	/* May the host run code there? */
	bool (*is_host)(uint64_t pa);
};

/* Carries out a PSCI call of the host. x: X0 to X7 as smc_take() leaves them, the result in x[0].
 */
void psci_call(const struct psci *p, uint64_t *x);

/* On the CPU that has started: takes what CPU_ON left for it. */
void psci_started(struct psci_cpu *cpu, uint64_t *entry, uint64_t *value);

#endif
