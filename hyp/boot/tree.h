/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device tree: what hyp wants to know of it, where hyp goes, and what is changed for the host.
 * Portable; libfdt does the reading. Errors are negative errno.
 */
#ifndef HYP_BOOT_TREE_H
#define HYP_BOOT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/include/machine.h"

#define TREE_MAX_TAKEN	 32
#define TREE_MAX_DEVICES 128

struct tree {
	uint32_t nr_cpus;
	uint64_t mpidr[MAX_CPUS];
	uint32_t nr_dram;
	struct region dram[MAX_DRAM_BANKS];
	uint32_t nr_taken; /* reserved memory, initrd, what the caller adds */
	struct region taken[TREE_MAX_TAKEN];
	struct region uart; /* a PL011, size 0 if there is none */
	/*
	 * Whole pages: frames that Non-secure nodes but those of memory name (`reg`), and windows
	 * of PCI buses (`ranges`). What touches is one region.
	 */
	uint32_t nr_devices;
	struct region devices[TREE_MAX_DEVICES];
};

/* -EINVAL: malformed, or no CPU or memory in it; -ENOSPC: more of something than there is room. */
int tree_read(const void *fdt, struct tree *t);

/* More memory that hyp must not lie in. */
int tree_take(struct tree *t, uint64_t base, uint64_t size);

/* The highest place of this size, aligned to it (a power of two), clear of all that is taken. */
int tree_place(const struct tree *t, uint64_t size, struct region *hyp);

/* Reserves hyp in the tree at to, a copy of fdt. room: bytes at to. */
int tree_edit(const void *fdt, void *to, size_t room, const struct region *hyp);

/* Is [pa, pa + size) all in one bank of memory? */
bool tree_is_dram(const struct tree *t, uint64_t pa, uint64_t size);

#endif
