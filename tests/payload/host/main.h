/* SPDX-License-Identifier: BSD-3-Clause */
/* Host payload: entry points head.S calls, and the map every CPU uses. */
#ifndef PAYLOAD_HOST_MAIN_H
#define PAYLOAD_HOST_MAIN_H

#include <stdint.h>

void main_boot(uint64_t fdt_pa);
void main_secondary(uint64_t index, uint64_t el, uint64_t sctlr, uint64_t daif);
void main_enable_mmu(void);

#endif
