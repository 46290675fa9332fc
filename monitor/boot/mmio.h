/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device registers of the boot stage's portable drivers. mmio.c is the machine's version; native
 * tests link a model of the device instead. Values are in CPU byte order as the bus carries them.
 */
#ifndef MONITOR_BOOT_MMIO_H
#define MONITOR_BOOT_MMIO_H

#include <stdint.h>

uint8_t mmio_read8(uintptr_t addr);
void mmio_write16(uintptr_t addr, uint16_t value);
void mmio_write64(uintptr_t addr, uint64_t value);

/* Orders all memory accesses before it against device accesses and DMA after it, and vice versa. */
void mmio_barrier(void);

#endif
