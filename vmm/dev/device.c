/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest's devices as a row: opening, closing, and who answers an access; see device.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#include "vmm/dev/device.h"
#include "vmm/lib/error.h"
#include "vmm/lib/tree.h"
#include "vmm/vm/map.h"

#define DEVICE_ADDRESS(name) &name##_device,
static const struct device *const all[DEVICE_COUNT] = {DEVICE_LIST(DEVICE_ADDRESS)};

size_t devices_choose(const struct device_config *c, const struct device *list[DEVICE_COUNT])
{
	size_t i, count = 0;

	for (i = 0; i < DEVICE_COUNT; i++) {
		if (!all[i]->is_wanted || all[i]->is_wanted(c))
			list[count++] = all[i];
	}
	return count;
}

void device_begin_node(const struct device *d, struct tree *t, const char *compatible)
{
	uint64_t reg[2 * DEVICE_REGIONS];
	size_t i, count = 0;

	for (i = 0; i < DEVICE_REGIONS && d->regions[i].size; i++) {
		reg[count++] = d->regions[i].base;
		reg[count++] = d->regions[i].size;
	}
	tree_begin_at(t, d->name, d->regions[0].base);
	tree_string(t, "compatible", compatible);
	tree_reg(t, reg, count);
}

void device_end_node(const struct device *d, struct tree *t)
{
	const uint32_t irq[] = {TREE_SPI, (uint32_t)d->spi, TREE_LEVEL_HIGH};

	if (d->spi != DEVICE_NO_SPI)
		tree_cells(t, "interrupts", irq, ARRAY_SIZE(irq));
	tree_end(t);
}

static bool is_placed(const struct device_region *r)
{
	return r->size == 0 ||
	       (r->base >= MAP_DEVICES && r->base < MAP_RAM && r->size <= MAP_RAM - r->base);
}

static int check_one(const struct device *d)
{
	size_t i;

	for (i = 0; i < DEVICE_REGIONS; i++) {
		if (!is_placed(&d->regions[i]))
			return error_set(-EINVAL, "device %s: no device can be at %#llx", d->name,
					 (unsigned long long)d->regions[i].base);
	}
	if (d->spi != DEVICE_NO_SPI && (d->spi < 0 || d->spi + d->more_spis >= MAP_SPIS))
		return error_set(-EINVAL, "device %s: there is no interrupt %d", d->name, d->spi);
	return 0;
}

/* Both lie below MAP_RAM, so that no sum overflows; a region of no size overlaps nothing. */
static bool overlap(const struct device_region *a, const struct device_region *b)
{
	return a->size && b->size && a->base < b->base + b->size && b->base < a->base + a->size;
}

static bool share_spi(const struct device *a, const struct device *b)
{
	return a->spi != DEVICE_NO_SPI && b->spi != DEVICE_NO_SPI &&
	       a->spi <= b->spi + b->more_spis && b->spi <= a->spi + a->more_spis;
}

/* Two devices, or the regions of one among themselves. */
static bool collide(const struct device *a, const struct device *b)
{
	size_t i, j;

	if (a != b && share_spi(a, b))
		return true;
	for (i = 0; i < DEVICE_REGIONS; i++) {
		for (j = 0; j < DEVICE_REGIONS; j++) {
			if ((a != b || i != j) && overlap(&a->regions[i], &b->regions[j]))
				return true;
		}
	}
	return false;
}

static int check(const struct device *const *list, size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (check_one(list[i]) < 0)
			return -EINVAL;
		for (j = 0; j <= i; j++) {
			if (collide(list[i], list[j]))
				return error_set(-EINVAL,
						 "devices %s and %s share an address or interrupt",
						 list[j]->name, list[i]->name);
		}
	}
	return 0;
}

int devices_open(struct devices *ds, const struct device *const *list, size_t count,
		 const struct device_context *c)
{
	int ret = check(list, count);

	*ds = (struct devices){.list = list};
	if (ret < 0)
		return ret;
	ds->states = calloc(count ? count : 1, sizeof(void *));
	if (!ds->states)
		return error_set(-ENOMEM, "out of memory");
	while (ret == 0 && ds->count < count) {
		const struct device *d = list[ds->count];

		ret = d->open ? d->open(d, c, &ds->states[ds->count]) : 0;
		ds->count += ret == 0;
	}
	if (ret < 0)
		devices_close(ds);
	return ret;
}

int devices_start(struct devices *ds)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < ds->count && ret == 0; i++)
		ret = ds->list[i]->start ? ds->list[i]->start(ds->states[i]) : 0;
	return ret;
}

void devices_reset(struct devices *ds)
{
	size_t i;

	for (i = 0; i < ds->count; i++) {
		if (ds->list[i]->reset)
			ds->list[i]->reset(ds->states[i]);
	}
}

int devices_press_key(struct devices *ds)
{
	size_t i;

	for (i = 0; i < ds->count; i++) {
		if (ds->list[i]->press)
			return ds->list[i]->press(ds->states[i]);
	}
	return -ENOTCONN;
}

void devices_close(struct devices *ds)
{
	while (ds->count) {
		const struct device *d = ds->list[--ds->count];

		if (d->close)
			d->close(ds->states[ds->count]);
	}
	free(ds->states);
	ds->states = NULL;
}

static uint64_t from_bytes(const uint8_t *data, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, data, size);
	return value;
}

static void access_region(const struct device *d, void *state, unsigned int region, uint64_t offset,
			  uint8_t *data, unsigned int size, bool is_write)
{
	uint64_t value = ~0ULL;

	if (is_write && d->write)
		d->write(state, region, offset, size, from_bytes(data, size));
	if (is_write)
		return;
	if (d->read)
		value = d->read(state, region, offset, size);
	memcpy(data, &value, size);
}

/* The index of the region of a device that holds the whole access, or DEVICE_REGIONS. */
static unsigned int find_region(const struct device *d, uint64_t address, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < DEVICE_REGIONS; i++) {
		const struct device_region *r = &d->regions[i];

		if (address >= r->base && size <= r->size && address - r->base <= r->size - size)
			break;
	}
	return i;
}

void devices_access(void *devices, uint64_t address, uint8_t *data, unsigned int size,
		    bool is_write)
{
	struct devices *ds = devices;
	size_t i;

	for (i = 0; i < ds->count; i++) {
		const struct device *d = ds->list[i];
		unsigned int region = find_region(d, address, size);

		if (region < DEVICE_REGIONS) {
			access_region(d, ds->states[i], region, address - d->regions[region].base,
				      data, size, is_write);
			return;
		}
	}
	if (!is_write)
		memset(data, 0xff, size);
}
