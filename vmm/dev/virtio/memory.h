/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What of the guest's memory devices can reach: of a Realm that is only what it shares. Addresses
 * come from the driver, and a Realm's kernel may or may not have set the bit in them that says
 * shared: both forms are taken. Pure; any thread.
 */
#ifndef VMM_DEV_VIRTIO_MEMORY_H
#define VMM_DEV_VIRTIO_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Guest-physical memory that lies at `host` in this process; it does not move. */
struct guest_region {
	uint64_t base;
	uint64_t size;
	uint8_t *host;
	int fd; /* the file of which it is the beginning, for other processes; -1: none */
};

struct guest_memory {
	const struct guest_region *regions;
	size_t count;
	uint64_t shared_bit; /* ignored in addresses; 0: there is none */
};

/* Where `size` bytes at this guest-physical address are, or NULL if they are not all in a region.
 */
static inline uint8_t *guest_memory_at(const struct guest_memory *m, uint64_t address,
				       uint64_t size)
{
	size_t i;

	address &= ~m->shared_bit;
	for (i = 0; i < m->count; i++) {
		const struct guest_region *r = &m->regions[i];
		uint64_t offset = address - r->base;

		if (address >= r->base && size <= r->size && offset <= r->size - size)
			return r->host + offset;
	}
	return NULL;
}

#endif
