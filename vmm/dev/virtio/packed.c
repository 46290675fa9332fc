/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packed rings (virtio 1.2 section 2.8): one ring of descriptors, which the driver makes available
 * and the device then overwrites with those it has used. Each side counts its turns of the ring by
 * a wrap bit, and says by a small structure when it wants to be told.
 */
#include <errno.h>

#include "vmm/dev/virtio/ring.h"

#define DESC_NEXT     (1u << 0)
#define DESC_WRITE    (1u << 1)
#define DESC_INDIRECT (1u << 2)
#define DESC_AVAIL    (1u << 7)
#define DESC_USED     (1u << 15)

#define DESC_ID	   12
#define DESC_FLAGS 14

/* The structure in which either side says when it wants to be told. */
#define EVENT_OFF     0 /* a position, and its wrap bit at the top */
#define EVENT_FLAGS   2
#define EVENT_SIZE    4
#define EVENT_ENABLE  0u
#define EVENT_DISABLE 1u
#define EVENT_DESC    2u
#define EVENT_WRAP    (1u << 15)

struct desc {
	uint64_t address;
	uint32_t size;
	uint16_t id;
	uint16_t flags;
};

static uint64_t desc_size(const struct virtio_queue *q)
{
	return (uint64_t)q->size * sizeof(struct desc);
}

static uint64_t event_size(const struct virtio_queue *q)
{
	return EVENT_SIZE;
}

static void start(struct virtio_queue *q)
{
	q->next = q->used = q->signalled = 0;
	q->next_wrap = q->used_wrap = true;
	q->hidden_at = NULL;
}

static uint8_t *desc_at(const struct virtio_queue *q, uint16_t position)
{
	return q->desc_at + (size_t)position * sizeof(struct desc);
}

/* Available in this turn of the ring: the driver's bit is that of the turn, the device's is not. */
static bool is_available(const struct virtio_queue *q, uint16_t flags)
{
	bool avail = flags & DESC_AVAIL, used = flags & DESC_USED;

	return avail == q->next_wrap && used != q->next_wrap;
}

/* In an indirect table descriptors follow each other; of their flags only WRITE counts. */
static int take_table(const struct virtio_queue *q, struct virtio_chain *c, const struct desc *d)
{
	uint16_t i, count = 0;
	const uint8_t *table = ring_table(q, d->address, d->size, &count);

	if (!table)
		return -EPROTO;
	for (i = 0; i < count; i++) {
		struct desc entry;

		ring_copy(&entry, table + (size_t)i * sizeof(entry), sizeof(entry));
		if (ring_add(q, c, entry.address, entry.size, entry.flags & DESC_WRITE) < 0)
			return -EPROTO;
	}
	return 0;
}

static int take(const struct virtio_queue *q, struct virtio_chain *c, const struct desc *d)
{
	if (!(d->flags & DESC_INDIRECT))
		return ring_add(q, c, d->address, d->size, d->flags & DESC_WRITE);
	/* An indirect descriptor stands alone. */
	if (d->flags & DESC_NEXT || c->slots > 1)
		return -EPROTO;
	return take_table(q, c, d);
}

static void move(const struct virtio_queue *q, uint16_t *position, bool *wrap, uint16_t slots)
{
	*position = (uint16_t)(*position + slots);
	if (*position >= q->size) {
		*position = (uint16_t)(*position - q->size);
		*wrap = !*wrap;
	}
}

/* Descriptors of a chain follow each other in the ring; the last one has its id. */
static int pop(struct virtio_queue *q, struct virtio_chain *c)
{
	uint16_t position = q->next;
	struct desc d;

	if (!is_available(q, ring_load(desc_at(q, position) + DESC_FLAGS)))
		return 0;
	do {
		if (c->slots == q->size)
			return -EPROTO;
		c->slots++;
		ring_copy(&d, desc_at(q, position), sizeof(d));
		if (take(q, c, &d) < 0)
			return -EPROTO;
		position = position + 1 == q->size ? 0 : (uint16_t)(position + 1);
	} while (d.flags & DESC_NEXT);
	c->id = d.id;
	move(q, &q->next, &q->next_wrap, c->slots);
	return 1;
}

/*
 * The driver takes used descriptors in the order of the ring: as long as the first one is not
 * there, it sees none behind it.
 */
static void push(struct virtio_queue *q, const struct virtio_chain *c, uint32_t written)
{
	uint8_t *at = desc_at(q, q->used);
	uint16_t flags = q->used_wrap ? DESC_AVAIL | DESC_USED : 0;
	bool wrap = q->used_wrap;

	if (written)
		flags |= DESC_WRITE;
	memcpy(at + offsetof(struct desc, size), &written, sizeof(written));
	memcpy(at + DESC_ID, &c->id, sizeof(c->id));
	if (q->hidden_at) {
		ring_store(at + DESC_FLAGS, flags);
	} else {
		q->hidden_at = at + DESC_FLAGS;
		q->hidden_flags = flags;
	}
	move(q, &q->used, &q->used_wrap, c->slots);
	/* `signalled` counts on a line without end, so that it stays behind `used` when that wraps.
	 */
	if (wrap != q->used_wrap)
		q->signalled = (uint16_t)(q->signalled - q->size);
}

static void publish(struct virtio_queue *q)
{
	if (q->hidden_at)
		ring_store(q->hidden_at, q->hidden_flags);
	q->hidden_at = NULL;
}

static bool wants_interrupt(struct virtio_queue *q)
{
	uint16_t event, off;

	switch (ring_load(q->driver_at + EVENT_FLAGS)) {
	case EVENT_DISABLE:
		return false;
	case EVENT_DESC:
		break;
	default:
		return true;
	}
	if (!q->event_idx)
		return true;
	off = ring_load(q->driver_at + EVENT_OFF);
	event = off & (EVENT_WRAP - 1);
	/* The driver's position is of the turn before this one. */
	if (!!(off & EVENT_WRAP) != q->used_wrap)
		event = (uint16_t)(event - q->size);
	return ring_reached(event, q->used, q->signalled);
}

static void stop_kicks(struct virtio_queue *q)
{
	ring_store(q->device_at + EVENT_FLAGS, EVENT_DISABLE);
}

static void start_kicks(struct virtio_queue *q)
{
	if (!q->event_idx) {
		ring_store(q->device_at + EVENT_FLAGS, EVENT_ENABLE);
		return;
	}
	ring_store(q->device_at + EVENT_OFF, (uint16_t)(q->next | (q->next_wrap ? EVENT_WRAP : 0)));
	ring_store(q->device_at + EVENT_FLAGS, EVENT_DESC);
}

static bool has_more(struct virtio_queue *q)
{
	return is_available(q, ring_load(desc_at(q, q->next) + DESC_FLAGS));
}

const struct ring ring_packed = {
	.desc_size = desc_size,
	.driver_size = event_size,
	.device_size = event_size,
	.desc_align = 16,
	.driver_align = 4,
	.device_align = 4,
	.start = start,
	.pop = pop,
	.push = push,
	.publish = publish,
	.wants_interrupt = wants_interrupt,
	.stop_kicks = stop_kicks,
	.start_kicks = start_kicks,
	.has_more = has_more,
};
