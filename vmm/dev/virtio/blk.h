/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The block device (virtio 1.2 section 5.2): a raw file, or a block device of the host. It is
 * locked while a VM has it open: one may write, or several may read. The file's size when it was
 * opened is the disk's; where the file is shorter later on, requests fail.
 */
#ifndef VMM_DEV_VIRTIO_BLK_H
#define VMM_DEV_VIRTIO_BLK_H

#include "vmm/dev/config.h"
#include "vmm/dev/virtio/virtio.h"

/* Opens the file and fills in the device, all but its memory. An error has a text. */
int virtio_blk_open(struct virtio *v, const struct disk_config *c);

#endif
