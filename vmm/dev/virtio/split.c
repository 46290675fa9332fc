/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split rings (virtio 1.2 section 2.7): a table of descriptors that are linked by their index, a
 * ring of the driver with the heads of chains, and a ring of the device with those it has used.
 */
#include <errno.h>

#include "vmm/dev/virtio/ring.h"

#define DESC_NEXT     1
#define DESC_WRITE    2
#define DESC_INDIRECT 4

#define AVAIL_NO_INTERRUPT 1
#define USED_NO_NOTIFY	   1

/* Both rings begin with flags and index. */
#define RING_FLAGS 0
#define RING_IDX   2
#define RING_HEAD  4

struct desc {
	uint64_t address;
	uint32_t size;
	uint16_t flags;
	uint16_t next;
};

struct used {
	uint32_t id;
	uint32_t written;
};

static uint64_t desc_size(const struct virtio_queue *q)
{
	return (uint64_t)q->size * sizeof(struct desc);
}

/* Behind each ring stands the event index of the other side. */
static uint64_t avail_event(const struct virtio_queue *q)
{
	return RING_HEAD + (uint64_t)q->size * sizeof(uint16_t);
}

static uint64_t used_event(const struct virtio_queue *q)
{
	return RING_HEAD + (uint64_t)q->size * sizeof(struct used);
}

static uint64_t driver_size(const struct virtio_queue *q)
{
	return avail_event(q) + sizeof(uint16_t);
}

static uint64_t device_size(const struct virtio_queue *q)
{
	return used_event(q) + sizeof(uint16_t);
}

static void start(struct virtio_queue *q)
{
	q->next = q->used = q->signalled = 0;
}

/* Adds the descriptors of a table from `at` on. `left` bounds all of a chain's descriptors. */
static int walk(const struct virtio_queue *q, struct virtio_chain *c, const uint8_t *table,
		uint16_t count, uint16_t at, unsigned int *left, struct desc *last)
{
	for (;;) {
		if (at >= count || !*left)
			return -EPROTO;
		--*left;
		ring_copy(last, table + (size_t)at * sizeof(*last), sizeof(*last));
		if (last->flags & DESC_INDIRECT)
			return 0;
		if (ring_add(q, c, last->address, last->size, last->flags & DESC_WRITE) < 0)
			return -EPROTO;
		if (!(last->flags & DESC_NEXT))
			return 0;
		at = last->next;
	}
}

/* A chain may end with one indirect descriptor; the table of that one has no other. */
static int take(const struct virtio_queue *q, struct virtio_chain *c)
{
	unsigned int left = q->size;
	const uint8_t *table;
	struct desc last;
	uint16_t count;

	if (walk(q, c, q->desc_at, q->size, c->id, &left, &last) < 0)
		return -EPROTO;
	if (!(last.flags & DESC_INDIRECT))
		return 1;
	table = ring_table(q, last.address, last.size, &count);
	if (!table || last.flags & DESC_NEXT)
		return -EPROTO;
	left = count;
	if (walk(q, c, table, count, 0, &left, &last) < 0 || last.flags & DESC_INDIRECT)
		return -EPROTO;
	return 1;
}

static int pop(struct virtio_queue *q, struct virtio_chain *c)
{
	uint16_t ready = (uint16_t)(ring_load(q->driver_at + RING_IDX) - q->next);
	const uint8_t *heads = q->driver_at + RING_HEAD;

	if (ready == 0)
		return 0;
	if (ready > q->size)
		return -EPROTO;
	c->id = ring_load(heads + (q->next & (q->size - 1)) * sizeof(uint16_t));
	if (take(q, c) < 0)
		return -EPROTO;
	q->next++;
	return 1;
}

static void push(struct virtio_queue *q, const struct virtio_chain *c, uint32_t written)
{
	struct used used = {.id = c->id, .written = written};

	memcpy(q->device_at + RING_HEAD + (q->used & (q->size - 1)) * sizeof(used), &used,
	       sizeof(used));
	q->used++;
}

static void publish(struct virtio_queue *q)
{
	ring_store(q->device_at + RING_IDX, q->used);
}

static bool wants_interrupt(struct virtio_queue *q)
{
	if (q->event_idx)
		return ring_reached(ring_load(q->driver_at + avail_event(q)), q->used,
				    q->signalled);
	return !(ring_load(q->driver_at + RING_FLAGS) & AVAIL_NO_INTERRUPT);
}

/* With the event index nothing is to be done: an index that has been passed asks for nothing. */
static void stop_kicks(struct virtio_queue *q)
{
	if (!q->event_idx)
		ring_store(q->device_at + RING_FLAGS, USED_NO_NOTIFY);
}

static void start_kicks(struct virtio_queue *q)
{
	if (q->event_idx)
		ring_store(q->device_at + used_event(q), q->next);
	else
		ring_store(q->device_at + RING_FLAGS, 0);
}

static bool has_more(struct virtio_queue *q)
{
	return ring_load(q->driver_at + RING_IDX) != q->next;
}

const struct ring ring_split = {
	.desc_size = desc_size,
	.driver_size = driver_size,
	.device_size = device_size,
	.desc_align = 16,
	.driver_align = 2,
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
