/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests in a split ring that were taken and never answered, because who served it is gone. */
#ifndef VMM_DEV_VIRTIO_INFLIGHT_H
#define VMM_DEV_VIRTIO_INFLIGHT_H

#include "vmm/dev/virtio/queue.h"

/*
 * Makes the requests that have no answer the last of those that the driver has made available, and
 * returns the index of the first of them: from there on another may serve the ring. Drivers do not
 * look at entries of the available ring that they have published, so that they may be put in
 * another order.
 *
 * Nobody but the driver may use the ring meanwhile. One that breaks the rules gets requests twice,
 * or never answered; nothing outside of its ring changes.
 */
uint16_t virtio_inflight_recover(const struct virtio_queue *q);

#endif
