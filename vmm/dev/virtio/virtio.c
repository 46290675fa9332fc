/* SPDX-License-Identifier: BSD-3-Clause */
/* Status, features and the thread of a virtio device, see virtio.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "vmm/dev/virtio/virtio.h"
#include "vmm/lib/error.h"
#include "vmm/loop/event.h"

/* From <linux/virtio_config.h>, where it is new. */
#ifndef VIRTIO_F_RING_PACKED
#define VIRTIO_F_RING_PACKED 34
#endif
#define F_INDIRECT_DESC 28
#define F_EVENT_IDX	29

#define RELEASE_STEPS	1000
#define RELEASE_STEP_US 1000

#define COMMON_FEATURES                                                                            \
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |               \
	 VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM) | VIRTIO_FEATURE(F_INDIRECT_DESC) |              \
	 VIRTIO_FEATURE(F_EVENT_IDX))

/* Kicks come by their number in the array. */
static void take_kick(struct virtio *v, unsigned int queue)
{
	if (!event_take(v->kicks[queue].fd))
		return;
	pthread_mutex_lock(&v->lock);
	if (virtio_is_running(v))
		v->type->kicked(v, queue);
	pthread_mutex_unlock(&v->lock);
}

static void take_kick_0(void *owner)
{
	take_kick(owner, 0);
}

static void take_kick_1(void *owner)
{
	take_kick(owner, 1);
}

static void take_kick_2(void *owner)
{
	take_kick(owner, 2);
}

static void (*const take_kicks[VIRTIO_QUEUES_MAX])(void *owner) = {take_kick_0, take_kick_1,
								   take_kick_2};

static int add_kicks(struct virtio *v)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < v->type->queues && ret == 0; i++) {
		v->kicks[i] = (struct loop_source){
			.fd = event_create(), .events = POLLIN, .ready = take_kicks[i], .owner = v};
		ret = v->kicks[i].fd < 0 ? v->kicks[i].fd : loop_add(&v->loop, &v->kicks[i]);
	}
	return ret;
}

int virtio_open(struct virtio *v)
{
	unsigned int i;
	int ret;

	v->offered |= COMMON_FEATURES & ~v->withheld;
	v->required |= VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	pthread_mutex_init(&v->lock, NULL);
	pthread_cond_init(&v->was_reset, NULL);
	for (i = 0; i < VIRTIO_QUEUES_MAX; i++) {
		v->queues[i] = (struct virtio_queue){.memory = &v->memory,
						     .size_max = v->type->queue_size};
		virtio_queue_reset(&v->queues[i]);
		v->kicks[i].fd = -1;
	}
	v->end = -1;
	ret = loop_init(&v->loop);
	if (ret < 0)
		return ret;
	v->end = event_create();
	ret = v->end < 0 ? v->end : add_kicks(v);
	return ret == 0 && v->type->opened ? v->type->opened(v) : ret;
}

static void *run_thread(void *arg)
{
	struct virtio *v = arg;

	loop_run(&v->loop, v->end);
	return NULL;
}

int virtio_run(struct virtio *v)
{
	sigset_t all, before;
	int err;

	/*
	 * A thread inherits the mask, and signals are the main thread's. But SIGSYS says which
	 * thread made a system call that it may not make: blocked it would end the VMM without a
	 * word (confine/).
	 */
	sigfillset(&all);
	sigdelset(&all, SIGSYS);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&v->thread, NULL, run_thread, v);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return error_set(-err, "no thread for a device: %s", strerror(err));
	v->running = true;
	return 0;
}

void virtio_close(struct virtio *v)
{
	unsigned int i;

	if (v->running) {
		event_signal(v->end);
		pthread_join(v->thread, NULL);
		v->running = false;
	}
	loop_free(&v->loop);
	for (i = 0; i < VIRTIO_QUEUES_MAX; i++)
		event_close(&v->kicks[i].fd);
	event_close(&v->end);
	v->type->close(v->owner);
}

void virtio_lock(struct virtio *v)
{
	atomic_fetch_add(&v->wanted, 1);
	pthread_mutex_lock(&v->lock);
	atomic_fetch_sub(&v->wanted, 1);
}

void virtio_unlock(struct virtio *v)
{
	pthread_mutex_unlock(&v->lock);
}

void virtio_kick(struct virtio *v, unsigned int queue)
{
	if (queue >= v->type->queues)
		return;
	atomic_fetch_add(&v->kicks_begun, 1);
	event_signal(v->kicks[queue].fd);
	atomic_fetch_add(&v->kicks_done, 1);
}

/* The old event is full again if its other owner is quick: this goes on until all have passed. */
static void release(struct virtio *v, int old)
{
	unsigned int begun = atomic_load(&v->kicks_begun), step;

	for (step = 0; step < RELEASE_STEPS; step++) {
		event_take_shared(old);
		if ((int)(atomic_load(&v->kicks_done) - begun) >= 0)
			return;
		usleep(RELEASE_STEP_US);
	}
}

void virtio_renew_kicks(struct virtio *v)
{
	unsigned int i;

	for (i = 0; i < v->type->queues; i++) {
		int old = dup(v->kicks[i].fd), new = event_create();

		if (old >= 0 && new >= 0 && dup3(new, v->kicks[i].fd, O_CLOEXEC) >= 0)
			release(v, old);
		event_close(&old);
		event_close(&new);
	}
}

