/* SPDX-License-Identifier: BSD-3-Clause */
/* Checked device-tree reads. See dt.h. */
#include <errno.h>
#include <libfdt.h>
#include <string.h>
#include "monitor/boot/dt.h"

#define ROOT_NODE 0

/* Cells per address and size as they stand in one `reg` or `ranges` entry. */
struct entry_shape {
	int child;
	int parent;
	int size;
};

static uint64_t read_cells(const fdt32_t *p, int cells)
{
	uint64_t value = 0;

	while (cells-- > 0)
		value = value << 32 | fdt32_ld(p++);
	return value;
}

/* Entry `index` of a property made of entries of `cells` cells. */
static int find_entry(const void *fdt, int node, const char *name, unsigned int index, int cells,
		      const fdt32_t **entry)
{
	uint64_t size = (uint64_t)cells * sizeof(fdt32_t);
	int len;
	const fdt32_t *p = fdt_getprop(fdt, node, name, &len);

	if (!p)
		return len == -FDT_ERR_NOTFOUND ? -ENOENT : -EINVAL;
	if ((uint64_t)len % size)
		return -EINVAL;
	if ((uint64_t)index * size >= (uint64_t)len)
		return -ENOENT;
	*entry = p + (uint64_t)index * (uint64_t)cells;
	return 0;
}

static bool wraps(const struct region *r)
{
	return r->base + r->size < r->base;
}

static int window_shape(const void *fdt, int bus, struct entry_shape *shape)
{
	int parent = fdt_parent_offset(fdt, bus);

	if (parent < 0)
		return -ENXIO;
	shape->child = fdt_address_cells(fdt, bus);
	shape->parent = fdt_address_cells(fdt, parent);
	shape->size = fdt_size_cells(fdt, bus);
	if (shape->child < 0 || shape->parent < 0 || shape->size < 0)
		return -EINVAL;
	if (shape->child > 3 || shape->parent > 2 || shape->size > 2)
		return -ENXIO;
	return 0;
}

/* One `ranges` entry, cpu.base still being an address of the bus's parent. */
static int read_window(const void *fdt, int bus, unsigned int index, struct dt_window *w)
{
	struct entry_shape s = {0};
	const fdt32_t *p = NULL;
	int err = window_shape(fdt, bus, &s);

	if (err)
		return err;
	if (!(s.child + s.parent + s.size))
		return -EINVAL;
	err = find_entry(fdt, bus, "ranges", index, s.child + s.parent + s.size, &p);
	if (err)
		return err;
	w->space = s.child == 3 ? fdt32_ld(p) : 0;
	w->child = s.child == 3 ? read_cells(p + 1, 2) : read_cells(p, s.child);
	w->cpu.base = read_cells(p + s.child, s.parent);
	w->cpu.size = read_cells(p + s.child + s.parent, s.size);
	return wraps(&w->cpu) || w->child + w->cpu.size < w->child ? -EINVAL : 0;
}

/* Translates a region of addresses on `bus` to addresses on the bus above it. */
static int translate_one(const void *fdt, int bus, struct region *r)
{
	struct dt_window w;
	int len;

	if (!fdt_getprop(fdt, bus, "ranges", &len))
		return -ENXIO;
	if (len == 0)
		return 0;
	for (unsigned int i = 0;; i++) {
		int err = read_window(fdt, bus, i, &w);

		if (err)
			return err == -ENOENT ? -ENXIO : err;
		if (r->base < w.child || r->base - w.child > w.cpu.size ||
		    r->size > w.cpu.size - (r->base - w.child))
			continue;
		r->base = w.cpu.base + (r->base - w.child);
		return 0;
	}
}

static int translate(const void *fdt, int bus, struct region *r)
{
	while (bus != ROOT_NODE) {
		int err = bus < 0 ? -EINVAL : translate_one(fdt, bus, r);

		if (err)
			return err;
		bus = fdt_parent_offset(fdt, bus);
	}
	return 0;
}

int dt_reg(const void *fdt, int node, unsigned int index, struct region *r)
{
	int bus = fdt_parent_offset(fdt, node);
	const fdt32_t *p = NULL;
	int address, size, err;

	if (bus < 0)
		return -ENXIO;
	address = fdt_address_cells(fdt, bus);
	size = fdt_size_cells(fdt, bus);
	if (address < 0 || size < 0)
		return -EINVAL;
	if (address < 1 || address > 2 || size < 1 || size > 2)
		return -ENXIO;
	err = find_entry(fdt, node, "reg", index, address + size, &p);
	if (err)
		return err;
	r->base = read_cells(p, address);
	r->size = read_cells(p + address, size);
	return wraps(r) ? -EINVAL : translate(fdt, bus, r);
}

int dt_window(const void *fdt, int node, unsigned int index, struct dt_window *w)
{
	int err = read_window(fdt, node, index, w);

	return err ? err : translate(fdt, fdt_parent_offset(fdt, node), &w->cpu);
}

int dt_u32(const void *fdt, int node, const char *name, uint32_t *value)
{
	int len;
	const fdt32_t *p = fdt_getprop(fdt, node, name, &len);

	if (!p)
		return len == -FDT_ERR_NOTFOUND ? -ENOENT : -EINVAL;
	if (len != sizeof(*p))
		return -EINVAL;
	*value = fdt32_ld(p);
	return 0;
}

bool dt_string_is(const void *fdt, int node, const char *name, const char *value)
{
	int len;
	const char *p = fdt_getprop(fdt, node, name, &len);

	return p && (size_t)len == strlen(value) + 1 && memcmp(p, value, (size_t)len) == 0;
}

/* `fallback` is what an absent property means. */
static bool status_okay(const void *fdt, int node, const char *name, bool fallback)
{
	if (!fdt_getprop(fdt, node, name, NULL))
		return fallback;
	return dt_string_is(fdt, node, name, "okay") || dt_string_is(fdt, node, name, "ok");
}

enum dt_world dt_world(const void *fdt, int node)
{
	if (status_okay(fdt, node, "status", true))
		return DT_NONSECURE;
	return status_okay(fdt, node, "secure-status", false) ? DT_SECURE_ONLY : DT_DISABLED;
}

bool dt_dma_coherent(const void *fdt, int node)
{
	for (; node >= 0; node = fdt_parent_offset(fdt, node)) {
		if (fdt_getprop(fdt, node, "dma-coherent", NULL))
			return true;
	}
	return false;
}
