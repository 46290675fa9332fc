/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's device tree: memory, CPUs, PSCI, GICv3, timer, PMU, devices, what the kernel is told
 * to do. There is nothing random and nothing of the host in it, because it is measured. Pure.
 */
#ifndef VMM_BOOT_FDT_H
#define VMM_BOOT_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device;

struct fdt_config {
	uint64_t ram_size;
	unsigned int cpus;
	uint64_t initrd; /* 0: none */
	uint64_t initrd_size;
	const char *bootargs;
	bool realm; /* PSCI by SMC, else by HVC */
	bool its;   /* devices send messages */
	bool pmu;
	const struct device *const *devices;
	size_t device_count;
};

/* Writes the tree. Returns its size in bytes; -ENOSPC with an error text if it does not fit. */
int fdt_build(void *buf, size_t size, const struct fdt_config *config);

/* Affinity fields of MPIDR_EL1 that KVM gives the vCPU with this index. */
uint64_t fdt_mpidr(unsigned int cpu);

#endif
