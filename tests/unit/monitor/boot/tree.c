/* SPDX-License-Identifier: BSD-3-Clause */
/* See tree.h. VIRT_DTB is the compiled fixture's path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <libfdt.h>
#include "tests/unit/monitor/boot/tree.h"

static uint64_t room[TREE_ROOM / sizeof(uint64_t)];

void *tree_load(void)
{
	FILE *f = fopen(VIRT_DTB, "rb");

	assert_non_null(f);
	assert_true(fread(room, 1, sizeof(room), f) > 0);
	fclose(f);
	assert_int_equal(fdt_open_into(room, room, sizeof(room)), 0);
	return room;
}

int tree_node(const void *fdt, const char *path)
{
	int node = fdt_path_offset(fdt, path);

	if (node < 0)
		fail_msg("%s: %s", path, fdt_strerror(node));
	return node;
}

int tree_add(void *fdt, const char *parent, const char *name)
{
	int node = fdt_add_subnode(fdt, tree_node(fdt, parent), name);

	assert_true(node >= 0);
	return node;
}

void tree_delete(void *fdt, const char *path)
{
	assert_int_equal(fdt_del_node(fdt, tree_node(fdt, path)), 0);
}

void tree_set_string(void *fdt, const char *path, const char *name, const char *value)
{
	assert_int_equal(fdt_setprop_string(fdt, tree_node(fdt, path), name, value), 0);
}

void tree_set_cells(void *fdt, const char *path, const char *name, size_t n, const uint32_t *cells)
{
	assert_int_equal(fdt_setprop(fdt, tree_node(fdt, path), name, NULL, 0), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fdt_appendprop_u32(fdt, tree_node(fdt, path), name, cells[i]), 0);
}

void tree_delete_property(void *fdt, const char *path, const char *name)
{
	assert_int_equal(fdt_delprop(fdt, tree_node(fdt, path), name), 0);
}
