/* SPDX-License-Identifier: BSD-3-Clause */
/* The vCPUs: their creation and first register values. thread.h runs them. */
#ifndef VMM_VM_VCPU_H
#define VMM_VM_VCPU_H

#include <stdint.h>

struct vm;
struct vm_config;

/* Creates all vCPUs. The first can run at once, the others wait for PSCI CPU_ON. */
int vcpu_create_all(struct vm *vm, const struct vm_config *config);

/* Gives the PMU of each vCPU its interrupt, if the VM has one. The GIC is initialised. */
int vcpu_init_pmu(struct vm *vm, const struct vm_config *config);

/* Sets where the first vCPU starts, and the device tree it is told of: both are measured. */
int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t fdt);

void vcpu_destroy_all(struct vm *vm);

#endif