void virtio_was_reset(struct virtio *v)
{
	v->resetting = false;
	atomic_store(&v->status, 0);
	pthread_cond_broadcast(&v->was_reset);
}

void virtio_wait_for_reset(struct virtio *v)
{
	while (v->resetting)
		pthread_cond_wait(&v->was_reset, &v->lock);
}

/* With the status that it has meanwhile nothing can be started or served. */
static void reset(struct virtio *v)
{
	unsigned int i;

	atomic_store(&v->status, VIRTIO_CONFIG_S_NEEDS_RESET);
	v->accepted = 0;
	for (i = 0; i < v->type->queues; i++)
		virtio_queue_reset(&v->queues[i]);
	v->resetting = v->type->stopped && !v->type->stopped(v);
	if (!v->resetting)
		virtio_was_reset(v);
}

static bool features_are_ok(const struct virtio *v)
{
	return (v->accepted & ~v->offered) == 0 && (v->accepted & v->required) == v->required;
}

static void set_up_queues(struct virtio *v)
{
	unsigned int i;

	for (i = 0; i < v->type->queues; i++) {
		v->queues[i].packed = v->accepted & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
		v->queues[i].event_idx = v->accepted & VIRTIO_FEATURE(F_EVENT_IDX);
		v->queues[i].indirect = v->accepted & VIRTIO_FEATURE(F_INDIRECT_DESC);
	}
}

/* What the driver has put into queues before it said that it is ready was not looked at. */
static void start(struct virtio *v)
{
	unsigned int i;

	if (v->type->started)
		v->type->started(v);
	for (i = 0; i < v->type->queues; i++)
		virtio_kick(v, i);
}

/* Bits come one after the other, and go by a reset only. */
void virtio_set_status(struct virtio *v, uint8_t status)
{
	uint8_t before = atomic_load(&v->status), added;

	if (v->resetting)
		return;
	if (status == 0) {
		reset(v);
		return;
	}
	added = status & ~before;
	if (added & VIRTIO_CONFIG_S_FEATURES_OK) {
		if (!features_are_ok(v))
			status &= (uint8_t)~VIRTIO_CONFIG_S_FEATURES_OK;
		else
			set_up_queues(v);
	}
	if (!((status | before) & VIRTIO_CONFIG_S_FEATURES_OK))
		status &= (uint8_t)~VIRTIO_CONFIG_S_DRIVER_OK;
	atomic_store(&v->status, before | status);
	if (status & ~before & VIRTIO_CONFIG_S_DRIVER_OK)
		start(v);
}

void virtio_accept(struct virtio *v, uint64_t features)
{
	if (!(atomic_load(&v->status) & VIRTIO_CONFIG_S_FEATURES_OK))
		v->accepted = features;
}

void virtio_enable(struct virtio *v, struct virtio_queue *q)
{
	if (q->enabled || !(atomic_load(&v->status) & VIRTIO_CONFIG_S_FEATURES_OK))
		return;
	if (virtio_queue_enable(q) < 0)
		virtio_break(v);
}

void virtio_config_changed(struct virtio *v)
{
	v->generation++;
	if (atomic_load(&v->status) & VIRTIO_CONFIG_S_DRIVER_OK)
		v->interrupt(v->transport, VIRTIO_CONFIG);
}

void virtio_break(struct virtio *v)
{
	uint8_t before = atomic_fetch_or(&v->status, VIRTIO_CONFIG_S_NEEDS_RESET);

	if (!(before & VIRTIO_CONFIG_S_NEEDS_RESET) && before & VIRTIO_CONFIG_S_DRIVER_OK)
		v->interrupt(v->transport, VIRTIO_CONFIG);
}

bool virtio_is_running(const struct virtio *v)
{
	unsigned int status = atomic_load(&v->status);

	return status & VIRTIO_CONFIG_S_DRIVER_OK && !(status & VIRTIO_CONFIG_S_NEEDS_RESET);
}

void virtio_interrupt(struct virtio *v, unsigned int queue)
{
	if (virtio_queue_wants_interrupt(&v->queues[queue]))
		v->interrupt(v->transport, (int)queue);
}

bool virtio_has_ended(const struct virtio *v)
{
	return v->vm_end && atomic_load(v->vm_end);
}

/* At most this many chains. True if there may be more. */
static bool serve_some(struct virtio *v, struct virtio_queue *q, unsigned int most,
		       uint32_t (*serve)(struct virtio *v, struct virtio_chain *c))
{
	while (most--) {
		int ret;

		if (virtio_has_ended(v))
			return false;
		ret = virtio_queue_pop(q, &v->chain);

		if (ret < 0)
			virtio_break(v);
		if (ret <= 0)
			return false;
		virtio_queue_push(q, &v->chain, serve(v, &v->chain));
		virtio_queue_publish(q);
		if (atomic_load(&v->wanted))
			return true;
	}
	return true;
}

void virtio_serve(struct virtio *v, unsigned int queue,
		  uint32_t (*serve)(struct virtio *v, struct virtio_chain *c))
{
	struct virtio_queue *q = &v->queues[queue];
	bool more;

	if (!q->enabled || virtio_has_ended(v))
		return;
	virtio_queue_stop_kicks(q);
	more = serve_some(v, q, q->size, serve);
	virtio_interrupt(v, queue);
	if (more || (!q->broken && virtio_queue_start_kicks(q)))
		virtio_kick(v, queue);
}
