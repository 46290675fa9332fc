/* SPDX-License-Identifier: BSD-3-Clause */
/* The fixture tree (virt.dts, compiled by the build) in a buffer that tests may edit. */
#ifndef TESTS_UNIT_MONITOR_BOOT_TREE_H
#define TESTS_UNIT_MONITOR_BOOT_TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_ROOM 65536

/* Loads a fresh copy, opened to TREE_ROOM bytes. */
void *tree_load(void);

/* Edits that must succeed. Paths are the fixture's. */
int tree_node(const void *fdt, const char *path);
int tree_add(void *fdt, const char *parent, const char *name);
void tree_delete(void *fdt, const char *path);
void tree_set_string(void *fdt, const char *path, const char *name, const char *value);
void tree_set_cells(void *fdt, const char *path, const char *name, size_t n, const uint32_t *cells);
void tree_delete_property(void *fdt, const char *path, const char *name);

#define CELLS(...)                                                                                 \
	sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (const uint32_t[])                   \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

#endif
