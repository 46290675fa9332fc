/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network interfaces, see net.h. A frame on the tap's descriptor has the same head as in a queue
 * (virtio 1.2 section 5.1.6), so that heads pass through as they are. If the host's kernel has
 * vhost-net, it moves the frames between the tap and the queues; else the device's thread does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <util.h>

#include "vmm/dev/virtio/chain.h"
#include "vmm/dev/virtio/net.h"
#include "vmm/dev/virtio/vhost.h"
#include "vmm/lib/error.h"

#define VHOST	   "/dev/vhost-net"
#define QUEUE_SIZE 256
#define CLASS	   0x020000 /* Ethernet */
#define RX	   0
#define TX	   1
#define QUEUES	   2

#define HEAD_SIZE  sizeof(struct virtio_net_hdr_v1)
#define COUNT_AT   offsetof(struct virtio_net_hdr_v1, num_buffers)
#define FRAME_MAX  (KIB(64) + HEAD_SIZE) /* the longest that segmentation makes */
#define CHAINS_MAX 64			 /* that one frame may take */
#define TURN_MAX   64			 /* frames received before others have their turn */

#define HOST_FEATURES                                                                              \
	(VIRTIO_FEATURE(VIRTIO_NET_F_CSUM) | VIRTIO_FEATURE(VIRTIO_NET_F_HOST_TSO4) |              \
	 VIRTIO_FEATURE(VIRTIO_NET_F_HOST_TSO6))
#define GUEST_FEATURES                                                                             \
	(VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_CSUM) | VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_TSO4) |       \
	 VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_TSO6) | VIRTIO_FEATURE(VIRTIO_NET_F_MRG_RXBUF))

struct net {
	struct virtio *device;
	int fd;
	bool is_tap;
	bool is_lost; /* the interface of the host is no more */
	char name[DEVICE_TAP_SIZE];
	struct vhost vhost; /* if the kernel moves the frames */
	struct loop_source
		received; /* paused while the driver has no room; of the device's thread */
	size_t waiting;	  /* bytes of a frame that has no room yet; 0: there is none */
	uint8_t frame[FRAME_MAX];
};

/* A frame that the host does not take is lost, as on a cable. */
static uint32_t send_frame(struct virtio *v, struct virtio_chain *c)
{
	struct net *n = v->owner;
	struct buffers out = {virtio_chain_out(c), c->out_count};
	uint64_t size = buffers_size(&out);

	if (size > HEAD_SIZE && size <= FRAME_MAX)
		(void)!writev(n->fd, out.iov, (int)out.count);
	return 0;
}

static struct buffers room_of(struct virtio_chain *c)
{
	return (struct buffers){virtio_chain_in(c), c->in_count};
}

/*
 * How many chains this many bytes take; they are not taken yet. 0 if there are not enough, -EPROTO
 * if the queue is broken. Without merged buffers a frame has one chain, whatever fits into it.
 */
static int count_chains(struct virtio *v, size_t size)
{
	struct virtio_queue *q = &v->queues[RX];
	const struct virtio_queue mark = *q;
	bool merged = v->accepted & VIRTIO_FEATURE(VIRTIO_NET_F_MRG_RXBUF);
	int ret, count = 0;
	uint64_t room = 0;

	do {
		ret = virtio_queue_pop(q, &v->chain);
		if (ret > 0) {
			struct buffers in = room_of(&v->chain);

			room += buffers_size(&in);
			count++;
		}
	} while (ret > 0 && merged && room < size && count < CHAINS_MAX);
	if (ret >= 0)
		virtio_queue_rewind(q, &mark);
	return ret > 0 ? count : ret;
}

/* Fills one chain. The first has the head, which says how many there are. */
static size_t fill(struct virtio *v, const uint8_t *from, size_t size, bool is_first, int count)
{
	struct buffers in = room_of(&v->chain);
	uint8_t *low = buffers_at(&in, COUNT_AT), *high = buffers_at(&in, COUNT_AT + 1);

	size = buffers_write(&in, from, size);
	if (is_first && high) {
		*low = (uint8_t)count;
		*high = 0;
	}
	return size;
}

/* Gives the driver the frame that waits. False if it has to wait longer. */
static bool deliver(struct virtio *v, struct net *n)
{
	struct virtio_queue *q = &v->queues[RX];
	int i, count = count_chains(v, n->waiting);
	size_t done = 0;

	for (i = 0; i < count; i++) {
		size_t size;

		/* They were there a moment ago; now a hostile driver may have changed them. */
		if (virtio_queue_pop(q, &v->chain) <= 0)
			break;
		size = fill(v, n->frame + done, n->waiting - done, i == 0, count);
		virtio_queue_push(q, &v->chain, (uint32_t)size);
		done += size;
	}
	if (i)
		virtio_queue_publish(q);
	if (q->broken)
		virtio_break(v);
	if (i)
		n->waiting = 0;
	return i > 0;
}

