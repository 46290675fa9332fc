/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One PCI function's configuration space: type 0 header, base address registers, capabilities (PCI
 * Local Bus 3.0 chapter 6). A device fills it in, the driver reads and writes it through the bus
 * (bus.h), which holds a lock meanwhile.
 */
#ifndef VMM_DEV_PCI_FUNCTION_H
#define VMM_DEV_PCI_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_CONFIG_SIZE 256
#define PCI_BARS	6

struct pci_function;

/* What a function does; any of them may be NULL. */
struct pci_function_ops {
	/*
	 * An access of 1, 2, 4 or 8 bytes, aligned, all in this BAR, by a vCPU's thread. Without
	 * the bus's lock, but for those that come through the configuration space.
	 */
	uint64_t (*read)(void *owner, unsigned int bar, uint32_t offset, unsigned int size);
	void (*write)(void *owner, unsigned int bar, uint32_t offset, unsigned int size,
		      uint64_t value);

	/* Before the driver reads these bytes of the configuration space, and after it wrote. */
	void (*before_read)(void *owner, unsigned int offset, unsigned int size);
	void (*after_write)(void *owner, unsigned int offset, unsigned int size);
};

struct pci_function {
	const struct pci_function_ops *ops;
	void *owner;
	unsigned int slot; /* its device number */
	uint8_t config[PCI_CONFIG_SIZE];
	uint8_t writable[PCI_CONFIG_SIZE]; /* bits that the driver may change */
	uint32_t bar_sizes[PCI_BARS];	   /* 0: there is no such BAR */
	unsigned int last;		   /* where the last capability is */
	unsigned int end;		   /* of the capabilities */
};

struct pci_identity {
	uint16_t vendor, device, subsystem_vendor, subsystem;
	uint8_t revision;
	uint32_t class; /* class, subclass and interface */
};

/* Starts with a header, one interrupt pin and nothing else. ops and owner are set already. */
void pci_function_init(struct pci_function *f, const struct pci_identity *id);

/* Adds a BAR for memory below 4 GiB; the size is a power of two from 4096 on. */
void pci_function_add_bar(struct pci_function *f, unsigned int bar, uint32_t size);

/*
 * Adds a capability: `size` bytes that follow the link to the next one. Returns where it begins in
 * the configuration space.
 */
unsigned int pci_function_add_capability(struct pci_function *f, uint8_t id, const void *data,
					 unsigned int size);

/* Takes back all that the driver has written. */
void pci_function_reset(struct pci_function *f);

/* Values in the configuration space, little-endian. The driver's rights do not matter. */
uint16_t pci_function_get16(const struct pci_function *f, unsigned int offset);
uint32_t pci_function_get32(const struct pci_function *f, unsigned int offset);
void pci_function_set16(struct pci_function *f, unsigned int offset, uint16_t value);
void pci_function_set32(struct pci_function *f, unsigned int offset, uint32_t value);

/* The driver's accesses, aligned and of 1, 2 or 4 bytes. */
uint32_t pci_function_read(struct pci_function *f, unsigned int offset, unsigned int size);
void pci_function_write(struct pci_function *f, unsigned int offset, unsigned int size,
			uint32_t value);

/* Whether an access of memory is in one of the function's BARs, and where in it. */
bool pci_function_decodes(const struct pci_function *f, uint64_t address, unsigned int size,
			  unsigned int *bar, uint32_t *offset);

#endif
