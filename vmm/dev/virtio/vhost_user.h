/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices that another process serves by the vhost-user protocol: disks (qemu-storage-daemon),
 * network interfaces (passt) and shared folders (virtiofsd). The back end gets the file behind the
 * guest's memory, which for a Realm is what it shares, the rings, and two events for each queue.
 *
 * The device's thread alone waits for the back end, vCPUs never. When the back end is gone,
 * requests wait in the rings, and the device's thread asks for a new connection until there is one.
 * Requests that the old one had taken and not answered are given to the new one.
 */
#ifndef VMM_DEV_VIRTIO_VHOST_USER_H
#define VMM_DEV_VIRTIO_VHOST_USER_H

#include "vmm/dev/vhost_user/back_ends.h"
#include "vmm/dev/virtio/virtio.h"

/* How long it takes until the first attempt to connect again, in ms; a test sets less. */
extern unsigned int vhost_user_retry_ms;

/* Wait for the first connection. An error has a text. */
int virtio_user_blk_open(struct virtio *v, const struct disk_config *c, const struct back_end *e);
int virtio_user_net_open(struct virtio *v, const struct net_config *c, const struct back_end *e);
int virtio_user_fs_open(struct virtio *v, const struct share_config *c, const struct back_end *e);

#endif
