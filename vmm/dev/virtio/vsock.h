/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The socket device (virtio 1.2 section 5.10): AF_VSOCK between the guest and the host, served by
 * vhost-vsock of the host's kernel.
 */
#ifndef VMM_DEV_VIRTIO_VSOCK_H
#define VMM_DEV_VIRTIO_VSOCK_H

#include "vmm/dev/virtio/virtio.h"

/* Opens vhost-vsock and fills in the device, all but its memory. An error has a text. */
int virtio_vsock_open(struct virtio *v, uint32_t cid);

/* The same over a descriptor that is like vhost-vsock's, which it takes over. For tests. */
int virtio_vsock_open_fd(struct virtio *v, uint32_t cid, int fd);

#endif
