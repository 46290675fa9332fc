/* SPDX-License-Identifier: BSD-3-Clause */
/* The device tree. See tree.h. */
#include <errno.h>
#include <limits.h>
#include <libfdt.h>
#include <string.h>
#include <util.h>

#include "hyp/boot/tree.h"
#include "monitor/boot/dt.h"

#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

static int add(struct region *list, uint32_t *n, uint32_t max, struct region r)
{
	if (!r.size)
		return 0;
	if (r.base + r.size < r.base)
		return -EINVAL;
	if (*n == max)
		return -ENOSPC;
	list[(*n)++] = r;
	return 0;
}

int tree_take(struct tree *t, uint64_t base, uint64_t size)
{
	return add(t->taken, &t->nr_taken, TREE_MAX_TAKEN, (struct region){base, size});
}

static int next_of_type(const void *fdt, int node, const char *type)
{
	return fdt_node_offset_by_prop_value(fdt, node, "device_type", type, (int)strlen(type) + 1);
}

static int read_memory(const void *fdt, struct tree *t)
{
	struct region r;

	for (int node = next_of_type(fdt, -1, "memory"); node >= 0;
	     node = next_of_type(fdt, node, "memory")) {
		/* What is the secure world's alone is no place for hyp. */
		if (dt_world(fdt, node) != DT_NONSECURE)
			continue;
		for (unsigned int i = 0;; i++) {
			int err = dt_reg(fdt, node, i, &r);

			if (err == -ENOENT)
				break;
			if (!err)
				err = add(t->dram, &t->nr_dram, MAX_DRAM_BANKS, r);
			if (err)
				return err;
		}
	}
	return t->nr_dram ? 0 : -EINVAL;
}

static int read_cpus(const void *fdt, struct tree *t)
{
	for (int node = next_of_type(fdt, -1, "cpu"); node >= 0;
	     node = next_of_type(fdt, node, "cpu")) {
		int len;
		const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

		if (!reg || (len != 4 && len != 8))
			return -EINVAL;
		if (t->nr_cpus == MAX_CPUS)
			return -ENOSPC;
		t->mpidr[t->nr_cpus++] =
			(len == 4 ? fdt32_ld(reg)
				  : (uint64_t)fdt32_ld(reg) << 32 | fdt32_ld(reg + 1)) &
			MPIDR_AFFINITY;
	}
	return t->nr_cpus ? 0 : -EINVAL;
}

static int read_reserved(const void *fdt, struct tree *t)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory");
	struct region r;
	int node, err;

	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		if (fdt_get_mem_rsv(fdt, i, &r.base, &r.size))
			return -EINVAL;
		err = tree_take(t, r.base, r.size);
		if (err)
			return err;
	}
	if (parent < 0)
		return 0;
	fdt_for_each_subnode(node, fdt, parent)
	{
		for (unsigned int i = 0;; i++) {
			err = dt_reg(fdt, node, i, &r);
			if (err == -ENOENT)
				break;
			if (!err)
				err = tree_take(t, r.base, r.size);
			if (err)
				return err;
		}
	}
	return 0;
}

/* One or two cells, as loaders write it. */
static uint64_t read_address(const void *fdt, int node, const char *name)
{
	int len;
	const fdt32_t *p = fdt_getprop(fdt, node, name, &len);

	if (!p || (len != 4 && len != 8))
		return 0;
	return len == 4 ? fdt32_ld(p) : (uint64_t)fdt32_ld(p) << 32 | fdt32_ld(p + 1);
}

static int read_initrd(const void *fdt, struct tree *t)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	uint64_t start = chosen < 0 ? 0 : read_address(fdt, chosen, "linux,initrd-start");
	uint64_t end = chosen < 0 ? 0 : read_address(fdt, chosen, "linux,initrd-end");

	if (end < start)
		return -EINVAL;
	return tree_take(t, start, end - start);
}

static void read_uart(const void *fdt, struct tree *t)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(fdt, node, "arm,pl011")) >= 0) {
		if (dt_world(fdt, node) == DT_NONSECURE && !dt_reg(fdt, node, 0, &t->uart))
			return;
	}
	t->uart = (struct region){0, 0};
}

/*
 * Adds the pages that r touches. Regions that they touch are taken into them, so that a row of
 * small frames is one region in whatever order the tree names them. Two regions of the list never
 * touch, so one pass finds all that the new one touches.
 */
static int add_device(struct tree *t, struct region r)
{
	uint64_t base = align_down(r.base, GRANULE_SIZE), end = r.base + r.size;

	if (!r.size)
		return 0;
	if (end > align_down(UINT64_MAX, GRANULE_SIZE))
		return -EINVAL;
	end = align_up(end, GRANULE_SIZE);
	for (uint32_t i = 0; i < t->nr_devices;) {
		const struct region *d = &t->devices[i];

		if (d->base > end || d->base + d->size < base) {
			i++;
			continue;
		}
		base = d->base < base ? d->base : base;
		end = d->base + d->size > end ? d->base + d->size : end;
		t->devices[i] = t->devices[--t->nr_devices];
	}
	return add(t->devices, &t->nr_devices, TREE_MAX_DEVICES, (struct region){base, end - base});
}

