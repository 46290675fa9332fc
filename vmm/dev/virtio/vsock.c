/* SPDX-License-Identifier: BSD-3-Clause */
/* Sockets to the host, see vsock.h. The kernel serves the first two queues. */
#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_vsock.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/dev/virtio/vhost.h"
#include "vmm/dev/virtio/vsock.h"
#include "vmm/lib/error.h"

#define DEVICE	   "/dev/vhost-vsock"
#define QUEUE_SIZE 128
#define CLASS	   0x078000 /* communication, other */
#define QUEUES	   3	    /* received, sent, events */
#define SERVED	   2

struct vsock {
	struct vhost vhost;
};

/* Events tell of a guest that has moved to another host, which does not happen. */
static void kicked(struct virtio *v, unsigned int queue)
{
}

static int run(struct vsock *s, int on)
{
	return vhost_ioctl(&s->vhost, VHOST_VSOCK_SET_RUNNING, &on);
}

static void started(struct virtio *v)
{
	struct vsock *s = v->owner;

	if (vhost_start(&s->vhost) < 0 || run(s, 1) < 0)
		virtio_break(v);
}

/* Returns when the kernel has let go of the rings. */
static bool stopped(struct virtio *v)
{
	run(v->owner, 0);
	return true;
}

static int opened(struct virtio *v)
{
	struct vsock *s = v->owner;

	return vhost_opened(&s->vhost);
}

static void close_vsock(void *owner)
{
	struct vsock *s = owner;

	vhost_close(&s->vhost);
	free(s);
}

static const struct virtio_type type = {
	.id = VIRTIO_ID_VSOCK,
	.pci_class = CLASS,
	.queues = QUEUES,
	.queue_size = QUEUE_SIZE,
	.opened = opened,
	.kicked = kicked,
	.started = started,
	.stopped = stopped,
	.close = close_vsock,
};

static int set_cid(struct vsock *s, uint64_t cid)
{
	int ret = vhost_ioctl(&s->vhost, VHOST_VSOCK_SET_GUEST_CID, &cid);

	if (ret == -EADDRINUSE)
		return error_set(ret, "--vsock %u: another guest has this number", (uint32_t)cid);
	return ret < 0 ? error_set(ret, "--vsock %u: %s", (uint32_t)cid, strerror(-ret)) : 0;
}

int virtio_vsock_open_fd(struct virtio *v, uint32_t cid, int fd)
{
	const struct virtio_vsock_config config = {.guest_cid = cid};
	struct vsock *s = calloc(1, sizeof(*s));
	int ret;

	if (!s) {
		close(fd);
		return error_set(-ENOMEM, "out of memory");
	}
	ret = vhost_init(&s->vhost, v, fd, SERVED, "--vsock");
	if (ret == 0)
		ret = set_cid(s, cid);
	if (ret < 0) {
		close_vsock(s);
		return ret;
	}
	memcpy(v->config, &config, sizeof(config));
	v->config_size = sizeof(config);
	v->offered = s->vhost.features & VIRTIO_FEATURE(VIRTIO_VSOCK_F_SEQPACKET);
	v->type = &type;
	v->owner = s;
	return 0;
}

int virtio_vsock_open(struct virtio *v, uint32_t cid)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_set(-errno, "--vsock: " DEVICE ": %s (module vhost_vsock)",
				 strerror(errno));
	return virtio_vsock_open_fd(v, cid, fd);
}
