/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes a device tree, node by node and property by property, over libfdt. The first error is kept
 * and returned at the end, so that nobody in between has to look. Pure.
 */
#ifndef VMM_LIB_TREE_H
#define VMM_LIB_TREE_H

#include <stddef.h>
#include <stdint.h>

/* The kinds of interrupts and the flag for a level-triggered one, as in the GICv3's binding. */
#define TREE_SPI	0
#define TREE_PPI	1
#define TREE_LEVEL_HIGH 4

struct tree {
	void *buf;
	size_t size;
	int err; /* 0 or the first error of libfdt */
};

void tree_start(struct tree *t, void *buf, size_t size);

/* The size of the finished tree in bytes; -ENOSPC with an error text if it does not fit. */
int tree_finish(struct tree *t);

/* Nodes lie between their begin and end; tree_begin_at() adds "@address" to the name. */
void tree_begin(struct tree *t, const char *name);
void tree_begin_at(struct tree *t, const char *name, uint64_t address);
void tree_end(struct tree *t);

void tree_empty(struct tree *t, const char *name);
void tree_u32(struct tree *t, const char *name, uint32_t value);
void tree_u64(struct tree *t, const char *name, uint64_t value);
void tree_string(struct tree *t, const char *name, const char *value);

/* Strings one behind the other, each with its end; size covers them all. */
void tree_strings(struct tree *t, const char *name, const char *list, size_t size);

/* Cells of 32 bits, 256 at most. */
void tree_cells(struct tree *t, const char *name, const uint32_t *cells, size_t count);

/* "reg": pairs of address and size with two cells each, 4 values at most. */
void tree_reg(struct tree *t, const uint64_t *values, size_t count);

#endif
