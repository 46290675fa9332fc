/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MSI-X (PCI Local Bus 3.0 section 6.8.2): the capability, the table of vectors and the array of
 * pending bits. The driver programs it, the device raises vectors. Any thread: it has its own lock.
 */
#ifndef VMM_DEV_PCI_MSIX_H
#define VMM_DEV_PCI_MSIX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/dev/pci/function.h"

#define MSIX_VECTORS_MAX 64
#define MSIX_ENTRY_SIZE	 16

struct msix_entry {
	uint32_t address_low, address_high;
	uint32_t data;
	uint32_t control;
};

struct msix {
	/* Sends a message. Under the lock; set by the owner, `sender` belongs to it. */
	void (*send)(void *sender, uint64_t address, uint32_t data);
	void *sender;
	unsigned int count; /* vectors, at most MSIX_VECTORS_MAX */
	unsigned int capability;

	pthread_mutex_t lock;
	bool enabled, masked; /* by the capability, all vectors at once */
	uint64_t pending;
	struct msix_entry entries[MSIX_VECTORS_MAX];
};

/* Adds the capability to a function; table and pending bits lie in this BAR. send etc. are set. */
void msix_init(struct msix *m, struct pci_function *f, unsigned int bar, uint32_t table,
	       uint32_t pending);

/* Off, all vectors masked and empty. */
void msix_reset(struct msix *m);

/* The driver has written these bytes of the configuration space. */
void msix_config_written(struct msix *m, struct pci_function *f, unsigned int offset,
			 unsigned int size);

/* The driver's accesses of the table, offset from its start; 4 or 8 bytes, aligned. */
uint64_t msix_read(struct msix *m, uint32_t offset, unsigned int size);
void msix_write(struct msix *m, uint32_t offset, unsigned int size, uint64_t value);

/* The pending bits, which the driver only reads. */
uint64_t msix_read_pending(struct msix *m, uint32_t offset, unsigned int size);

/* Whether the driver has MSI-X on, instead of the interrupt pin. */
bool msix_is_enabled(struct msix *m);

/* Sends the vector's message, or keeps it pending while it is masked. No such vector: nothing. */
void msix_raise(struct msix *m, unsigned int vector);

#endif
