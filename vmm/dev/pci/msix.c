/* SPDX-License-Identifier: BSD-3-Clause */
/* Message-signalled interrupts of a function, see msix.h. */
#include <linux/pci_regs.h>
#include <string.h>

#include "vmm/dev/pci/msix.h"

#define CONTROL_WRITABLE (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)
#define VECTOR_MASKED	 1u
#define BIT_OF(vector)	 (1ULL << (vector))

struct capability {
	uint16_t control;
	uint32_t table;
	uint32_t pending;
} __attribute__((packed));

void msix_reset(struct msix *m)
{
	unsigned int i;

	pthread_mutex_lock(&m->lock);
	m->enabled = m->masked = false;
	m->pending = 0;
	memset(m->entries, 0, sizeof(m->entries));
	for (i = 0; i < m->count; i++)
		m->entries[i].control = VECTOR_MASKED;
	pthread_mutex_unlock(&m->lock);
}

void msix_init(struct msix *m, struct pci_function *f, unsigned int bar, uint32_t table,
	       uint32_t pending)
{
	const struct capability c = {
		.control = (uint16_t)(m->count - 1),
		.table = table | bar,
		.pending = pending | bar,
	};

	pthread_mutex_init(&m->lock, NULL);
	msix_reset(m);
	m->capability = pci_function_add_capability(f, PCI_CAP_ID_MSIX, &c, sizeof(c));
	f->writable[m->capability + PCI_MSIX_FLAGS + 1] = CONTROL_WRITABLE >> 8;
}

/* Under the lock. */
static void send_or_keep(struct msix *m, unsigned int vector)
{
	const struct msix_entry *e = &m->entries[vector];

	if (m->masked || e->control & VECTOR_MASKED) {
		m->pending |= BIT_OF(vector);
		return;
	}
	m->pending &= ~BIT_OF(vector);
	m->send(m->sender, (uint64_t)e->address_high << 32 | e->address_low, e->data);
}

/* After what masks them has changed. Under the lock. */
static void send_pending(struct msix *m)
{
	unsigned int i;

	for (i = 0; i < m->count && m->enabled; i++) {
		if (m->pending & BIT_OF(i))
			send_or_keep(m, i);
	}
}

void msix_config_written(struct msix *m, struct pci_function *f, unsigned int offset,
			 unsigned int size)
{
	uint16_t control = pci_function_get16(f, m->capability + PCI_MSIX_FLAGS);

	if (offset + size <= m->capability || offset >= m->capability + PCI_CAP_MSIX_SIZEOF)
		return;
	pthread_mutex_lock(&m->lock);
	m->enabled = control & PCI_MSIX_FLAGS_ENABLE;
	m->masked = control & PCI_MSIX_FLAGS_MASKALL;
	send_pending(m);
	pthread_mutex_unlock(&m->lock);
}

/* Inside of the table, and not across an entry's words. */
static bool is_in_table(const struct msix *m, uint32_t offset, unsigned int size)
{
	return (size == 4 || size == 8) && offset % size == 0 &&
	       offset < m->count * MSIX_ENTRY_SIZE;
}

uint64_t msix_read(struct msix *m, uint32_t offset, unsigned int size)
{
	uint64_t value = 0;

	if (!is_in_table(m, offset, size))
		return 0;
	pthread_mutex_lock(&m->lock);
	memcpy(&value, (const uint8_t *)m->entries + offset, size);
	pthread_mutex_unlock(&m->lock);
	return value;
}

void msix_write(struct msix *m, uint32_t offset, unsigned int size, uint64_t value)
{
	if (!is_in_table(m, offset, size))
		return;
	pthread_mutex_lock(&m->lock);
	memcpy((uint8_t *)m->entries + offset, &value, size);
	send_pending(m);
	pthread_mutex_unlock(&m->lock);
}

uint64_t msix_read_pending(struct msix *m, uint32_t offset, unsigned int size)
{
	uint64_t value = 0;

	if (offset >= sizeof(m->pending) || size > sizeof(m->pending) - offset)
		return 0;
	pthread_mutex_lock(&m->lock);
	memcpy(&value, (const uint8_t *)&m->pending + offset, size);
	pthread_mutex_unlock(&m->lock);
	return value;
}

bool msix_is_enabled(struct msix *m)
{
	bool enabled;

	pthread_mutex_lock(&m->lock);
	enabled = m->enabled;
	pthread_mutex_unlock(&m->lock);
	return enabled;
}

void msix_raise(struct msix *m, unsigned int vector)
{
	pthread_mutex_lock(&m->lock);
	if (vector < m->count && m->enabled)
		send_or_keep(m, vector);
	pthread_mutex_unlock(&m->lock);
}
