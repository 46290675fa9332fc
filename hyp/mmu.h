/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 1 of hyp itself: flat, 4K granule, 48 bits, only what hyp uses. */
#ifndef HYP_MMU_H
#define HYP_MMU_H

#include <stdbool.h>
#include <stdint.h>

enum mmu_kind { MMU_CODE, MMU_RODATA, MMU_DATA, MMU_ALL, MMU_DEVICE };

/* Sets mmu_regs; nothing is mapped. */
void mmu_init(void);
/* Maps whole pages, in blocks of 2 MiB where they fit. What is mapped already stays. */
bool mmu_map(enum mmu_kind kind, uint64_t pa, uint64_t size);
/* start.S: this CPU goes on with mmu_regs. */
void mmu_on(void);
/* Cleans and invalidates memory to where CPUs without caches see it. */
void clean_to_memory(uint64_t pa, uint64_t size);

#endif
