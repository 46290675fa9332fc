/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The register block of a virtio device without a bus (virtio 1.2 section 4.2). It needs neither
 * PCI nor messages, so that every guest can have such a device, and one whose kernel loads no
 * driver for it pays nothing.
 */
#ifndef VMM_DEV_VIRTIO_MMIO_H
#define VMM_DEV_VIRTIO_MMIO_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/dev/virtio/virtio.h"

#define VIRTIO_MMIO_SIZE 0x200

struct vm;

struct virtio_mmio {
	struct vm *vm;
	struct virtio *device;
	unsigned int spi;

	/* Under the device's lock. */
	uint32_t offered_select, accepted_select, queue_select;
	uint32_t pending; /* reasons of the interrupt that the driver has not acknowledged */
};

/* Connects a device that is open, but does not run, with its interrupt. */
void virtio_mmio_open(struct virtio_mmio *m, struct vm *vm, unsigned int spi, struct virtio *v);

/* Device and registers are as virtio_mmio_open() left them. No vCPU runs. */
void virtio_mmio_reset(struct virtio_mmio *m);

/* The driver's accesses, by any vCPU's thread. */
uint64_t virtio_mmio_read(struct virtio_mmio *m, uint64_t offset, unsigned int size);
void virtio_mmio_write(struct virtio_mmio *m, uint64_t offset, unsigned int size, uint64_t value);

#endif
