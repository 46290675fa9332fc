/* SPDX-License-Identifier: BSD-3-Clause */
/* Device trees by libfdt's sequential write calls, see tree.h. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>

#include "vmm/lib/error.h"
#include "vmm/lib/tree.h"

#define CELLS_MAX 256
#define REG_MAX	  4

static void note(struct tree *t, int err)
{
	if (!t->err)
		t->err = err;
}

void tree_start(struct tree *t, void *buf, size_t size)
{
	*t = (struct tree){.buf = buf, .size = size};
	note(t, fdt_create(buf, (int)size));
	note(t, fdt_finish_reservemap(buf));
}

int tree_finish(struct tree *t)
{
	note(t, fdt_finish(t->buf));
	if (t->err)
		return error_set(-ENOSPC, "the device tree does not fit in %zu bytes (%s)", t->size,
				 fdt_strerror(t->err));
	return (int)fdt_totalsize(t->buf);
}

void tree_begin(struct tree *t, const char *name)
{
	note(t, fdt_begin_node(t->buf, name));
}

void tree_begin_at(struct tree *t, const char *name, uint64_t address)
{
	char full[64];

	snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)address);
	tree_begin(t, full);
}

void tree_end(struct tree *t)
{
	note(t, fdt_end_node(t->buf));
}

void tree_empty(struct tree *t, const char *name)
{
	note(t, fdt_property(t->buf, name, NULL, 0));
}

void tree_u32(struct tree *t, const char *name, uint32_t value)
{
	note(t, fdt_property_u32(t->buf, name, value));
}

void tree_u64(struct tree *t, const char *name, uint64_t value)
{
	note(t, fdt_property_u64(t->buf, name, value));
}

void tree_string(struct tree *t, const char *name, const char *value)
{
	note(t, fdt_property_string(t->buf, name, value));
}

void tree_strings(struct tree *t, const char *name, const char *list, size_t size)
{
	note(t, fdt_property(t->buf, name, list, (int)size));
}

void tree_cells(struct tree *t, const char *name, const uint32_t *cells, size_t count)
{
	fdt32_t be[CELLS_MAX];
	size_t i;

	if (count > CELLS_MAX) {
		note(t, -FDT_ERR_NOSPACE);
		return;
	}
	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(cells[i]);
	note(t, fdt_property(t->buf, name, be, (int)(count * sizeof(be[0]))));
}

void tree_reg(struct tree *t, const uint64_t *values, size_t count)
{
	fdt64_t be[REG_MAX];
	size_t i;

	if (count > REG_MAX) {
		note(t, -FDT_ERR_NOSPACE);
		return;
	}
	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt64(values[i]);
	note(t, fdt_property(t->buf, "reg", be, (int)(count * sizeof(be[0]))));
}
