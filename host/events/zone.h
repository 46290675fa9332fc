/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zones of coalesced MMIO, and the ring that user space reads. Portable; only for coalesced.c and
 * zone.c.
 */
#ifndef HOST_EVENTS_ZONE_H
#define HOST_EVENTS_ZONE_H

#include <linux/kvm.h>
#include <linux/types.h>

struct cca_zone {
	u64 address;
	u32 size;
	bool pio; /* of another architecture's bus: nothing is ever written there */
};

struct cca_zone cca_zone_of(const struct kvm_coalesced_mmio_zone *args);
/* Does a zone have all of these bytes. */
bool cca_zone_has(const struct cca_zone *zone, const struct cca_zone *bytes);
/* Removes the zones that have all of these bytes. Returns how many are left. */
unsigned int cca_zone_remove(struct cca_zone *zones, unsigned int nr, const struct cca_zone *bytes);

/* A write of len bytes goes into the ring. False: it is full, or user space has spoilt it. */
bool cca_ring_put(struct kvm_coalesced_mmio_ring *ring, u64 address, unsigned int len, u64 data);

#endif
