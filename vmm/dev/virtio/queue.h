/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtqueues from the device's side: split and packed rings, indirect descriptors, event index
 * (virtio 1.2 sections 2.7 and 2.8). Buffers come out as chains of addresses in this process.
 *
 * The driver is hostile. All that it writes is read once and checked before it is used, loops are
 * bounded by the queue's size, and a ring that breaks a rule makes the queue broken: no buffer
 * comes out of it any more. The caller holds a lock, so that a queue is used by one thread at a
 * time.
 */
#ifndef VMM_DEV_VIRTIO_QUEUE_H
#define VMM_DEV_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vmm/dev/virtio/memory.h"

#define VIRTIO_QUEUE_MAX 256 /* largest size of a queue, and most buffers of a chain */

struct virtio_queue {
	const struct guest_memory *memory;
	uint16_t size_max;

	/* Set by the driver while the queue is not enabled. */
	uint16_t size;
	uint64_t desc, driver, device; /* the areas' guest-physical addresses */

	/* What the driver has accepted. */
	bool packed, event_idx, indirect;

	bool enabled;
	bool broken;
	uint8_t *desc_at, *driver_at, *device_at; /* the areas, while the queue is enabled */

	/* Split: counts that wrap at 2^16. Packed: positions in the ring, each with its wrap bit.
	 */
	uint16_t next, used;
	bool next_wrap, used_wrap;
	uint16_t signalled; /* `used` when an interrupt was last decided on */

	/* Packed: the first descriptor that is not published, and its flags. */
	uint8_t *hidden_at;
	uint16_t hidden_flags;
};

/* Buffers of one request: first those that the device reads, then those that it writes. */
struct virtio_chain {
	uint16_t id;	/* what the driver calls it */
	uint16_t slots; /* packed: places in the ring that it takes */
	size_t out_count, in_count;
	struct iovec iov[VIRTIO_QUEUE_MAX];
};

/* Not enabled, of the largest size, all areas at 0. */
void virtio_queue_reset(struct virtio_queue *q);

/* Whether the driver may choose this size: split rings take powers of two only. */
bool virtio_queue_takes_size(const struct virtio_queue *q, bool packed, uint16_t size);

/* Starts with empty rings. -EINVAL if they are misaligned, not in memory, or of a wrong size. */
int virtio_queue_enable(struct virtio_queue *q);

/* The next chain: 1, or 0 if there is none. -EPROTO if the queue is broken. */
int virtio_queue_pop(struct virtio_queue *q, struct virtio_chain *c);

/*
 * Gives a chain back, `written` bytes of it written. The driver sees it with the next
 * virtio_queue_publish(), all chains since the last one at once.
 */
void virtio_queue_push(struct virtio_queue *q, const struct virtio_chain *c, uint32_t written);
void virtio_queue_publish(struct virtio_queue *q);

/*
 * Chains that were popped and not pushed come again: those since *mark was a copy of the queue, in
 * between nothing was pushed.
 */
void virtio_queue_rewind(struct virtio_queue *q, const struct virtio_queue *mark);

/* Whether the driver wants an interrupt for what was pushed since this was asked last, and
 * published. */
bool virtio_queue_wants_interrupt(struct virtio_queue *q);

/* Asks the driver for no kicks while the queue is being served anyway. */
void virtio_queue_stop_kicks(struct virtio_queue *q);

/* Asks for kicks again. True if chains have come in the meantime, for which no kick will come. */
bool virtio_queue_start_kicks(struct virtio_queue *q);

/* The buffers that the device reads, and those that it writes. */
static inline struct iovec *virtio_chain_out(struct virtio_chain *c)
{
	return c->iov;
}

static inline struct iovec *virtio_chain_in(struct virtio_chain *c)
{
	return c->iov + c->out_count;
}

#endif
