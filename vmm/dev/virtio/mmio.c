/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of a device without a bus, see mmio.h. */
#include <linux/virtio_mmio.h>
#include <string.h>

#include "vmm/dev/virtio/mmio.h"
#include "vmm/vm/gic.h"

#define MAGIC	0x74726976 /* "virt" */
#define VERSION 2
#define VENDOR	0x1af4
#define CONFIG	VIRTIO_MMIO_CONFIG

/* Of a region of memory that devices may have; none of ours has one (section 4.2.2). */
#define SHM_LENGTH_LOW	0x0b0
#define SHM_LENGTH_HIGH 0x0b4
#define NO_REGION	0xffffffffu

/* Under the device's lock. */
static void set_pending(struct virtio_mmio *m, uint32_t pending)
{
	bool before = m->pending != 0;

	m->pending = pending;
	if ((pending != 0) != before)
		gic_set_spi(m->vm, m->spi, pending != 0);
}

static void interrupt(void *transport, int queue)
{
	struct virtio_mmio *m = transport;

	set_pending(m, m->pending | (queue == VIRTIO_CONFIG ? VIRTIO_MMIO_INT_CONFIG
							    : VIRTIO_MMIO_INT_VRING));
}

static struct virtio_queue *selected(struct virtio_mmio *m)
{
	return m->queue_select < m->device->type->queues ? &m->device->queues[m->queue_select]
							 : NULL;
}

static uint32_t read_register(struct virtio_mmio *m, uint64_t offset)
{
	const struct virtio_queue *q = selected(m);

	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return MAGIC;
	case VIRTIO_MMIO_VERSION:
		return VERSION;
	case VIRTIO_MMIO_DEVICE_ID:
		return m->device->type->id;
	case VIRTIO_MMIO_VENDOR_ID:
		return VENDOR;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return virtio_word(m->device->offered, m->offered_select);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return q ? q->size_max : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return q && q->enabled;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return m->pending;
	case VIRTIO_MMIO_STATUS:
		return atomic_load(&m->device->status);
	case SHM_LENGTH_LOW:
	case SHM_LENGTH_HIGH:
		return NO_REGION;
	default:
		return 0;
	}
}

/* The places of the areas and the size stay as they are once the queue is enabled. */
static void place_queue(struct virtio_mmio *m, struct virtio_queue *q, uint64_t offset,
			uint32_t value)
{
	bool packed = m->device->accepted & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);

	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		if (value <= VIRTIO_QUEUE_MAX &&
		    virtio_queue_takes_size(q, packed, (uint16_t)value))
			q->size = (uint16_t)value;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
		q->desc = virtio_with_word(q->desc, 0, value);
		break;
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		q->desc = virtio_with_word(q->desc, 1, value);
		break;
	case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
		q->driver = virtio_with_word(q->driver, 0, value);
		break;
	case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
		q->driver = virtio_with_word(q->driver, 1, value);
		break;
	case VIRTIO_MMIO_QUEUE_USED_LOW:
		q->device = virtio_with_word(q->device, 0, value);
		break;
	case VIRTIO_MMIO_QUEUE_USED_HIGH:
		q->device = virtio_with_word(q->device, 1, value);
		break;
	}
}

static void write_queue(struct virtio_mmio *m, uint64_t offset, uint32_t value)
{
	struct virtio_queue *q = selected(m);

	if (!q)
		return;
	if (offset == VIRTIO_MMIO_QUEUE_READY && value == 1)
		virtio_enable(m->device, q);
	else if (offset == VIRTIO_MMIO_QUEUE_READY && value == 0)
		q->enabled = false;
	else if (!q->enabled)
		place_queue(m, q, offset, value);
}

/* A reset by the driver takes the interrupt back, too. */
static void write_status(struct virtio_mmio *m, uint8_t status)
{
	virtio_set_status(m->device, status);
	if (status == 0)
		set_pending(m, 0);
}

static void write_register(struct virtio_mmio *m, uint64_t offset, uint32_t value)
{
	struct virtio *v = m->device;

	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		m->offered_select = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		m->accepted_select = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		virtio_accept(v, virtio_with_word(v->accepted, m->accepted_select, value));
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		m->queue_select = value;
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		set_pending(m, m->pending & ~value);
		break;
	case VIRTIO_MMIO_STATUS:
		write_status(m, (uint8_t)value);
		break;
	default:
		write_queue(m, offset, value);
	}
}

static uint64_t read_config(const struct virtio *v, uint64_t at, unsigned int size)
{
	uint64_t value = 0;

	if (at < v->config_size && size <= v->config_size - at)
		memcpy(&value, v->config + at, size);
	return value;
}

static void write_config(struct virtio *v, uint64_t at, unsigned int size, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < size && v->type->configure; i++)
		v->type->configure(v, (uint32_t)at + i, (uint8_t)(value >> 8 * i));
}

/* Registers are read and written as a whole, and the configuration in any way. */
uint64_t virtio_mmio_read(struct virtio_mmio *m, uint64_t offset, unsigned int size)
{
	uint64_t value = 0;

	virtio_lock(m->device);
	if (offset >= CONFIG)
		value = read_config(m->device, offset - CONFIG, size);
	else if (size == sizeof(uint32_t))
		value = read_register(m, offset);
	virtio_unlock(m->device);
	return value;
}

void virtio_mmio_write(struct virtio_mmio *m, uint64_t offset, unsigned int size, uint64_t value)
{
	if (offset == VIRTIO_MMIO_QUEUE_NOTIFY) {
		virtio_kick(m->device, (uint32_t)value);
		return;
	}
	virtio_lock(m->device);
	if (offset >= CONFIG)
		write_config(m->device, offset - CONFIG, size, value);
	else if (size == sizeof(uint32_t))
		write_register(m, offset, (uint32_t)value);
	virtio_unlock(m->device);
}

void virtio_mmio_open(struct virtio_mmio *m, struct vm *vm, unsigned int spi, struct virtio *v)
{
	*m = (struct virtio_mmio){.vm = vm, .device = v, .spi = spi};
	v->interrupt = interrupt;
	v->transport = m;
}

void virtio_mmio_reset(struct virtio_mmio *m)
{
	virtio_lock(m->device);
	write_status(m, 0);
	m->offered_select = m->accepted_select = m->queue_select = 0;
	virtio_unlock(m->device);
}
