/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * See vhost_user.h. The back end is asked by the device's thread alone, and without the lock: a
 * vCPU does not wait for it, whatever it does. What the driver has done is told to that thread by
 * an event, and it does what is left to do.
 */
#include <errno.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vmm/dev/vhost_user/link.h"
#include "vmm/dev/virtio/calls.h"
#include "vmm/dev/virtio/inflight.h"
#include "vmm/dev/virtio/vhost_user.h"
#include "vmm/lib/error.h"
#include "vmm/loop/event.h"

#define QUEUE_SIZE    256
#define CLASS_STORAGE 0x018000
#define CLASS_NETWORK 0x020000
#define REGIONS	      8
#define NAME_SIZE     (DEVICE_NAME_SIZE + 32)
#define FS_QUEUES     1 /* of requests */
#define CONNECT_MS    30000
#define LOSSES_MAX    5
#define LOOK_MS	      1000
#define F_PACKED      VIRTIO_FEATURE(34)
#define F_ACCESS      VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)
/* What virtio.c offers for all devices, if the back end can do it. */
#define F_COMMON      (VIRTIO_FEATURE(28) | VIRTIO_FEATURE(29) | VIRTIO_FEATURE(VIRTIO_F_VERSION_1))

#define BLK_FEATURES                                                                               \
	(VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX) | VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) |            \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_RO) | VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE) |                 \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) | VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY) |              \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD) | VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES))
#define NET_FEATURES                                                                               \
	(VIRTIO_FEATURE(VIRTIO_NET_F_CSUM) | VIRTIO_FEATURE(VIRTIO_NET_F_HOST_TSO4) |              \
	 VIRTIO_FEATURE(VIRTIO_NET_F_HOST_TSO6) | VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_CSUM) |        \
	 VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_TSO4) | VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_TSO6) |       \
	 VIRTIO_FEATURE(VIRTIO_NET_F_MRG_RXBUF))

/* Of <linux/virtio_fs.h>, which not every system has. */
struct fs_config {
	char tag[DEVICE_TAG];
	uint32_t request_queues;
};

struct vhost_user {
	struct virtio *device;
	char name[NAME_SIZE]; /* what the user calls it */
	int channel;	      /* to who connects; belongs to others */
	size_t config_size;   /* of what is the back end's to say; 0: nothing is */
	uint64_t promised;    /* features that the driver was offered because of the back end */
	struct virtio_calls calls;

	/* Under the lock. */
	bool given;	    /* the back end has the rings, or is being given them */
	bool served_before; /* since the driver's last reset, by a back end or another */

	/* The device's thread. */
	struct vhost_user_link link;
	struct loop_source connection, answer, retry;
	struct loop_source news; /* event: the driver is ready, or has reset the device */
	struct loop_source look; /* timer: time to look whether kicks pass */
	unsigned int kicks_seen; /* how many had passed then */
	unsigned int losses;	 /* of connections, one soon after the other */
	long long connected_ms;	 /* when the last one came */
};

/* What the back end is given when the driver is ready. */
struct gift {
	uint64_t features;
	size_t count;
	struct vhost_user_ring rings[VIRTIO_QUEUES_MAX];
};

unsigned int vhost_user_retry_ms = 1000;

static const char *reason(int err)
{
	switch (err) {
	case -EPIPE:
		return "the back end has gone";
	case -EPROTO:
		return "the back end breaks the rules of vhost-user";
	case -ETIMEDOUT:
		return "the back end does not answer";
	case -EREMOTEIO:
		return "the back end refuses what it is asked";
	case -ENXIO:
		return "the back end is another than before";
	case -EOPNOTSUPP:
		return "the back end lacks what the device needs";
	default:
		return strerror(-err);
	}
}

static void say(const struct vhost_user *u, const char *what)
{
	char line[NAME_SIZE + BACK_END_TEXT];

	snprintf(line, sizeof(line), "%s: %s", u->name, what);
	error_advise(line, isatty(STDERR_FILENO));
}

/* What the guest was offered has to hold with each back end. */
static int agree(struct vhost_user *u)
{
	const struct virtio *v = u->device;
	uint8_t config[sizeof(v->config)];
	int ret;

	vhost_user_link_begin(&u->link);
	ret = vhost_user_link_open(&u->link);
	if (ret == 0 && u->promised & ~u->link.features)
		return -ENXIO;
	if (ret < 0 || u->config_size == 0)
		return ret;
	ret = vhost_user_link_config(&u->link, config, u->config_size);
	return ret == 0 && memcmp(config, v->config, u->config_size) ? -ENXIO : ret;
}

