/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL3 stage 1 tables: flat maps, 4 KiB pages with 2 MiB and 1 GiB blocks, 39-bit addresses. Used by
 * the boot stage for its own tables and for the resident stage's.
 */
#ifndef MONITOR_BOOT_MMU_H
#define MONITOR_BOOT_MMU_H

#include <stdint.h>
#include "monitor/include/machine.h"

/* Memory type and permissions; everything that may be written may not be executed. */
#define MMU_DEVICE 0x0
#define MMU_NORMAL 0x1
#define MMU_RO	   0x2
#define MMU_EXEC   0x4
/* The physical address space of the mapping; Root without one of these. */
#define MMU_NS	   0x10
#define MMU_REALM  0x20

struct mmu_tables {
	uint64_t *root;
	uint64_t next; /* unused table memory, zeroed */
	uint64_t end;
};

/* Takes a root table from `memory` (4 KiB aligned, zeroed). */
void mmu_tables_init(struct mmu_tables *tables, struct region memory);

/* Maps a range that is not mapped yet, 4 KiB aligned. Panics when the table memory is used up. */
void mmu_map(struct mmu_tables *tables, struct region range, uint32_t flags);

/* MAIR_EL3 and TCR_EL3 for the tables above. */
uint64_t mmu_mair(void);
uint64_t mmu_tcr(void);

#endif