/* Somebody has removed the interface: a cable that is pulled out, and does not come back. */
static void lose_link(struct net *n)
{
	struct virtio_net_config *config = (void *)n->device->config;
	char line[DEVICE_TAP_SIZE + 64];

	n->is_lost = true;
	config->status = 0;
	virtio_config_changed(n->device);
	snprintf(line, sizeof(line), "--net tap=%s: the interface has been removed", n->name);
	error_advise(line, isatty(STDERR_FILENO));
}

/* Reads a frame, unless one waits. False if there is none. */
static bool take_frame(struct net *n)
{
	ssize_t size;

	if (n->waiting)
		return true;
	size = read(n->fd, n->frame, sizeof(n->frame));
	if (size < 0 && errno != EAGAIN && errno != EINTR)
		lose_link(n);
	n->waiting = size > (ssize_t)HEAD_SIZE ? (size_t)size : 0;
	return size > 0;
}

/* Until frames, room for them, or the turn are at an end; then no room means to wait for a kick. */
static void receive(struct virtio *v, struct net *n)
{
	struct virtio_queue *q = &v->queues[RX];
	bool has_room = true;
	unsigned int i;

	if (!q->enabled || n->is_lost)
		return;
	virtio_queue_stop_kicks(q);
	for (i = 0; i < TURN_MAX && has_room && take_frame(n); i++) {
		if (!n->waiting)
			continue;
		has_room = deliver(v, n) || (!q->broken && virtio_queue_start_kicks(q));
	}
	virtio_interrupt(v, RX);
	/* An interface that is gone would be ready for ever. */
	n->received.paused = !has_room || n->is_lost;
}

/* The device's thread: there is a frame on the tap. */
static void frame_is_there(void *owner)
{
	struct net *n = owner;
	struct virtio *v = n->device;

	pthread_mutex_lock(&v->lock);
	if (virtio_is_running(v))
		receive(v, n);
	else
		n->received.paused = true;
	pthread_mutex_unlock(&v->lock);
}

static void kicked(struct virtio *v, unsigned int queue)
{
	struct net *n = v->owner;

	if (queue == TX)
		virtio_serve(v, TX, send_frame);
	else
		receive(v, n);
}

/* Which frames with work left to do the host may give us. */
static void set_offload(struct net *n, uint64_t accepted)
{
	unsigned int offload = 0;

	if (accepted & VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_CSUM)) {
		offload = TUN_F_CSUM;
		if (accepted & VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_TSO4))
			offload |= TUN_F_TSO4;
		if (accepted & VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_TSO6))
			offload |= TUN_F_TSO6;
	}
	if (n->is_tap)
		ioctl(n->fd, TUNSETOFFLOAD, offload);
}

static void started(struct virtio *v)
{
	set_offload(v->owner, v->accepted);
}

static bool stopped(struct virtio *v)
{
	struct net *n = v->owner;

	n->waiting = 0;
	set_offload(n, 0);
	return true;
}

static int opened(struct virtio *v)
{
	struct net *n = v->owner;

	n->received = (struct loop_source){
		.fd = n->fd, .events = POLLIN, .paused = true, .ready = frame_is_there, .owner = n};
	return loop_add(&v->loop, &n->received);
}

static void close_net(void *owner)
{
	struct net *n = owner;

	close(n->fd);
	free(n);
}

static const struct virtio_type type = {
	.id = VIRTIO_ID_NET,
	.pci_class = CLASS,
	.queues = QUEUES,
	.queue_size = QUEUE_SIZE,
	.opened = opened,
	.kicked = kicked,
	.started = started,
	.stopped = stopped,
	.close = close_net,
};

/* vhost-net takes frames from this descriptor and sends them there; -1: it lets go of the queues.
 */
static int set_backend(struct net *n, int fd)
{
	struct vhost_vring_file file = {.fd = fd};
	int ret = 0;

	for (file.index = 0; file.index < QUEUES; file.index++) {
		int err = vhost_ioctl(&n->vhost, VHOST_NET_SET_BACKEND, &file);

		ret = ret ?: err;
	}
	return ret;
}

static void vhost_started(struct virtio *v)
{
	struct net *n = v->owner;

	set_offload(n, v->accepted);
	if (vhost_start(&n->vhost) < 0 || set_backend(n, n->fd) < 0)
		virtio_break(v);
}

/* Returns when the kernel has let go of the rings. */
static bool vhost_stopped(struct virtio *v)
{
	struct net *n = v->owner;

	set_backend(n, -1);
	set_offload(n, 0);
	return true;
}

