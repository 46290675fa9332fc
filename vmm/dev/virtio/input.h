/* SPDX-License-Identifier: BSD-3-Clause */
/* A keyboard with one key, the one that powers off (virtio 1.2 section 5.8). */
#ifndef VMM_DEV_VIRTIO_INPUT_H
#define VMM_DEV_VIRTIO_INPUT_H

#include "vmm/dev/virtio/virtio.h"

void virtio_input_open(struct virtio *v);

/*
 * Presses the key and lets go of it. -ENOTCONN if no driver is ready, -EAGAIN if it has no room for
 * so many events. Any thread, without the device's lock.
 */
int virtio_input_press(struct virtio *v);

#endif
