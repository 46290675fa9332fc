/* SPDX-License-Identifier: BSD-3-Clause */
/* What main.c of each payload supplies: the entry points of head.S and the map of every CPU. */
#ifndef BARE_MAIN_H
#define BARE_MAIN_H

#include <stdint.h>

void main_boot(uint64_t fdt_pa);
void main_secondary(uint64_t index, uint64_t el, uint64_t sctlr, uint64_t daif);
void main_enable_mmu(void);

#endif
