/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers on the machine: volatile accesses to a flat Device-nGnRnE mapping. */
#include <sysreg.h>

#include "monitor/boot/mmio.h"

uint8_t mmio_read8(uintptr_t addr)
{
	return *(volatile uint8_t *)addr;
}

void mmio_write16(uintptr_t addr, uint16_t value)
{
	*(volatile uint16_t *)addr = value;
}

void mmio_write64(uintptr_t addr, uint64_t value)
{
	*(volatile uint64_t *)addr = value;
}

void mmio_barrier(void)
{
	dsb(sy);
}
