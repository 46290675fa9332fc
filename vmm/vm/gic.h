/* SPDX-License-Identifier: BSD-3-Clause */
/* The GICv3 in the kernel: created before the vCPUs, initialised after them. */
#ifndef VMM_VM_GIC_H
#define VMM_VM_GIC_H

#include <stdbool.h>
#include <stdint.h>

/* Phandles of nodes in the device tree. */
#define GIC_PHANDLE	1
#define GIC_ITS_PHANDLE 2

struct vm;

int gic_create(struct vm *vm);
int gic_init(struct vm *vm);

/* Adds the ITS, which makes interrupts of messages: between the two above. */
int gic_create_its(struct vm *vm);

/* Sets the level of a shared interrupt, numbered from 0 as in the device tree. Any thread. */
int gic_set_spi(struct vm *vm, unsigned int spi, bool level);

/* Sends a message that a device writes to this address as an interrupt. Any thread. */
int gic_signal_msi(struct vm *vm, uint32_t device, uint64_t address, uint32_t data);

#endif
