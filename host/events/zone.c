// SPDX-License-Identifier: GPL-2.0-only
/* See zone.h. */
#include <linux/compiler.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include <asm/barrier.h>
#include <asm/page.h>

#include "host/events/zone.h"

struct cca_zone cca_zone_of(const struct kvm_coalesced_mmio_zone *args)
{
	return (struct cca_zone){.address = args->addr, .size = args->size, .pio = args->pio};
}

bool cca_zone_has(const struct cca_zone *zone, const struct cca_zone *bytes)
{
	u64 offset = bytes->address - zone->address;

	return zone->pio == bytes->pio && bytes->address >= zone->address && offset <= zone->size &&
	       bytes->size <= zone->size - offset;
}

unsigned int cca_zone_remove(struct cca_zone *zones, unsigned int nr, const struct cca_zone *bytes)
{
	unsigned int i, left = 0;

	for (i = 0; i < nr; i++) {
		if (!cca_zone_has(&zones[i], bytes))
			zones[left++] = zones[i];
	}
	return left;
}

/* The ring is user space's to write as well: each index is read once, then checked. */
bool cca_ring_put(struct kvm_coalesced_mmio_ring *ring, u64 address, unsigned int len, u64 data)
{
	u32 last = READ_ONCE(ring->last), next = (last + 1) % KVM_COALESCED_MMIO_MAX;
	struct kvm_coalesced_mmio *entry;

	if (last >= KVM_COALESCED_MMIO_MAX || next == READ_ONCE(ring->first))
		return false;
	entry = &ring->coalesced_mmio[array_index_nospec(last, KVM_COALESCED_MMIO_MAX)];
	entry->phys_addr = address;
	entry->len = len;
	entry->pio = 0;
	memcpy(entry->data, &data, len);
	smp_wmb(); /* user space sees the entry before it sees that there is one */
	WRITE_ONCE(ring->last, next);
	return true;
}
