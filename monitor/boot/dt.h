/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checked reads from a flattened device tree: what libfdt leaves to its callers (cells, bus
 * translation, status). Read only; used by the boot stage alone. The tree is not trusted to be well
 * formed, only fdt_check_header() is expected to have passed.
 */
#ifndef MONITOR_BOOT_DT_H
#define MONITOR_BOOT_DT_H

#include <stdbool.h>
#include <stdint.h>
#include "monitor/include/machine.h"

/* Who may use a device: bindings arm/secure.txt. Without secure-status, status holds for both. */
enum dt_world { DT_NONSECURE, DT_SECURE_ONLY, DT_DISABLED };

/* An entry of a bus's `ranges`. */
struct dt_window {
	uint32_t space;	   /* first of three child cells (PCI: phys.hi), else 0 */
	uint64_t child;	   /* address on the bus */
	struct region cpu; /* where the CPUs see it */
};

/*
 * Entry `index` of the node's `reg`, translated to CPU physical addresses.
 * 0; -ENOENT: no such entry; -ENXIO: not an address the CPUs can see (a bus without ranges, no size
 * cells, three address cells); -EINVAL: malformed or wraps.
 */
int dt_reg(const void *fdt, int node, unsigned int index, struct region *r);

/* Entry `index` of the bus's `ranges`. Results as dt_reg(). */
int dt_window(const void *fdt, int node, unsigned int index, struct dt_window *w);

/* A property of exactly one cell. 0, -ENOENT or -EINVAL. */
int dt_u32(const void *fdt, int node, const char *name, uint32_t *value);

/* True if the property is exactly this one string. */
bool dt_string_is(const void *fdt, int node, const char *name, const char *value);

enum dt_world dt_world(const void *fdt, int node);

/* dma-coherent on the node or inherited from a bus above it. */
bool dt_dma_coherent(const void *fdt, int node);

#endif
