/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events by which somebody else who serves a device's queues asks for interrupts: a driver of the
 * host's kernel (vhost.h), or another process (vhost_user.h). That one waits for the driver's
 * kicks, too, and the device's thread does not take them.
 */
#ifndef VMM_DEV_VIRTIO_CALLS_H
#define VMM_DEV_VIRTIO_CALLS_H

#include "vmm/dev/virtio/virtio.h"

struct virtio_call {
	struct virtio *device;
	unsigned int queue;
	struct loop_source source;
};

struct virtio_calls {
	struct virtio_call list[VIRTIO_QUEUES_MAX];
};

/* Nothing is open. */
void virtio_calls_init(struct virtio_calls *c);

/* For the device's opened(), its first queues. An error has a text. */
int virtio_calls_open(struct virtio_calls *c, struct virtio *v, unsigned int queues);

void virtio_calls_close(struct virtio_calls *c);

#endif
