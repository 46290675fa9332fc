/* SPDX-License-Identifier: BSD-3-Clause */
/* A function's configuration space, see function.h. */
#include <linux/pci_regs.h>
#include <string.h>

#include "vmm/dev/pci/function.h"

#define COMMANDS    (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE)
#define PIN_A	    1
#define HEADER_SIZE 0x40
#define CAP_ALIGN   4u
#define CAP_DATA    2 /* behind its id and the link */
#define CACHE_LINE  PCI_CACHE_LINE_SIZE
#define BAR_AT(i)   (PCI_BASE_ADDRESS_0 + 4 * (i))
#define LINE_AT	    PCI_INTERRUPT_LINE
#define BYTE_ALL    0xff

static void set(uint8_t *at, uint32_t value, unsigned int size)
{
	memcpy(at, &value, size);
}

static uint32_t get(const uint8_t *at, unsigned int size)
{
	uint32_t value = 0;

	memcpy(&value, at, size);
	return value;
}

uint16_t pci_function_get16(const struct pci_function *f, unsigned int offset)
{
	return (uint16_t)get(&f->config[offset], 2);
}

uint32_t pci_function_get32(const struct pci_function *f, unsigned int offset)
{
	return get(&f->config[offset], 4);
}

void pci_function_set16(struct pci_function *f, unsigned int offset, uint16_t value)
{
	set(&f->config[offset], value, 2);
}

void pci_function_set32(struct pci_function *f, unsigned int offset, uint32_t value)
{
	set(&f->config[offset], value, 4);
}

void pci_function_init(struct pci_function *f, const struct pci_identity *id)
{
	memset(f->config, 0, sizeof(f->config));
	memset(f->writable, 0, sizeof(f->writable));
	memset(f->bar_sizes, 0, sizeof(f->bar_sizes));
	pci_function_set16(f, PCI_VENDOR_ID, id->vendor);
	pci_function_set16(f, PCI_DEVICE_ID, id->device);
	pci_function_set32(f, PCI_CLASS_REVISION, id->class << 8 | id->revision);
	pci_function_set16(f, PCI_SUBSYSTEM_VENDOR_ID, id->subsystem_vendor);
	pci_function_set16(f, PCI_SUBSYSTEM_ID, id->subsystem);
	f->config[PCI_INTERRUPT_PIN] = PIN_A;
	set(&f->writable[PCI_COMMAND], COMMANDS, 2);
	f->writable[CACHE_LINE] = BYTE_ALL;
	f->writable[LINE_AT] = BYTE_ALL;
	f->last = 0;
	f->end = HEADER_SIZE;
}

/* The low bits of a BAR stay 0, which also says its kind; so the driver finds out its size. */
void pci_function_add_bar(struct pci_function *f, unsigned int bar, uint32_t size)
{
	f->bar_sizes[bar] = size;
	set(&f->writable[BAR_AT(bar)], ~(size - 1), 4);
}

unsigned int pci_function_add_capability(struct pci_function *f, uint8_t id, const void *data,
					 unsigned int size)
{
	unsigned int at = f->end;

	f->config[at] = id;
	memcpy(&f->config[at + CAP_DATA], data, size);
	f->config[f->last ? f->last + 1 : PCI_CAPABILITY_LIST] = (uint8_t)at;
	f->config[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	f->last = at;
	f->end = (at + CAP_DATA + size + CAP_ALIGN - 1) & ~(CAP_ALIGN - 1);
	return at;
}

/* What the driver may write is 0 at the start, everywhere. */
void pci_function_reset(struct pci_function *f)
{
	size_t i;

	for (i = 0; i < PCI_CONFIG_SIZE; i++)
		f->config[i] &= (uint8_t)~f->writable[i];
}

uint32_t pci_function_read(struct pci_function *f, unsigned int offset, unsigned int size)
{
	if (f->ops->before_read)
		f->ops->before_read(f->owner, offset, size);
	return get(&f->config[offset], size);
}

void pci_function_write(struct pci_function *f, unsigned int offset, unsigned int size,
			uint32_t value)
{
	uint32_t may = get(&f->writable[offset], size);

	set(&f->config[offset], (get(&f->config[offset], size) & ~may) | (value & may), size);
	if (f->ops->after_write)
		f->ops->after_write(f->owner, offset, size);
}

bool pci_function_decodes(const struct pci_function *f, uint64_t address, unsigned int size,
			  unsigned int *bar, uint32_t *offset)
{
	unsigned int i;

	if (!(pci_function_get16(f, PCI_COMMAND) & PCI_COMMAND_MEMORY))
		return false;
	for (i = 0; i < PCI_BARS; i++) {
		uint64_t base = pci_function_get32(f, BAR_AT(i));

		/* Aligned to its size, so that an aligned access lies in it with all its bytes. */
		if (f->bar_sizes[i] && address >= base && address - base < f->bar_sizes[i] &&
		    size <= f->bar_sizes[i] - (address - base)) {
			*bar = i;
			*offset = (uint32_t)(address - base);
			return true;
		}
	}
	return false;
}
