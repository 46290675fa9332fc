/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * See vhost_user.h. The lock of the device guards the link. Only the device's thread replaces it; a
 * vCPU's thread that finds the back end at fault ends the connection, and the device's thread sees
 * that as it sees a back end that has gone.
 */
#include <errno.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
	struct vhost_user_link link;
	size_t config_size; /* of what is the back end's to say; 0: nothing is */
	bool served_before; /* since the driver's last reset, by a back end or another */
	struct virtio_calls calls;
	struct loop_source connection, answer, retry;
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

/* Once more than before with the same back end's rights: what the guest was offered has to hold. */
static int agree(struct vhost_user *u)
{
	const struct virtio *v = u->device;
	uint8_t config[sizeof(v->config)];
	int ret = vhost_user_link_open(&u->link);

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

static int give_ring(struct vhost_user *u, unsigned int i)
{
	const struct virtio_queue *q = &u->device->queues[i];
	struct vhost_user_ring r = {
		.index = i,
		.size = q->size,
		.base = u->served_before ? virtio_inflight_recover(q) : 0,
		.desc = (uintptr_t)q->desc_at,
		.avail = (uintptr_t)q->driver_at,
		.used = (uintptr_t)q->device_at,
		.kick = u->device->kicks[i].fd,
		.call = u->calls.list[i].source.fd,
	};

	return q->enabled ? vhost_user_link_start(&u->link, &r) : 0;
}

/* The driver is ready, and so is the back end. */
static int give_rings(struct vhost_user *u)
{
	struct virtio *v = u->device;
	uint64_t features = v->accepted & ~F_ACCESS;
	unsigned int i;
	int ret;

	/* The device's own ones the back end need not know. */
	features &= u->link.features;
	if (v->accepted & F_COMMON & ~u->link.features)
		return -ENXIO;
	ret = vhost_user_link_features(&u->link, features);
	ret = ret ?: give_memory(u);
	for (i = 0; i < v->type->queues && ret == 0; i++)
		ret = give_ring(u, i);
	u->served_before = true;
	return ret;
}

/* Any thread that has the lock: the device's one does the rest. */
static void hang_up(struct vhost_user *u, int err)
{
	say(u, reason(err));
	shutdown(u->link.fd, SHUT_RDWR);
}

static void started(struct virtio *v)
{
	struct vhost_user *u = v->owner;
	int ret = u->link.fd < 0 ? 0 : give_rings(u);

	if (ret < 0)
		hang_up(u, ret);
}

static void stopped(struct virtio *v)
{
	struct vhost_user *u = v->owner;
	unsigned int i;
	int ret = 0;

	if (u->served_before && u->link.fd >= 0) {
		for (i = 0; i < v->type->queues && ret == 0; i++)
			ret = vhost_user_link_stop(&u->link, i);
		if (ret < 0)
			hang_up(u, ret);
	}
	u->served_before = false;
}

/* Who waits for a kick or an interrupt that the old back end owed gets it. */
static void wake_both(struct vhost_user *u)
{
	struct virtio *v = u->device;
	unsigned int i;

	for (i = 0; i < v->type->queues && virtio_is_running(v); i++) {
		event_signal(v->kicks[i].fd);
		if (v->queues[i].enabled)
			v->interrupt(v->transport, (int)i);
	}
}

/* The device's thread, as all that follows. Under the lock. */
static void lose(struct vhost_user *u)
{
	loop_remove(&u->device->loop, &u->connection);
	vhost_user_link_close(&u->link);
	event_start_timer(u->retry.fd, vhost_user_retry_ms);
}

static void connection_has_news(void *owner)
{
	struct vhost_user *u = owner;
	struct virtio *v = u->device;

	pthread_mutex_lock(&v->lock);
	/* A reply that a vCPU's thread waited for is taken by now. */
	if (u->link.fd >= 0 && vhost_user_link_is_lost(&u->link)) {
		say(u, "lost its back end, and waits for another");
		lose(u);
		wake_both(u);
	}
	pthread_mutex_unlock(&v->lock);
}

static int watch(struct vhost_user *u)
{
	u->connection.fd = u->link.fd;
	return loop_add(&u->device->loop, &u->connection);
}

static void resume(struct vhost_user *u)
{
	int ret = agree(u);

	if (ret == 0)
		ret = watch(u);
	if (ret == 0 && virtio_is_running(u->device))
		ret = give_rings(u);
	if (ret < 0) {
		say(u, reason(ret));
		lose(u);
		return;
	}
	say(u, "has a back end again");
	wake_both(u);
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
	pthread_mutex_lock(&u->device->lock);
	u->link.fd = fd;
	resume(u);
	pthread_mutex_unlock(&u->device->lock);
}

static void try_again(void *owner)
{
	struct vhost_user *u = owner;

	if (event_take(u->retry.fd))
		back_end_ask(u->channel);
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
	ret = u->retry.fd < 0 ? u->retry.fd : loop_add(&v->loop, &u->retry);
	ret = ret ?: loop_add(&v->loop, &u->answer);
	ret = ret ?: watch(u);
	return ret ?: virtio_calls_open(&u->calls, v, v->type->queues);
}

static void close_user(void *owner)
{
	struct vhost_user *u = owner;

	vhost_user_link_close(&u->link);
	event_close(&u->retry.fd);
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
	*u = (struct vhost_user){.device = v, .channel = e->channel, .link.fd = -1, .retry.fd = -1};
	snprintf(u->name, sizeof(u->name), "%s", name);
	virtio_calls_init(&u->calls);
	ret = connect_first(u);
	if (ret == 0) {
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
	v->owner = *user = u;
	return 0;
}

static const struct virtio_type blk_type = {
	.id = VIRTIO_ID_BLOCK,
	.pci_class = CLASS_STORAGE,
	.queues = 1,
	.queue_size = QUEUE_SIZE,
	.opened = opened,
	.kicked = kicked,
	.started = started,
	.stopped = stopped,
	.close = close_user,
};

static const struct virtio_type net_type = {
	.id = VIRTIO_ID_NET,
	.pci_class = CLASS_NETWORK,
	.queues = 2,
	.queue_size = QUEUE_SIZE,
	.opened = opened,
	.kicked = kicked,
	.started = started,
	.stopped = stopped,
	.close = close_user,
};

static const struct virtio_type fs_type = {
	.id = VIRTIO_ID_FS,
	.pci_class = CLASS_STORAGE,
	.queues = 1 + FS_QUEUES,
	.queue_size = QUEUE_SIZE,
	.opened = opened,
	.kicked = kicked,
	.started = started,
	.stopped = stopped,
	.close = close_user,
};

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