/* A list of frames ends at an entry that the CPUs do not see: on such a bus no entry is seen. */
static int read_frames(const void *fdt, int node, struct tree *t)
{
	struct region r;
	int err = 0;

	for (unsigned int i = 0; !err && !dt_reg(fdt, node, i, &r); i++)
		err = add_device(t, r);
	return err;
}

/* Where devices on a PCI bus lie is the host's choice; on other buses their nodes say. */
static int read_windows(const void *fdt, int node, struct tree *t)
{
	struct dt_window w;
	int err = 0;

	if (!dt_string_is(fdt, node, "device_type", "pci"))
		return 0;
	for (unsigned int i = 0; !err && !dt_window(fdt, node, i, &w); i++)
		err = add_device(t, w.cpu);
	return err;
}

static int read_devices(const void *fdt, struct tree *t)
{
	int err = 0;

	for (int node = fdt_next_node(fdt, -1, NULL); node >= 0 && !err;
	     node = fdt_next_node(fdt, node, NULL)) {
		if (dt_world(fdt, node) != DT_NONSECURE ||
		    dt_string_is(fdt, node, "device_type", "memory"))
			continue;
		err = read_frames(fdt, node, t);
		if (!err)
			err = read_windows(fdt, node, t);
	}
	return err;
}

int tree_read(const void *fdt, struct tree *t)
{
	int err;

	memset(t, 0, sizeof(*t));
	if (fdt_check_header(fdt))
		return -EINVAL;
	err = read_memory(fdt, t);
	if (!err)
		err = read_cpus(fdt, t);
	if (!err)
		err = read_reserved(fdt, t);
	if (!err)
		err = read_initrd(fdt, t);
	if (!err)
		read_uart(fdt, t);
	if (!err)
		err = read_devices(fdt, t);
	return err;
}

/* A region in the way of [base, base + size), or NULL. */
static const struct region *in_the_way(const struct tree *t, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < t->nr_taken; i++) {
		const struct region *r = &t->taken[i];

		if (r->base < base + size && base < r->base + r->size)
			return r;
	}
	return NULL;
}

static bool place_in(const struct tree *t, const struct region *bank, uint64_t size, uint64_t *base)
{
	uint64_t end = bank->base + bank->size;

	while (end >= size) {
		uint64_t at = align_down(end - size, size);
		const struct region *r;

		if (at < bank->base)
			return false;
		r = in_the_way(t, at, size);
		if (!r) {
			*base = at;
			return true;
		}
		end = r->base;
	}
	return false;
}

int tree_place(const struct tree *t, uint64_t size, struct region *hyp)
{
	uint64_t base;

	*hyp = (struct region){0, 0};
	for (uint32_t i = 0; i < t->nr_dram; i++) {
		if (place_in(t, &t->dram[i], size, &base) && (!hyp->size || base > hyp->base))
			*hyp = (struct region){base, size};
	}
	return hyp->size ? 0 : -ENOMEM;
}

bool tree_is_dram(const struct tree *t, uint64_t pa, uint64_t size)
{
	for (uint32_t i = 0; i < t->nr_dram; i++) {
		const struct region *r = &t->dram[i];

		if (pa >= r->base && size <= r->size && pa - r->base <= r->size - size)
			return true;
	}
	return false;
}

/* The binding of reserved-memory wants the root's own cell counts and an empty ranges. */
static int get_reserved_memory(void *fdt)
{
	int node = fdt_subnode_offset(fdt, 0, "reserved-memory");
	int err;

	if (node != -FDT_ERR_NOTFOUND)
		return node;
	node = fdt_add_subnode(fdt, 0, "reserved-memory");
	if (node < 0)
		return node;
	err = fdt_setprop_u32(fdt, node, "#address-cells", (uint32_t)fdt_address_cells(fdt, 0));
	if (!err)
		err = fdt_setprop_u32(fdt, node, "#size-cells", (uint32_t)fdt_size_cells(fdt, 0));
	if (!err)
		err = fdt_setprop_empty(fdt, node, "ranges");
	return err ? err : node;
}

static int append(void *fdt, int node, uint64_t value, int cells)
{
	if (cells == 2)
		return fdt_appendprop_u64(fdt, node, "reg", value);
	return cells != 1 || value >> 32 ? -FDT_ERR_BADNCELLS
					 : fdt_appendprop_u32(fdt, node, "reg", (uint32_t)value);
}

static int reserve(void *fdt, const struct region *hyp)
{
	int parent = get_reserved_memory(fdt);
	int node, err;

	if (parent < 0)
		return parent;
	node = fdt_add_subnode(fdt, parent, "hyp");
	if (node < 0)
		return node;
	err = append(fdt, node, hyp->base, fdt_address_cells(fdt, parent));
	if (!err)
		err = append(fdt, node, hyp->size, fdt_size_cells(fdt, parent));
	return err ? err : fdt_setprop_empty(fdt, node, "no-map");
}

int tree_edit(const void *fdt, void *to, size_t room, const struct region *hyp)
{
	int err = room > INT_MAX ? -FDT_ERR_BADVALUE : fdt_open_into(fdt, to, (int)room);

	if (!err)
		err = reserve(to, hyp);
	if (!err)
		err = fdt_pack(to);
	return !err ? 0 : err == -FDT_ERR_NOSPACE ? -ENOSPC : -EINVAL;
}
