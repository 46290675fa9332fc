/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queues that a driver of the host's kernel serves (vhost): it is told where the guest's memory and
 * the rings are, and gets two events for each queue, one for the driver's kicks and one by which it
 * asks for an interrupt. What goes through the rings the VMM does not see.
 *
 * Only memory that the VMM has mapped is passed on, which for a Realm is what it shares.
 */
#ifndef VMM_DEV_VIRTIO_VHOST_H
#define VMM_DEV_VIRTIO_VHOST_H

#include "vmm/dev/virtio/calls.h"

struct vhost {
	int fd;
	struct virtio *device;
	unsigned int queues; /* the device's first ones */
	uint64_t features;   /* of the kernel's driver */
	struct virtio_calls calls;
	struct loop_source broken; /* the kernel's driver gives up a ring that breaks a rule */
};

/*
 * Takes over a descriptor of the kernel's driver, and withholds from the device those features that
 * all other devices have and this driver has not. An error has a text that begins with `what`;
 * vhost_close() comes after either result.
 */
int vhost_init(struct vhost *h, struct virtio *v, int fd, unsigned int queues, const char *what);
void vhost_close(struct vhost *h);

/* For the device's opened(): the kernel's driver gets the memory and the kicks. */
int vhost_opened(struct vhost *h);

/* For started(): the driver gets the rings. Negative: it does not take them. */
int vhost_start(struct vhost *h);

/* One of the kernel's calls; negative errno. */
int vhost_ioctl(struct vhost *h, unsigned long request, void *arg);

#endif
