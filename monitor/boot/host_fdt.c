/* SPDX-License-Identifier: BSD-3-Clause */
/* Device tree edits for the host. See host_fdt.h. Inner functions return libfdt's codes. */
#include <errno.h>
#include <limits.h>
#include <libfdt.h>
#include <string.h>
#include <print.h>

#include "monitor/boot/dt.h"
#include "monitor/boot/host_fdt.h"

#define PSCI_COMPATIBLE "arm,psci-1.0\0arm,psci-0.2"

/* "realm@" and 16 hexadecimal digits. */
#define NODE_NAME_SIZE 24

/* The node `name` below parent, made if there is none. */
static int get_subnode(void *fdt, int parent, const char *name)
{
	int node = fdt_subnode_offset(fdt, parent, name);

	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, parent, name) : node;
}

static int edit_psci(void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,psci-1.0");
	int err;

	if (node == -FDT_ERR_NOTFOUND)
		node = get_subnode(fdt, 0, "psci");
	if (node < 0)
		return node;
	err = fdt_setprop(fdt, node, "compatible", PSCI_COMPATIBLE, sizeof(PSCI_COMPATIBLE));
	return err ? err : fdt_setprop_string(fdt, node, "method", "smc");
}

static int next_cpu(const void *fdt, int node)
{
	return fdt_node_offset_by_prop_value(fdt, node, "device_type", "cpu", sizeof("cpu"));
}

static int edit_cpus(void *fdt)
{
	int node = next_cpu(fdt, -1);

	if (node < 0)
		return node;
	for (; node >= 0; node = next_cpu(fdt, node)) {
		int err = fdt_setprop_string(fdt, node, "enable-method", "psci");

		if (err)
			return err;
	}
	return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

/* Our own reservation from an earlier edit. */
static bool is_reservation(const char *name)
{
	return name && (!strncmp(name, "root@", 5) || !strncmp(name, "realm@", 6));
}

static int delete_reservations(void *fdt, int parent)
{
	int node = fdt_first_subnode(fdt, parent);

	while (node >= 0) {
		int err;

		if (!is_reservation(fdt_get_name(fdt, node, NULL))) {
			node = fdt_next_subnode(fdt, node);
			continue;
		}
		err = fdt_del_node(fdt, node);
		if (err)
			return err;
		node = fdt_first_subnode(fdt, parent);
	}
	return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

/* prefix and `value` in hexadecimal, without leading zeros, as unit addresses are written. */
static void make_name(char *name, const char *prefix, uint64_t value)
{
	int shift = 60;

	while (*prefix)
		*name++ = *prefix++;
	while (shift && !(value >> shift & 15))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*name++ = "0123456789abcdef"[value >> shift & 15];
	*name = '\0';
}

static int append_cells(void *fdt, int node, const char *name, uint64_t value, int cells)
{
	if (cells == 2)
		return fdt_appendprop_u64(fdt, node, name, value);
	return value >> 32 ? -FDT_ERR_BADNCELLS
			   : fdt_appendprop_u32(fdt, node, name, (uint32_t)value);
}

static int set_reg(void *fdt, int parent, int node, const struct region *r)
{
	int address = fdt_address_cells(fdt, parent);
	int size = fdt_size_cells(fdt, parent);
	int err;

	if (address < 1 || address > 2 || size < 1 || size > 2)
		return -FDT_ERR_BADNCELLS;
	err = append_cells(fdt, node, "reg", r->base, address);
	return err ? err : append_cells(fdt, node, "reg", r->size, size);
}

static int reserve(void *fdt, int parent, const char *prefix, const struct region *r)
{
	char name[NODE_NAME_SIZE];
	int node, err;

	if (!r->size)
		return 0;
	make_name(name, prefix, r->base);
	node = fdt_add_subnode(fdt, parent, name);
	if (node < 0)
		return node;
	err = set_reg(fdt, parent, node, r);
	return err ? err : fdt_setprop_empty(fdt, node, "no-map");
}

/* The binding of reserved-memory wants the root's own cell counts and an empty ranges. */
static int get_reserved_memory(void *fdt)
{
	int node = fdt_subnode_offset(fdt, 0, "reserved-memory");
	int address = fdt_address_cells(fdt, 0);
	int size = fdt_size_cells(fdt, 0);
	int err;

	if (node != -FDT_ERR_NOTFOUND)
		return node;
	if (address < 0 || size < 0)
		return -FDT_ERR_BADNCELLS;
	node = fdt_add_subnode(fdt, 0, "reserved-memory");
	if (node < 0)
		return node;
	err = fdt_setprop_u32(fdt, node, "#address-cells", (uint32_t)address);
	if (!err)
		err = fdt_setprop_u32(fdt, node, "#size-cells", (uint32_t)size);
	if (!err)
		err = fdt_setprop_empty(fdt, node, "ranges");
	return err ? err : node;
}

static int edit_reservations(void *fdt, const struct layout *l)
{
	int parent = get_reserved_memory(fdt);
	int err;

	if (parent < 0)
		return parent;
	err = delete_reservations(fdt, parent);
	if (!err)
		err = reserve(fdt, parent, "root@", &l->gpt);
	return err ? err : reserve(fdt, parent, "realm@", &l->rmm);
}

static int delete_property(void *fdt, int node, const char *name)
{
	int err = fdt_delprop(fdt, node, name);

	return err == -FDT_ERR_NOTFOUND ? 0 : err;
}

static int edit_initrd(void *fdt, int chosen, const struct region *initrd)
{
	int err;

	if (!initrd->size) {
		err = delete_property(fdt, chosen, "linux,initrd-start");
		return err ? err : delete_property(fdt, chosen, "linux,initrd-end");
	}
	err = fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd->base);
	return err ? err
		   : fdt_setprop_u64(fdt, chosen, "linux,initrd-end", initrd->base + initrd->size);
}

static int edit_chosen(void *fdt, const struct layout *l, const char *bootargs)
{
	int chosen = get_subnode(fdt, 0, "chosen");
	int err;

	if (chosen < 0)
		return chosen;
	err = edit_initrd(fdt, chosen, &l->initrd);
	if (err || !bootargs)
		return err;
	return fdt_setprop_string(fdt, chosen, "bootargs", bootargs);
}

static int check(int err, const char *what)
{
	if (!err)
		return 0;
	print("host device tree: %s: %s\n", what, fdt_strerror(err));
	return err == -FDT_ERR_NOSPACE ? -ENOSPC : -EINVAL;
}

int host_fdt_edit(void *fdt, size_t room, const struct machine *m, const struct layout *l,
		  const char *bootargs)
{
	int err = check(room > INT_MAX ? -FDT_ERR_BADVALUE : fdt_open_into(fdt, fdt, (int)room),
			"opening");

	if (!err)
		err = check(edit_psci(fdt), "psci");
	if (!err)
		err = check(edit_cpus(fdt), "cpus");
	if (!err)
		err = check(edit_reservations(fdt, l), "reserved-memory");
	if (!err)
		err = check(edit_chosen(fdt, l, bootargs), "chosen");
	if (!err)
		err = check(fdt_pack(fdt), "packing");
	return err;
}
