/* SPDX-License-Identifier: BSD-3-Clause */
/* See inflight.h; rings: virtio 1.2 section 2.7. */
#include "vmm/dev/virtio/inflight.h"
#include "vmm/dev/virtio/ring.h"

#define INDEX_AT     2
#define AVAIL_AT     4
#define USED_AT	     4
#define USED_ELEMENT 8

static uint8_t *avail_entry(const struct virtio_queue *q, uint16_t index)
{
	return q->driver_at + AVAIL_AT + 2 * (index % q->size);
}

static uint16_t used_entry(const struct virtio_queue *q, uint16_t index)
{
	return ring_load(q->device_at + USED_AT + USED_ELEMENT * (index % q->size));
}

/*
 * How often each was made available without having been answered, over the last round of the ring.
 * What is older than a round and has no answer yet cannot be told. Before the first round has ended
 * the rings are zero behind their end, which counts in both.
 */
static void count(const struct virtio_queue *q, uint16_t available, uint16_t used, int16_t *open)
{
	uint16_t i;

	for (i = available - q->size; i != available; i++) {
		uint16_t head = ring_load(avail_entry(q, i));

		if (head < q->size)
			open[head]++;
	}
	for (i = available - q->size; i != used; i++) {
		uint16_t head = used_entry(q, i);

		if (head < q->size)
			open[head]--;
	}
}

uint16_t virtio_inflight_recover(const struct virtio_queue *q)
{
	uint16_t available = ring_load(q->driver_at + INDEX_AT);
	uint16_t used = ring_load(q->device_at + INDEX_AT);
	int16_t open[VIRTIO_QUEUE_MAX] = {0};
	uint16_t heads[VIRTIO_QUEUE_MAX], i, waiting = available - used, left = waiting;

	if (waiting == 0 || waiting > q->size)
		return used;
	count(q, available, used, open);
	for (i = 1; i <= q->size && left; i++) {
		uint16_t head = ring_load(avail_entry(q, available - i));

		if (head >= q->size || open[head] != 1)
			continue;
		open[head] = 0;
		heads[--left] = head;
	}
	if (left)
		return used;
	for (i = 0; i < waiting; i++)
		ring_store(avail_entry(q, used + i), heads[i]);
	return used;
}
