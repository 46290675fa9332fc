/* SPDX-License-Identifier: BSD-3-Clause */
/* What queue.c, split.c and packed.c share; queue.h is for everybody else. */
#ifndef VMM_DEV_VIRTIO_RING_H
#define VMM_DEV_VIRTIO_RING_H

#include <string.h>

#include "vmm/dev/virtio/queue.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "rings are little-endian");

#define RING_DESC_SIZE 16

/* The operations of queue.h for one form of ring. */
struct ring {
	/* Sizes of the three areas in bytes, and their alignments. */
	uint64_t (*desc_size)(const struct virtio_queue *q);
	uint64_t (*driver_size)(const struct virtio_queue *q);
	uint64_t (*device_size)(const struct virtio_queue *q);
	uint64_t desc_align, driver_align, device_align;

	void (*start)(struct virtio_queue *q);
	/* -EPROTO, and queue.c makes the queue broken. */
	int (*pop)(struct virtio_queue *q, struct virtio_chain *c);
	void (*push)(struct virtio_queue *q, const struct virtio_chain *c, uint32_t written);
	void (*publish)(struct virtio_queue *q);
	bool (*wants_interrupt)(struct virtio_queue *q);
	void (*stop_kicks)(struct virtio_queue *q);
	void (*start_kicks)(struct virtio_queue *q);
	bool (*has_more)(struct virtio_queue *q);
};

extern const struct ring ring_split, ring_packed;

/* Adds a buffer to a chain. -EPROTO if the driver may not put it there. */
int ring_add(const struct virtio_queue *q, struct virtio_chain *c, uint64_t address, uint32_t size,
	     bool device_writes);

/*
 * Where an indirect table is, and how many descriptors it has: never more than the queue, whose
 * size bounds a chain. NULL if the driver may not have it so.
 */
const uint8_t *ring_table(const struct virtio_queue *q, uint64_t address, uint32_t size,
			  uint16_t *count);

/* Whether `event` lies among those from `before` on that came before `now` (section 2.7.10). */
static inline bool ring_reached(uint16_t event, uint16_t now, uint16_t before)
{
	return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

/* The driver may change this memory at any time: each value is read once, into a copy. */
static inline void ring_copy(void *to, const uint8_t *from, size_t size)
{
	memcpy(to, from, size);
	/* Or the compiler may read the original again instead of the copy. */
	__asm__ volatile("" ::: "memory");
}

static inline uint16_t ring_load(const uint8_t *at)
{
	return __atomic_load_n((const uint16_t *)at, __ATOMIC_ACQUIRE);
}

static inline void ring_store(uint8_t *at, uint16_t value)
{
	__atomic_store_n((uint16_t *)at, value, __ATOMIC_RELEASE);
}

/* What was written before it is seen before what is read after it: the other side does the same. */
static inline void ring_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif
