/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 2 of the host: what of the physical address space it has. Addresses stay as they are. All
 * is mapped before the host starts, in the largest blocks that fit, so a host that does no wrong
 * never faults. Portable. DDI0487 D8 (VMSAv8-64), 4K granule.
 */
#ifndef HYP_HOST_S2_H
#define HYP_HOST_S2_H

#include <stdint.h>

#include "hyp/boot/tree.h"

#define S2_ENTRIES    512
/* The root is the first of the tables, or up to eight in a row, aligned to their size. */
#define S2_ROOT_ALIGN 0x8000

/* Memory is for code too, devices are not. */
enum s2_access { S2_RW, S2_RWX };

struct s2 {
	uint64_t (*tables)[S2_ENTRIES];
	uint32_t nr_tables, used;
	unsigned int bits; /* of a physical address, at most 48 */
	int root_level;
};

/*
 * Nothing is mapped. parange: ID_AA64MMFR0_EL1.PARange. tables: zeroed, aligned to S2_ROOT_ALIGN, 8
 * of them at least.
 */
void s2_init(struct s2 *s2, uint64_t (*tables)[S2_ENTRIES], uint32_t nr_tables,
	     unsigned int parange);

/*
 * Maps the pages that r touches. What is mapped already stays as it is. -ERANGE: beyond the CPU's
 * physical addresses, nothing is mapped; -ENOSPC: no table is left.
 */
int s2_map(struct s2 *s2, enum s2_access access, struct region r);

/*
 * Maps what the host has: memory and devices of the tree, all without own. A device's frame beyond
 * the CPU's physical addresses is left out. Results as s2_map().
 */
int s2_map_host(struct s2 *s2, const struct tree *tree, const struct region *own);

/* The host's VTCR_EL2 and VTTBR_EL2. Its VMID is 0. */
uint64_t s2_vtcr(const struct s2 *s2);
uint64_t s2_vttbr(const struct s2 *s2);

#endif
