/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest's memory as its virtio devices see it, whatever transport they are on. */
#ifndef VMM_DEV_VIRTIO_RAM_H
#define VMM_DEV_VIRTIO_RAM_H

#include <stdbool.h>

#include "vmm/dev/virtio/virtio.h"

struct vm;

/* It lies where the devices' state does, because they point to it. */
struct virtio_ram {
	struct guest_region region;
	uint64_t shared_bit; /* of a Realm's addresses, 0 without */
	const atomic_int *vm_end;
};

void virtio_ram_init(struct virtio_ram *r, const struct vm *vm);

/*
 * Before virtio_open(): gives a device the memory and the VM's end, and requires what a Realm's
 * driver has to do.
 */
void virtio_ram_give(struct virtio_ram *r, struct virtio *v);

#endif
