/* SPDX-License-Identifier: BSD-3-Clause */
/* The GICv3 in the kernel: created before the vCPUs, initialised after them. */
#ifndef VMM_VM_GIC_H
#define VMM_VM_GIC_H

#include <stdbool.h>

struct vm;

int gic_create(struct vm *vm);
int gic_init(struct vm *vm);

/* Sets the level of a shared interrupt, numbered from 0 as in the device tree. Any thread. */
int gic_set_spi(struct vm *vm, unsigned int spi, bool level);

#endif
