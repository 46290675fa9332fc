/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI bus as one device of the guest's, with the virtio devices that its configuration asks for
 * in its slots: disks first, then network interfaces and shared folders, in the order of the
 * command line, then sockets and entropy.
 */
#include <errno.h>
#include <stdlib.h>
#include <util.h>

#include "vmm/dev/device.h"
#include "vmm/dev/pci/bus.h"
#include "vmm/dev/virtio/blk.h"
#include "vmm/dev/virtio/net.h"
#include "vmm/dev/virtio/pci.h"
#include "vmm/dev/virtio/ram.h"
#include "vmm/dev/virtio/rng.h"
#include "vmm/dev/virtio/vhost_user.h"
#include "vmm/dev/virtio/vsock.h"
#include "vmm/lib/error.h"

struct slot {
	struct virtio device;
	struct virtio_pci transport;
};

struct slots {
	struct vm *vm;
	const struct device_config *config;
	const struct back_ends *back_ends;
	struct pci_bus bus;
	struct virtio_ram ram;
	struct slot *list[PCI_SLOTS];
	size_t count;
};

static void close_slots(void *state)
{
	struct slots *s = state;

	while (s->count) {
		struct slot *slot = s->list[--s->count];

		virtio_close(&slot->device);
		free(slot);
	}
	free(s);
}

/* A device that has been opened: from now on close_slots() closes it. */
static int plug(struct slots *s, struct slot *slot)
{
	struct virtio *v = &slot->device;
	int ret;

	s->list[s->count++] = slot;
	virtio_ram_give(&s->ram, v);
	ret = virtio_open(v);
	if (ret == 0)
		ret = virtio_pci_open(&slot->transport, s->vm, &s->bus, v);
	return ret;
}

static int add_disk(struct slots *s, struct slot *slot, const void *config)
{
	const struct disk_config *c = config;
	const struct back_end *e =
		back_ends_find(s->back_ends, BACK_END_DISK, (size_t)(c - s->config->disks));

	return e ? virtio_user_blk_open(&slot->device, c, e) : virtio_blk_open(&slot->device, c);
}

static int add_net(struct slots *s, struct slot *slot, const void *config)
{
	const struct net_config *c = config;
	const struct back_end *e =
		back_ends_find(s->back_ends, BACK_END_NET, (size_t)(c - s->config->nets));

	return e ? virtio_user_net_open(&slot->device, c, e) : virtio_net_open(&slot->device, c);
}

static int add_share(struct slots *s, struct slot *slot, const void *config)
{
	const struct share_config *c = config;
	const struct back_end *e =
		back_ends_find(s->back_ends, BACK_END_SHARE, (size_t)(c - s->config->shares));

	if (!e)
		return error_set(-ENOTCONN, "--share %s: nobody serves it", c->path);
	return virtio_user_fs_open(&slot->device, c, e);
}

static int add_vsock(struct slots *s, struct slot *slot, const void *config)
{
	return virtio_vsock_open(&slot->device, *(const uint32_t *)config);
}

static int add_rng(struct slots *s, struct slot *slot, const void *config)
{
	virtio_rng_open(&slot->device);
	return 0;
}

static int add(struct slots *s, const void *config,
	       int (*open)(struct slots *s, struct slot *slot, const void *config))
{
	struct slot *slot = calloc(1, sizeof(*slot));
	int ret;

	if (!slot)
		return error_set(-ENOMEM, "out of memory");
	ret = open(s, slot, config);
	if (ret == 0)
		return plug(s, slot);
	free(slot);
	return ret;
}

static int add_all(struct slots *s, const struct device_config *c)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < c->disk_count && ret == 0; i++)
		ret = add(s, &c->disks[i], add_disk);
	for (i = 0; i < c->net_count && ret == 0; i++)
		ret = add(s, &c->nets[i], add_net);
	for (i = 0; i < c->share_count && ret == 0; i++)
		ret = add(s, &c->shares[i], add_share);
	if (c->vsock_cid && ret == 0)
		ret = add(s, &c->vsock_cid, add_vsock);
	return ret < 0 ? ret : add(s, NULL, add_rng);
}

static int open_slots(const struct device *d, const struct device_context *c, void **state)
{
	struct slots *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return error_set(-ENOMEM, "out of memory");
	s->vm = c->vm;
	s->config = c->config;
	s->back_ends = c->back_ends;
	virtio_ram_init(&s->ram, c->vm);
	pci_bus_init(&s->bus);
	ret = add_all(s, c->config);
	if (ret < 0)
		close_slots(s);
	else
		*state = s;
	return ret;
}

static int start_slots(void *state)
{
	struct slots *s = state;
	size_t i;
	int ret = 0;

	for (i = 0; i < s->count && ret == 0; i++)
		ret = virtio_run(&s->list[i]->device);
	return ret;
}

static void reset_slots(void *state)
{
	struct slots *s = state;
	size_t i;

	for (i = 0; i < s->count; i++)
		virtio_pci_reset(&s->list[i]->transport);
}

static uint64_t read_bus(void *state, unsigned int region, uint64_t offset, unsigned int size)
{
	struct slots *s = state;

	return pci_bus_read(&s->bus, region, offset, size);
}

static void write_bus(void *state, unsigned int region, uint64_t offset, unsigned int size,
		      uint64_t value)
{
	struct slots *s = state;

	pci_bus_write(&s->bus, region, offset, size, value);
}

static void write_node(const struct device *d, struct tree *t)
{
	pci_bus_node(t);
}

const struct device pci_device = {
	.name = "pcie",
	.regions = {{PCI_ECAM_BASE, PCI_ECAM_SIZE}, {PCI_WINDOW_BASE, PCI_WINDOW_SIZE}},
	.spi = PCI_SPI_FIRST,
	.more_spis = PCI_SLOTS - 1,
	.is_wanted = device_config_has_pci,
	.node = write_node,
	.open = open_slots,
	.start = start_slots,
	.reset = reset_slots,
	.close = close_slots,
	.read = read_bus,
	.write = write_bus,
};
