/* SPDX-License-Identifier: BSD-3-Clause */
/* Random bytes, see rng.h. */
#include <linux/virtio_ids.h>
#include <sys/random.h>

#include "vmm/dev/virtio/chain.h"
#include "vmm/dev/virtio/rng.h"

#define QUEUE_SIZE 16
#define CLASS	   0xff0000 /* fits no other class */

/* Of one request; a driver that asks for more comes again. getrandom(2) never gives less. */
#define BYTES_MAX 256

static uint32_t serve(struct virtio *v, struct virtio_chain *c)
{
	struct buffers in = {virtio_chain_in(c), c->in_count};
	uint8_t bytes[BYTES_MAX];
	ssize_t got = getrandom(bytes, sizeof(bytes), 0);

	return got <= 0 ? 0 : (uint32_t)buffers_write(&in, bytes, (size_t)got);
}

static void kicked(struct virtio *v, unsigned int queue)
{
	virtio_serve(v, queue, serve);
}

static void close_rng(void *owner)
{
}

static const struct virtio_type type = {
	.id = VIRTIO_ID_RNG,
	.pci_class = CLASS,
	.queues = 1,
	.queue_size = QUEUE_SIZE,
	.kicked = kicked,
	.close = close_rng,
};

void virtio_rng_open(struct virtio *v)
{
	v->type = &type;
}
