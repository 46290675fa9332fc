/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The network device (virtio 1.2 section 5.1) over a tap interface of the host, which somebody has
 * set up before and may use by its owner or group. vhost-net of the host's kernel serves the queues
 * where this process may open it, else the device does. Checksums and segmentation are left to the
 * driver or the host, as the driver accepts it.
 */
#ifndef VMM_DEV_VIRTIO_NET_H
#define VMM_DEV_VIRTIO_NET_H

#include "vmm/dev/config.h"
#include "vmm/dev/virtio/virtio.h"

/* Opens the tap interface and fills in the device, all but its memory. An error has a text. */
int virtio_net_open(struct virtio *v, const struct net_config *c);

/* The same over a descriptor that is like a tap's, which it takes over. For tests. */
int virtio_net_open_fd(struct virtio *v, const struct net_config *c, int fd);

/* The same with a descriptor of vhost-net, which it takes over, too. */
int virtio_net_open_vhost(struct virtio *v, const struct net_config *c, int fd, int vhost);

#endif
