/* SPDX-License-Identifier: BSD-3-Clause */
/* See calls.h. */
#include "vmm/dev/virtio/calls.h"
#include "vmm/loop/event.h"

/* In the device's thread. */
static void called(void *owner)
{
	struct virtio_call *call = owner;
	struct virtio *v = call->device;

	if (!event_take_shared(call->source.fd))
		return;
	pthread_mutex_lock(&v->lock);
	if (virtio_is_running(v))
		v->interrupt(v->transport, (int)call->queue);
	pthread_mutex_unlock(&v->lock);
}

void virtio_calls_init(struct virtio_calls *c)
{
	unsigned int i;

	for (i = 0; i < VIRTIO_QUEUES_MAX; i++)
		c->list[i].source.fd = -1;
}

int virtio_calls_open(struct virtio_calls *c, struct virtio *v, unsigned int queues)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < queues && ret == 0; i++) {
		struct virtio_call *call = &c->list[i];

		call->device = v;
		call->queue = i;
		call->source = (struct loop_source){
			.fd = event_create(), .events = POLLIN, .ready = called, .owner = call};
		v->kicks[i].paused = true;
		ret = call->source.fd < 0 ? call->source.fd : loop_add(&v->loop, &call->source);
	}
	return ret;
}

void virtio_calls_close(struct virtio_calls *c)
{
	unsigned int i;

	for (i = 0; i < VIRTIO_QUEUES_MAX; i++)
		event_close(&c->list[i].source.fd);
}
