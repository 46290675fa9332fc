/* SPDX-License-Identifier: BSD-3-Clause */
/* The power key as a device of the guest's: `realm stop` presses it. */
#include <errno.h>
#include <stdlib.h>

#include "vmm/dev/device.h"
#include "vmm/dev/virtio/input.h"
#include "vmm/dev/virtio/mmio.h"
#include "vmm/dev/virtio/ram.h"
#include "vmm/lib/error.h"
#include "vmm/lib/tree.h"

#define KEY_BASE 0x09020000ULL
#define KEY_SPI	 2

struct key {
	struct virtio device;
	struct virtio_mmio transport;
	struct virtio_ram ram;
};

static void close_key(void *state)
{
	struct key *k = state;

	virtio_close(&k->device);
	free(k);
}

static int open_key(const struct device *d, const struct device_context *c, void **state)
{
	struct key *k = calloc(1, sizeof(*k));
	int ret;

	if (!k)
		return error_set(-ENOMEM, "out of memory");
	virtio_input_open(&k->device);
	virtio_ram_init(&k->ram, c->vm);
	virtio_ram_give(&k->ram, &k->device);
	ret = virtio_open(&k->device);
	virtio_mmio_open(&k->transport, c->vm, KEY_SPI, &k->device);
	if (ret < 0)
		close_key(k);
	else
		*state = k;
	return ret;
}

static int start_key(void *state)
{
	struct key *k = state;

	return virtio_run(&k->device);
}

static void reset_key(void *state)
{
	struct key *k = state;

	virtio_mmio_reset(&k->transport);
}

static int press_key(void *state)
{
	struct key *k = state;

	return virtio_input_press(&k->device);
}

static uint64_t read_key(void *state, unsigned int region, uint64_t offset, unsigned int size)
{
	struct key *k = state;

	return virtio_mmio_read(&k->transport, offset, size);
}

static void write_key(void *state, unsigned int region, uint64_t offset, unsigned int size,
		      uint64_t value)
{
	struct key *k = state;

	virtio_mmio_write(&k->transport, offset, size, value);
}

static void write_node(const struct device *d, struct tree *t)
{
	device_begin_node(d, t, "virtio,mmio");
	tree_empty(t, "dma-coherent");
	device_end_node(d, t);
}

const struct device key_device = {
	.name = "virtio",
	.regions = {{KEY_BASE, VIRTIO_MMIO_SIZE}},
	.spi = KEY_SPI,
	.node = write_node,
	.open = open_key,
	.start = start_key,
	.reset = reset_key,
	.close = close_key,
	.press = press_key,
	.read = read_key,
	.write = write_key,
};
