/* SPDX-License-Identifier: BSD-3-Clause */
/* What both forms of rings have in common, see queue.h. */
#include <errno.h>
#include <util.h>

#include "vmm/dev/virtio/ring.h"

static const struct ring *form(const struct virtio_queue *q)
{
	return q->packed ? &ring_packed : &ring_split;
}

void virtio_queue_reset(struct virtio_queue *q)
{
	*q = (struct virtio_queue){
		.memory = q->memory, .size_max = q->size_max, .size = q->size_max};
}

bool virtio_queue_takes_size(const struct virtio_queue *q, bool packed, uint16_t size)
{
	return size > 0 && size <= q->size_max && size <= VIRTIO_QUEUE_MAX &&
	       (packed || (size & (size - 1)) == 0);
}

static uint8_t *map(const struct virtio_queue *q, uint64_t address, uint64_t size, uint64_t align)
{
	uint8_t *at = guest_memory_at(q->memory, address, size);

	return is_aligned((uintptr_t)at, align) ? at : NULL;
}

int virtio_queue_enable(struct virtio_queue *q)
{
	const struct ring *r = form(q);

	if (!virtio_queue_takes_size(q, q->packed, q->size))
		return -EINVAL;
	q->desc_at = map(q, q->desc, r->desc_size(q), r->desc_align);
	q->driver_at = map(q, q->driver, r->driver_size(q), r->driver_align);
	q->device_at = map(q, q->device, r->device_size(q), r->device_align);
	if (!q->desc_at || !q->driver_at || !q->device_at)
		return -EINVAL;
	r->start(q);
	q->enabled = true;
	return 0;
}

int virtio_queue_pop(struct virtio_queue *q, struct virtio_chain *c)
{
	int ret;

	if (q->broken)
		return -EPROTO;
	if (!q->enabled)
		return 0;
	c->id = c->slots = 0;
	c->out_count = c->in_count = 0;
	ret = form(q)->pop(q, c);
	q->broken = ret < 0;
	return ret;
}

void virtio_queue_rewind(struct virtio_queue *q, const struct virtio_queue *mark)
{
	q->next = mark->next;
	q->next_wrap = mark->next_wrap;
}

void virtio_queue_push(struct virtio_queue *q, const struct virtio_chain *c, uint32_t written)
{
	form(q)->push(q, c, written);
}

void virtio_queue_publish(struct virtio_queue *q)
{
	form(q)->publish(q);
}

bool virtio_queue_wants_interrupt(struct virtio_queue *q)
{
	bool wants;

	if (q->used == q->signalled)
		return false;
	ring_fence();
	wants = form(q)->wants_interrupt(q);
	q->signalled = q->used;
	return wants;
}

void virtio_queue_stop_kicks(struct virtio_queue *q)
{
	form(q)->stop_kicks(q);
}

bool virtio_queue_start_kicks(struct virtio_queue *q)
{
	form(q)->start_kicks(q);
	ring_fence();
	return form(q)->has_more(q);
}

int ring_add(const struct virtio_queue *q, struct virtio_chain *c, uint64_t address, uint32_t size,
	     bool device_writes)
{
	uint8_t *at;

	if (!device_writes && c->in_count)
		return -EPROTO;
	if (c->out_count + c->in_count == VIRTIO_QUEUE_MAX)
		return -EPROTO;
	if (size == 0)
		return 0;
	at = guest_memory_at(q->memory, address, size);
	if (!at)
		return -EPROTO;
	c->iov[c->out_count + c->in_count] = (struct iovec){.iov_base = at, .iov_len = size};
	if (device_writes)
		c->in_count++;
	else
		c->out_count++;
	return 0;
}

const uint8_t *ring_table(const struct virtio_queue *q, uint64_t address, uint32_t size,
			  uint16_t *count)
{
	if (!q->indirect || size == 0 || size % RING_DESC_SIZE || size / RING_DESC_SIZE > q->size)
		return NULL;
	*count = (uint16_t)(size / RING_DESC_SIZE);
	return guest_memory_at(q->memory, address, size);
}
