/* SPDX-License-Identifier: BSD-3-Clause */
/* The host bridge, see bus.h. */
#include <errno.h>
#include <string.h>
#include <util.h>

#include "vmm/dev/pci/bus.h"
#include "vmm/lib/error.h"
#include "vmm/lib/tree.h"
#include "vmm/vm/gic.h"

#define REGION_ECAM 0

/* An address in ECAM: bus (there is one), device, function (there is one), register. */
#define ECAM_DEVICE(offset)   FIELD(offset, 19, 15)
#define ECAM_FUNCTION(offset) FIELD(offset, 14, 12)
#define ECAM_REGISTER(offset) FIELD(offset, 11, 0)

/* The top cell of an address in the binding of PCI buses. */
#define CELL_MEMORY_32	  0x02000000u
#define CELL_DEVICE(slot) ((uint32_t)(slot) << 11)
#define CELL_DEVICES	  0xf800u
#define PIN_A		  1
#define PINS		  7
#define MAP_CELLS	  10
#define FUNCTIONS	  0x10000 /* that a bus address can name */

void pci_bus_init(struct pci_bus *b)
{
	*b = (struct pci_bus){0};
	pthread_mutex_init(&b->lock, NULL);
}

int pci_bus_add(struct pci_bus *b, struct pci_function *f)
{
	unsigned int slot;

	for (slot = 0; slot < PCI_SLOTS; slot++) {
		if (!b->functions[slot]) {
			b->functions[slot] = f;
			f->slot = slot;
			return 0;
		}
	}
	return error_set(-ENOSPC, "too many devices: %d fit", PCI_SLOTS);
}

/* The function whose register this is; NULL for none. */
static struct pci_function *find(struct pci_bus *b, uint64_t offset, unsigned int size)
{
	uint64_t slot = ECAM_DEVICE(offset);

	if (size > 4 || offset % size || slot >= PCI_SLOTS || ECAM_FUNCTION(offset))
		return NULL;
	return b->functions[slot];
}

/* Where no function is, registers read as ones. Behind the first 256 bytes are no capabilities. */
static uint64_t read_config(struct pci_bus *b, uint64_t offset, unsigned int size)
{
	struct pci_function *f = find(b, offset, size);
	uint64_t value = 0;

	if (!f)
		return ~0ULL;
	if (ECAM_REGISTER(offset) >= PCI_CONFIG_SIZE)
		return 0;
	pthread_mutex_lock(&b->lock);
	value = pci_function_read(f, (unsigned int)ECAM_REGISTER(offset), size);
	pthread_mutex_unlock(&b->lock);
	return value;
}

static void write_config(struct pci_bus *b, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pci_function *f = find(b, offset, size);

	if (!f || ECAM_REGISTER(offset) >= PCI_CONFIG_SIZE)
		return;
	pthread_mutex_lock(&b->lock);
	pci_function_write(f, (unsigned int)ECAM_REGISTER(offset), size, (uint32_t)value);
	pthread_mutex_unlock(&b->lock);
}

/* The function that has this memory; the driver may let BARs overlap, then it is the first. */
static struct pci_function *decode(struct pci_bus *b, uint64_t offset, unsigned int size,
				   unsigned int *bar, uint32_t *at)
{
	struct pci_function *found = NULL;
	unsigned int slot;

	if (!size || (size & (size - 1)) || offset % size)
		return NULL;
	pthread_mutex_lock(&b->lock);
	for (slot = 0; slot < PCI_SLOTS && !found; slot++) {
		struct pci_function *f = b->functions[slot];

		if (f && pci_function_decodes(f, PCI_WINDOW_BASE + offset, size, bar, at))
			found = f;
	}
	pthread_mutex_unlock(&b->lock);
	return found;
}

uint64_t pci_bus_read(struct pci_bus *b, unsigned int region, uint64_t offset, unsigned int size)
{
	struct pci_function *f;
	unsigned int bar;
	uint32_t at;

	if (region == REGION_ECAM)
		return read_config(b, offset, size);
	f = decode(b, offset, size, &bar, &at);
	return f && f->ops->read ? f->ops->read(f->owner, bar, at, size) : ~0ULL;
}

void pci_bus_write(struct pci_bus *b, unsigned int region, uint64_t offset, unsigned int size,
		   uint64_t value)
{
	struct pci_function *f;
	unsigned int bar;
	uint32_t at;

	if (region == REGION_ECAM) {
		write_config(b, offset, size, value);
		return;
	}
	f = decode(b, offset, size, &bar, &at);
	if (f && f->ops->write)
		f->ops->write(f->owner, bar, at, size, value);
}

/* Memory on the bus has the addresses that it has outside. */
static void write_ranges(struct tree *t)
{
	const uint32_t ranges[] = {
		CELL_MEMORY_32, 0, PCI_WINDOW_BASE, 0, PCI_WINDOW_BASE, 0, PCI_WINDOW_SIZE,
	};

	tree_cells(t, "ranges", ranges, ARRAY_SIZE(ranges));
}

/*
 * Of each slot's pin A, the only one, to its SPI; the GIC's node, which has one for the ITS in it,
 * has addresses of two cells. Messages of any function go to the ITS, by their function's number.
 */
static void write_interrupts(struct tree *t)
{
	const uint32_t mask[] = {CELL_DEVICES, 0, 0, PINS};
	const uint32_t messages[] = {0, GIC_ITS_PHANDLE, 0, FUNCTIONS};
	uint32_t map[PCI_SLOTS * MAP_CELLS];
	unsigned int slot;

	for (slot = 0; slot < PCI_SLOTS; slot++) {
		const uint32_t entry[MAP_CELLS] = {
			CELL_DEVICE(slot),
			0,
			0,
			PIN_A,
			GIC_PHANDLE,
			0,
			0,
			TREE_SPI,
			PCI_SPI_FIRST + slot,
			TREE_LEVEL_HIGH,
		};

		memcpy(map + slot * MAP_CELLS, entry, sizeof(entry));
	}
	tree_u32(t, "#interrupt-cells", 1);
	tree_cells(t, "interrupt-map-mask", mask, ARRAY_SIZE(mask));
	tree_cells(t, "interrupt-map", map, ARRAY_SIZE(map));
	tree_cells(t, "msi-map", messages, ARRAY_SIZE(messages));
}

void pci_bus_node(struct tree *t)
{
	static const uint32_t buses[] = {0, 0};

	tree_begin_at(t, "pcie", PCI_ECAM_BASE);
	tree_string(t, "compatible", "pci-host-ecam-generic");
	tree_string(t, "device_type", "pci");
	tree_reg(t, (const uint64_t[]){PCI_ECAM_BASE, PCI_ECAM_SIZE}, 2);
	tree_cells(t, "bus-range", buses, ARRAY_SIZE(buses));
	tree_u32(t, "#address-cells", 3);
	tree_u32(t, "#size-cells", 2);
	write_ranges(t);
	write_interrupts(t);
	tree_empty(t, "dma-coherent");
	tree_end(t);
}
