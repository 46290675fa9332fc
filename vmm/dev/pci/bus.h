/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI host bridge: one bus, configuration space by ECAM, and a window of memory in which the
 * driver places the functions' BARs (device tree binding pci-host-ecam-generic). A function's
 * interrupt pin goes to a line of its own, which its slot numbers.
 */
#ifndef VMM_DEV_PCI_BUS_H
#define VMM_DEV_PCI_BUS_H

#include <pthread.h>
#include <stdint.h>

#include "vmm/dev/pci/function.h"

#define PCI_SLOTS 16

/* Guest-physical addresses of the regions, in their order. */
#define PCI_ECAM_BASE	0x30000000ULL
#define PCI_ECAM_SIZE	0x100000ULL /* one bus */
#define PCI_WINDOW_BASE 0x10000000ULL
#define PCI_WINDOW_SIZE 0x20000000ULL

#define PCI_SPI_FIRST 16 /* that of slot 0; the others follow */

struct tree;

struct pci_bus {
	pthread_mutex_t lock; /* of the configuration spaces */
	struct pci_function *functions[PCI_SLOTS];
};

/* No functions. */
void pci_bus_init(struct pci_bus *b);

/* Puts a function into the lowest free slot. -ENOSPC with an error text if there is none. */
int pci_bus_add(struct pci_bus *b, struct pci_function *f);

/* The driver's accesses, see read and write of struct device. Region 0 is ECAM, 1 the window. */
uint64_t pci_bus_read(struct pci_bus *b, unsigned int region, uint64_t offset, unsigned int size);
void pci_bus_write(struct pci_bus *b, unsigned int region, uint64_t offset, unsigned int size,
		   uint64_t value);

/* Writes the host bridge's node. Pure. */
void pci_bus_node(struct tree *t);

#endif