static int give_memory(struct vhost_user *u)
{
	const struct guest_memory *m = &u->device->memory;
	struct vhost_user_region regions[REGIONS], *to = regions;
	size_t i;

	if (2 * m->count > REGIONS)
		return -E2BIG;
	for (i = 0; i < m->count; i++)
		*to++ = (struct vhost_user_region){.base = m->regions[i].base,
						   .size = m->regions[i].size,
						   .user = (uintptr_t)m->regions[i].host,
						   .fd = m->regions[i].fd};
	/* A Realm's addresses come with the bit that says shared or without it. */
	for (i = 0; i < m->count && m->shared_bit; i++, to++) {
		*to = regions[i];
		to->base |= m->shared_bit;
	}
	return vhost_user_link_memory(&u->link, regions, (size_t)(to - regions));
}

static struct vhost_user_ring describe_ring(const struct vhost_user *u, unsigned int i)
{
	const struct virtio_queue *q = &u->device->queues[i];

	return (struct vhost_user_ring){
		.index = i,
		.size = q->size,
		.base = u->served_before ? virtio_inflight_recover(q) : 0,
		.desc = (uintptr_t)q->desc_at,
		.avail = (uintptr_t)q->driver_at,
		.used = (uintptr_t)q->device_at,
		.kick = u->device->kicks[i].fd,
		.call = u->calls.list[i].source.fd,
	};
}

/* Under the lock. */
static void wrap(struct vhost_user *u, struct gift *g)
{
	const struct virtio *v = u->device;
	unsigned int i;

	/* The device's own features the back end need not know. */
	*g = (struct gift){.features = v->accepted & ~F_ACCESS & u->link.features};
	for (i = 0; i < v->type->queues; i++) {
		if (!v->queues[i].enabled)
			continue;
		g->rings[g->count++] = describe_ring(u, i);
		/* It looks at the ring first of all: a kick may have gone to another one. */
		virtio_kick(u->device, i);
	}
	u->given = u->served_before = true;
}

static int give(struct vhost_user *u, const struct gift *g)
{
	size_t i;
	int ret;

	vhost_user_link_begin(&u->link);
	ret = vhost_user_link_features(&u->link, g->features);
	ret = ret ?: give_memory(u);
	for (i = 0; i < g->count && ret == 0; i++)
		ret = vhost_user_link_start(&u->link, &g->rings[i]);
	return ret;
}

