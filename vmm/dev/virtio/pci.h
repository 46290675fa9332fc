/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The modern PCI transport of virtio devices (virtio 1.2 section 4.1): one BAR with the common
 * configuration, interrupt status, the device's own configuration, notifications, and the MSI-X
 * table. Interrupts are messages where the driver has turned MSI-X on, else the function's pin.
 */
#ifndef VMM_DEV_VIRTIO_PCI_H
#define VMM_DEV_VIRTIO_PCI_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/dev/pci/function.h"
#include "vmm/dev/pci/msix.h"
#include "vmm/dev/virtio/virtio.h"

/* What lies where in the BAR. */
#define VIRTIO_BAR	   0
#define VIRTIO_BAR_SIZE	   0x8000u
#define VIRTIO_BAR_PART	   0x1000u
#define VIRTIO_BAR_COMMON  0x0000u
#define VIRTIO_BAR_ISR	   0x1000u
#define VIRTIO_BAR_DEVICE  0x2000u
#define VIRTIO_BAR_NOTIFY  0x3000u
#define VIRTIO_BAR_MSIX	   0x4000u
#define VIRTIO_BAR_PENDING 0x5000u
#define VIRTIO_NOTIFY_STEP 4u /* between the places of two queues */

struct vm;
struct pci_bus;

struct virtio_pci {
	struct vm *vm;
	struct virtio *device;
	struct pci_function function;
	struct msix msix;
	unsigned int access; /* where the capability is by which the BAR is reached without it */

	/* Under the device's lock. */
	uint32_t offered_select, accepted_select;
	uint16_t queue_select;
	uint16_t config_vector, queue_vectors[VIRTIO_QUEUES_MAX];

	pthread_mutex_t pin_lock;
	uint8_t isr;
	bool pin_off; /* by the driver */
	bool level;   /* as KVM was told last */
};

/*
 * Puts a device that is open, but does not run, on the bus. -ENOSPC with an error text if the bus
 * is full.
 */
int virtio_pci_open(struct virtio_pci *p, struct vm *vm, struct pci_bus *bus, struct virtio *v);

/* Device, registers and interrupts are as virtio_pci_open() left them. No vCPU runs. */
void virtio_pci_reset(struct virtio_pci *p);

#endif