/* The device's thread: the tap has an error, which is all that the thread waits for there. */
static void tap_is_gone(void *owner)
{
	struct net *n = owner;

	pthread_mutex_lock(&n->device->lock);
	n->received.paused = true;
	lose_link(n);
	pthread_mutex_unlock(&n->device->lock);
}

static int vhost_is_open(struct virtio *v)
{
	struct net *n = v->owner;
	int ret = vhost_opened(&n->vhost);

	n->received = (struct loop_source){.fd = n->fd, .ready = tap_is_gone, .owner = n};
	return ret < 0 ? ret : loop_add(&v->loop, &n->received);
}

/* The kernel takes all kicks. */
static void vhost_kicked(struct virtio *v, unsigned int queue)
{
}

static void close_vhost(void *owner)
{
	struct net *n = owner;

	vhost_close(&n->vhost);
	close_net(n);
}

static const struct virtio_type vhost_type = {
	.id = VIRTIO_ID_NET,
	.pci_class = CLASS,
	.queues = QUEUES,
	.queue_size = QUEUE_SIZE,
	.opened = vhost_is_open,
	.kicked = vhost_kicked,
	.started = vhost_started,
	.stopped = vhost_stopped,
	.close = close_vhost,
};

static int tap_failed(const char *name, int err)
{
	switch (err) {
	case EBUSY:
		return error_set(-err, "--net tap=%s: another process has it open", name);
	case EPERM:
		return error_set(-err, "--net tap=%s: it belongs to another user", name);
	case EINVAL:
		return error_set(-err, "--net tap=%s: it is no tap interface", name);
	default:
		return error_set(-err, "--net tap=%s: %s", name, strerror(err));
	}
}

static int attach(int fd, const char *name)
{
	static const int head_size = HEAD_SIZE;
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};

	memcpy(request.ifr_name, name, strlen(name));
	if (ioctl(fd, TUNSETIFF, &request) || ioctl(fd, TUNSETVNETHDRSZ, &head_size))
		return tap_failed(name, errno);
	return 0;
}

/* Without the look before, a privileged user would get a new interface for a name with a fault. */
static int open_tap(const char *name)
{
	int fd, ret;

	if (!if_nametoindex(name))
		return error_set(-ENODEV,
				 "--net tap=%s: there is no such interface (ip tuntap add %s mode "
				 "tap makes one)",
				 name, name);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_set(-errno, "--net: /dev/net/tun: %s", strerror(errno));
	ret = attach(fd, name);
	if (ret < 0)
		close(fd);
	return ret < 0 ? ret : fd;
}

int virtio_net_open_fd(struct virtio *v, const struct net_config *c, int fd)
{
	struct virtio_net_config config = {.status = VIRTIO_NET_S_LINK_UP};
	struct net *n = calloc(1, sizeof(*n));

	if (!n) {
		close(fd);
		return error_set(-ENOMEM, "out of memory");
	}
	n->device = v;
	n->fd = fd;
	memcpy(n->name, c->tap, sizeof(n->name));
	memcpy(config.mac, c->mac, sizeof(config.mac));
	_Static_assert(sizeof(config) <= sizeof(v->config), "the configuration has room");
	memcpy(v->config, &config, sizeof(config));
	/* What follows is for features that are not offered. */
	v->config_size = offsetof(struct virtio_net_config, max_virtqueue_pairs);
	v->offered = VIRTIO_FEATURE(VIRTIO_NET_F_MAC) | VIRTIO_FEATURE(VIRTIO_NET_F_STATUS) |
		     HOST_FEATURES | GUEST_FEATURES;
	v->type = &type;
	v->owner = n;
	return 0;
}

int virtio_net_open_vhost(struct virtio *v, const struct net_config *c, int fd, int vhost)
{
	int ret = virtio_net_open_fd(v, c, fd);
	struct net *n = v->owner;

	if (ret < 0) {
		close(vhost);
		return ret;
	}
	ret = vhost_init(&n->vhost, v, vhost, QUEUES, "--net");
	if (ret < 0) {
		close_vhost(n);
		return ret;
	}
	v->type = &vhost_type;
	return 0;
}

int virtio_net_open(struct virtio *v, const struct net_config *c)
{
	int ret, vhost, fd = open_tap(c->tap);

	if (fd < 0)
		return fd;
	vhost = open(VHOST, O_RDWR | O_CLOEXEC);
	ret = vhost < 0 ? virtio_net_open_fd(v, c, fd) : virtio_net_open_vhost(v, c, fd, vhost);
	if (ret == 0)
		((struct net *)v->owner)->is_tap = true;
	return ret;
}