/* If the driver is ready, and the back end does not know it yet. */
static int give_if_ready(struct vhost_user *u)
{
	struct virtio *v = u->device;
	struct gift g;
	bool ready;

	pthread_mutex_lock(&v->lock);
	ready = virtio_is_running(v) && !u->given && u->link.fd >= 0;
	if (ready)
		wrap(u, &g);
	pthread_mutex_unlock(&v->lock);
	return ready ? give(u, &g) : 0;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Twice as long for each connection that did not last: each costs a line of text, or a program. */
static unsigned int time_to_retry(struct vhost_user *u)
{
	if (now_ms() - u->connected_ms >= (vhost_user_retry_ms << LOSSES_MAX))
		u->losses = 0;
	else if (u->losses < LOSSES_MAX)
		u->losses++;
	return vhost_user_retry_ms << u->losses;
}

static void lose(struct vhost_user *u)
{
	loop_remove(&u->device->loop, &u->connection);
	vhost_user_link_close(&u->link);
	/* Before the lock, which one that waits at an event may have. */
	virtio_renew_kicks(u->device);
	pthread_mutex_lock(&u->device->lock);
	u->given = false;
	pthread_mutex_unlock(&u->device->lock);
	event_start_timer(u->retry.fd, time_to_retry(u));
}

/* At the VM's end nobody misses what the back end was asked. */
static void lose_if_failed(struct vhost_user *u, int ret)
{
	if (ret == 0 || ret == -ECANCELED)
		return;
	say(u, reason(ret));
	lose(u);
}

static int take_back(struct vhost_user *u)
{
	unsigned int i;
	int ret = 0;

	vhost_user_link_begin(&u->link);
	for (i = 0; i < u->device->type->queues && ret == 0 && u->link.fd >= 0; i++)
		ret = vhost_user_link_stop(&u->link, i);
	return ret;
}

static void finish_reset(struct vhost_user *u)
{
	struct virtio *v = u->device;

	lose_if_failed(u, take_back(u));
	virtio_renew_kicks(v);
	pthread_mutex_lock(&v->lock);
	u->given = false;
	virtio_was_reset(v);
	pthread_mutex_unlock(&v->lock);
}

static bool is_resetting(struct virtio *v)
{
	bool resetting;

	pthread_mutex_lock(&v->lock);
	resetting = v->resetting;
	pthread_mutex_unlock(&v->lock);
	return resetting;
}

static void driver_has_news(void *owner)
{
	struct vhost_user *u = owner;

	if (!event_take(u->news.fd))
		return;
	if (is_resetting(u->device))
		finish_reset(u);
	else
		lose_if_failed(u, give_if_ready(u));
}

static void started(struct virtio *v)
{
	struct vhost_user *u = v->owner;

	event_signal(u->news.fd);
}

static bool stopped(struct virtio *v)
{
	struct vhost_user *u = v->owner;

	u->served_before = false;
	if (u->given)
		event_signal(u->news.fd);
	return !u->given;
}

/* Who waits for an interrupt that the old back end owed gets it. */
static void wake_driver(struct vhost_user *u)
{
	struct virtio *v = u->device;
	unsigned int i;

	pthread_mutex_lock(&v->lock);
	for (i = 0; i < v->type->queues && virtio_is_running(v); i++) {
		if (v->queues[i].enabled)
			v->interrupt(v->transport, (int)i);
	}
	pthread_mutex_unlock(&v->lock);
}

static void connection_has_news(void *owner)
{
	struct vhost_user *u = owner;

	if (!vhost_user_link_is_lost(&u->link))
		return;
	say(u, "lost its back end, and waits for another");
	lose(u);
	wake_driver(u);
}

static int watch(struct vhost_user *u)
{
	u->connection.fd = u->link.fd;
	return loop_add(&u->device->loop, &u->connection);
}

static void resume(struct vhost_user *u)
{
	int ret = agree(u);

	ret = ret ?: watch(u);
	ret = ret ?: give_if_ready(u);
	lose_if_failed(u, ret);
	if (ret < 0)
		return;
	say(u, "has a back end again");
	wake_driver(u);
}

static void answer_is_there(void *owner)
{
	struct vhost_user *u = owner;
	char text[BACK_END_TEXT];
	int fd = back_end_take(u->channel, text);

	if (fd == -EAGAIN)
		return;
	if (fd == -EPIPE) {
		loop_remove(&u->device->loop, &u->answer);
		return;
	}
	if (fd < 0) {
		event_start_timer(u->retry.fd, vhost_user_retry_ms);
		return;
	}
	u->link.fd = fd;
	u->connected_ms = now_ms();
	resume(u);
}

static void try_again(void *owner)
{
	struct vhost_user *u = owner;

	if (event_take(u->retry.fd))
		back_end_ask(u->channel);
}

/* A kick that has not passed since the last look is held by the back end, and with it a vCPU. */
static void look_at_kicks(void *owner)
{
	struct vhost_user *u = owner;
	struct virtio *v = u->device;
	unsigned int done = atomic_load(&v->kicks_done), begun = atomic_load(&v->kicks_begun);

	if (!event_take(u->look.fd))
		return;
	if (begun != done && done == u->kicks_seen && u->link.fd >= 0) {
		say(u, reason(-EPROTO));
		lose(u);
	}
	u->kicks_seen = done;
	event_start_timer(u->look.fd, LOOK_MS);
}

static int opened(struct virtio *v)
{
	struct vhost_user *u = v->owner;
	int ret;

	u->connection =
		(struct loop_source){.events = POLLIN, .ready = connection_has_news, .owner = u};
	u->answer = (struct loop_source){
		.fd = u->channel, .events = POLLIN, .ready = answer_is_there, .owner = u};
	u->retry = (struct loop_source){
		.fd = event_create_timer(), .events = POLLIN, .ready = try_again, .owner = u};
	u->news = (struct loop_source){
		.fd = event_create(), .events = POLLIN, .ready = driver_has_news, .owner = u};
	u->look = (struct loop_source){
		.fd = event_create_timer(), .events = POLLIN, .ready = look_at_kicks, .owner = u};
	if (u->retry.fd < 0 || u->news.fd < 0 || u->look.fd < 0)
		return -EMFILE;
	u->link.patience.end = v->end;
	event_start_timer(u->look.fd, LOOK_MS);
	ret = loop_add(&v->loop, &u->retry);
	ret = ret ?: loop_add(&v->loop, &u->news);
	ret = ret ?: loop_add(&v->loop, &u->look);
	ret = ret ?: loop_add(&v->loop, &u->answer);
	ret = ret ?: watch(u);
	return ret ?: virtio_calls_open(&u->calls, v, v->type->queues);
}

static void close_user(void *owner)
{
	struct vhost_user *u = owner;

	vhost_user_link_close(&u->link);
	event_close(&u->retry.fd);
	event_close(&u->news.fd);
	event_close(&u->look.fd);
	virtio_calls_close(&u->calls);
	free(u);
}

/* The other process waits for the kicks. */
static void kicked(struct virtio *v, unsigned int queue)
{
}

/* The first connection, without the device's thread. */
static int connect_first(struct vhost_user *u)
{
	struct pollfd p = {.fd = u->channel, .events = POLLIN};
	char text[BACK_END_TEXT] = "";
	int fd = -EAGAIN;

	back_end_ask(u->channel);
	while (fd == -EAGAIN && poll(&p, 1, CONNECT_MS) > 0)
		fd = back_end_take(u->channel, text);
	if (fd < 0)
		return error_set(fd, "%s: %s", u->name, text[0] ? text : strerror(-fd));
	u->link.fd = fd;
	return 0;
}

static int open_user(struct virtio *v, const struct back_end *e, const char *name,
		     struct vhost_user **user)
{
	struct vhost_user *u = calloc(1, sizeof(*u));
	int ret;

	if (!u) {
		error_set(-ENOMEM, "out of memory");
		return -ENOMEM;
	}
	*u = (struct vhost_user){.device = v,
				 .channel = e->channel,
				 .link = {.fd = -1, .patience.end = -1},
				 .retry.fd = -1,
				 .news.fd = -1,
				 .look.fd = -1};
	snprintf(u->name, sizeof(u->name), "%s", name);
	virtio_calls_init(&u->calls);
	ret = connect_first(u);
	if (ret == 0) {
		vhost_user_link_begin(&u->link);
		ret = vhost_user_link_open(&u->link);
		if (ret == 0 && !(u->link.features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
			ret = -EOPNOTSUPP;
		if (ret < 0)
			error_set(ret, "%s: %s", u->name, reason(ret));
	}
	if (ret < 0) {
		close_user(u);
		return ret;
	}
	/* Packed rings would hide which requests were taken and not answered. */
	v->withheld = F_PACKED | (F_COMMON & ~u->link.features);
	u->promised = F_COMMON & u->link.features;
	v->owner = *user = u;
	return 0;
}

/* What the three kinds have in common. */
#define FUNCTIONS                                                                                  \
	.queue_size = QUEUE_SIZE, .opened = opened, .kicked = kicked, .started = started,          \
	.stopped = stopped, .close = close_user

static const struct virtio_type blk_type = {
	.id = VIRTIO_ID_BLOCK, .pci_class = CLASS_STORAGE, .queues = 1, FUNCTIONS};
static const struct virtio_type net_type = {
	.id = VIRTIO_ID_NET, .pci_class = CLASS_NETWORK, .queues = 2, FUNCTIONS};
static const struct virtio_type fs_type = {
	.id = VIRTIO_ID_FS, .pci_class = CLASS_STORAGE, .queues = 1 + FS_QUEUES, FUNCTIONS};

int virtio_user_blk_open(struct virtio *v, const struct disk_config *c, const struct back_end *e)
{
	size_t size = offsetof(struct virtio_blk_config, unused1);
	char name[NAME_SIZE];
	struct vhost_user *u;
	int ret;

	_Static_assert(sizeof(struct virtio_blk_config) <= sizeof(v->config), "it has room");
	snprintf(name, sizeof(name), "--disk %s", c->path);
	if (c->read_only || c->serial[0])
		return error_set(-EINVAL, "%s: a socket: ro and serial are its back end's to say",
				 name);
	ret = open_user(v, e, name, &u);
	if (ret < 0)
		return ret;
	ret = vhost_user_link_config(&u->link, v->config, size);
	if (ret < 0) {
		close_user(u);
		return error_set(ret, "%s: %s", name, reason(ret));
	}
	u->config_size = v->config_size = size;
	v->offered = u->link.features & BLK_FEATURES;
	u->promised |= v->offered;
	v->type = &blk_type;
	return 0;
}

int virtio_user_net_open(struct virtio *v, const struct net_config *c, const struct back_end *e)
{
	struct virtio_net_config config = {.status = VIRTIO_NET_S_LINK_UP};
	struct vhost_user *u;
	int ret = open_user(v, e, "--net user", &u);

	if (ret < 0)
		return ret;
	memcpy(config.mac, c->mac, sizeof(config.mac));
	memcpy(v->config, &config, sizeof(config));
	v->config_size = offsetof(struct virtio_net_config, max_virtqueue_pairs);
	v->offered = VIRTIO_FEATURE(VIRTIO_NET_F_MAC) | VIRTIO_FEATURE(VIRTIO_NET_F_STATUS) |
		     (u->link.features & NET_FEATURES);
	u->promised |= u->link.features & NET_FEATURES;
	v->type = &net_type;
	return 0;
}

int virtio_user_fs_open(struct virtio *v, const struct share_config *c, const struct back_end *e)
{
	struct fs_config config = {.request_queues = FS_QUEUES};
	char name[NAME_SIZE];
	struct vhost_user *u;
	int ret;

	snprintf(name, sizeof(name), "--share %s", c->path);
	ret = open_user(v, e, name, &u);
	if (ret < 0)
		return ret;
	memcpy(config.tag, c->tag, sizeof(config.tag));
	memcpy(v->config, &config, sizeof(config));
	v->config_size = sizeof(config);
	v->type = &fs_type;
	return 0;
}
