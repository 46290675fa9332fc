/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads the flattened device tree (Devicetree Specification 0.4, chapter 5) in one
 * pass. Only the nodes a boot loader edits: memory, reserved-memory, cpus, chosen, psci.
 */
#include <stddef.h>
#include <string.h>
#include "tests/lib/bare/el2.h"

#define FDT_MAGIC      0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE   2
#define FDT_PROP       3
#define FDT_NOP	       4
#define FDT_END	       9
#define MAX_DEPTH      8

struct fdt_info fdt;

struct property {
	const char *name;
	const uint8_t *value;
	uint32_t length;
};

/* The path to the property being looked at; cells are those of the node's own children. */
struct path {
	const char *name[MAX_DEPTH];
	uint32_t address_cells[MAX_DEPTH];
	uint32_t size_cells[MAX_DEPTH];
	uint32_t depth; /* of the current node; the root is 0 */
};

static uint32_t be32(const void *p)
{
	return __builtin_bswap32(*(const uint32_t *)p);
}

static uint64_t cells(const uint8_t *p, uint32_t n)
{
	uint64_t value = 0;

	for (; n; n--, p += 4)
		value = value << 32 | be32(p);
	return value;
}

static bool is_node(const struct path *path, uint32_t depth, const char *name)
{
	size_t length = strlen(name);

	return path->depth >= depth && !strncmp(path->name[depth], name, length) &&
	       (path->name[depth][length] == '\0' || path->name[depth][length] == '@');
}

static void read_regions(const struct path *path, const struct property *property,
			 struct region *regions, uint32_t *n)
{
	uint32_t address_cells = path->address_cells[path->depth - 1];
	uint32_t size_cells = path->size_cells[path->depth - 1];
	uint32_t stride = 4 * (address_cells + size_cells);

	for (uint32_t at = 0; at + stride <= property->length && *n < FDT_MAX_REGIONS;
	     at += stride) {
		regions[*n].base = cells(property->value + at, address_cells);
		regions[*n].size = cells(property->value + at + 4 * address_cells, size_cells);
		(*n)++;
	}
}

static void read_cpu(const struct path *path, const struct property *property)
{
	if (!strcmp(property->name, "reg") && fdt.nr_cpus < PAYLOAD_MAX_CPUS)
		fdt.mpidr[fdt.nr_cpus++] =
			cells(property->value, path->address_cells[path->depth - 1]);
	if (!strcmp(property->name, "enable-method") && !strcmp((char *)property->value, "psci"))
		fdt.nr_enable_method_psci++;
}

static void read_chosen(const struct property *property)
{
	uint64_t number = cells(property->value, property->length == 8 ? 2 : 1);

	if (!strcmp(property->name, "bootargs"))
		fdt.bootargs = (const char *)property->value;
	else if (!strcmp(property->name, "linux,initrd-start"))
		fdt.initrd.base = number;
	else if (!strcmp(property->name, "linux,initrd-end"))
		fdt.initrd.size = number; /* made a size by fdt_read() */
}

static void read_property(struct path *path, const struct property *property)
{
	bool is_reg = !strcmp(property->name, "reg");

	if (!strcmp(property->name, "#address-cells"))
		path->address_cells[path->depth] = be32(property->value);
	else if (!strcmp(property->name, "#size-cells"))
		path->size_cells[path->depth] = be32(property->value);
	else if (path->depth == 1 && is_node(path, 1, "memory") && is_reg)
		read_regions(path, property, fdt.dram, &fdt.nr_dram);
	else if (path->depth == 2 && is_node(path, 1, "reserved-memory") && is_reg)
		read_regions(path, property, fdt.reserved, &fdt.nr_reserved);
	else if (path->depth == 2 && is_node(path, 1, "reserved-memory"))
		fdt.nr_no_map += !strcmp(property->name, "no-map");
	else if (path->depth == 2 && is_node(path, 1, "cpus") && is_node(path, 2, "cpu"))
		read_cpu(path, property);
	else if (path->depth == 1 && is_node(path, 1, "chosen"))
		read_chosen(property);
	else if (path->depth == 1 && is_node(path, 1, "psci") && !strcmp(property->name, "method"))
		fdt.psci_method = (const char *)property->value;
}

static void enter_node(struct path *path, const char *name, bool is_root)
{
	if (!is_root && path->depth < MAX_DEPTH - 1)
		path->depth++;
	path->name[path->depth] = name;
	path->address_cells[path->depth] = 2;
	path->size_cells[path->depth] = 1;
}

static void read_structure(const uint8_t *p, const char *strings)
{
	struct path path = {0};
	uint32_t level = 0;

	for (;;) {
		uint32_t token = be32(p);
		struct property property;

		p += 4;
		switch (token) {
		case FDT_BEGIN_NODE:
			enter_node(&path, (const char *)p, level++ == 0);
			p += align_up(strlen((const char *)p) + 1, 4);
			break;
		case FDT_END_NODE:
			if (--level && level <= path.depth)
				path.depth = level - 1;
			break;
		case FDT_PROP:
			property.length = be32(p);
			property.name = strings + be32(p + 4);
			property.value = p + 8;
			if (level == path.depth + 1)
				read_property(&path, &property);
			p += 8 + align_up(property.length, 4);
			break;
		case FDT_NOP:
			break;
		default:
			return;
		}
	}
}

bool fdt_read(uint64_t pa)
{
	const uint8_t *blob = (const uint8_t *)pa;

	fdt.bootargs = "";
	if (!pa || be32(blob) != FDT_MAGIC)
		return false;
	fdt.self = (struct region){pa, be32(blob + 4)};
	read_structure(blob + be32(blob + 8), (const char *)blob + be32(blob + 12));
	if (fdt.initrd.size)
		fdt.initrd.size -= fdt.initrd.base;
	return fdt.nr_dram && fdt.nr_cpus;
}
