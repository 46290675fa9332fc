/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entropy device (virtio 1.2 section 5.4): random bytes of the host. A Realm must not rely on
 * them, because the host knows them.
 */
#ifndef VMM_DEV_VIRTIO_RNG_H
#define VMM_DEV_VIRTIO_RNG_H

#include "vmm/dev/virtio/virtio.h"

/* Fills in the device, all but its memory. */
void virtio_rng_open(struct virtio *v);

#endif
