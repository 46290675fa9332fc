// SPDX-License-Identifier: GPL-2.0-only
/* See ioevent.h. */
#include <linux/errno.h>

#include "host/events/ioevent.h"

int cca_ioevent_check(const struct kvm_ioeventfd *args)
{
	if (args->len > 8 || args->len & (args->len - 1))
		return -EINVAL;
	if (args->addr + args->len < args->addr)
		return -EINVAL;
	if (args->flags & ~KVM_IOEVENTFD_VALID_FLAG_MASK)
		return -EINVAL;
	return !args->len && args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH ? -EINVAL : 0;
}

static u8 bus_of(u32 flags)
{
	if (flags & KVM_IOEVENTFD_FLAG_PIO)
		return IOEVENT_PIO;
	return flags & KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY ? IOEVENT_CCW : IOEVENT_MMIO;
}

struct cca_ioevent cca_ioevent_of(const struct kvm_ioeventfd *args)
{
	bool has_match = args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH;

	return (struct cca_ioevent){
		.address = args->addr,
		.match = has_match ? args->datamatch : 0,
		.len = args->len,
		.bus = bus_of(args->flags),
		.has_match = has_match,
	};
}

/* The first entry that is not before this bus and address. */
static unsigned int first_at(const struct cca_ioevent *table, unsigned int nr, u8 bus, u64 address)
{
	unsigned int low = 0, high = nr;

	while (low < high) {
		unsigned int i = low + (high - low) / 2;

		if (table[i].bus < bus || (table[i].bus == bus && table[i].address < address))
			low = i + 1;
		else
			high = i;
	}
	return low;
}

static bool at_place(const struct cca_ioevent *table, unsigned int nr, unsigned int i, u8 bus,
		     u64 address)
{
	return i < nr && table[i].bus == bus && table[i].address == address;
}

const struct cca_ioevent *cca_ioevent_match(const struct cca_ioevent *table, unsigned int nr,
					    u64 address, unsigned int len, u64 data)
{
	unsigned int i = first_at(table, nr, IOEVENT_MMIO, address);

	for (; at_place(table, nr, i, IOEVENT_MMIO, address); i++) {
		const struct cca_ioevent *event = &table[i];

		if (!event->len ||
		    (event->len == len && (!event->has_match || event->match == data)))
			return event;
	}
	return NULL;
}

bool cca_ioevent_collides(const struct cca_ioevent *table, unsigned int nr,
			  const struct cca_ioevent *event)
{
	unsigned int i = first_at(table, nr, event->bus, event->address);

	for (; at_place(table, nr, i, event->bus, event->address); i++) {
		bool lengths = !table[i].len || !event->len || table[i].len == event->len;
		bool matches = !table[i].has_match || !event->has_match ||
			       table[i].match == event->match;

		if (lengths && matches)
			return true;
	}
	return false;
}

int cca_ioevent_find(const struct cca_ioevent *table, unsigned int nr,
		     const struct cca_ioevent *event)
{
	unsigned int i = first_at(table, nr, event->bus, event->address);

	for (; at_place(table, nr, i, event->bus, event->address); i++) {
		if (table[i].eventfd == event->eventfd && table[i].len == event->len &&
		    table[i].has_match == event->has_match && table[i].match == event->match)
			return i;
	}
	return -ENOENT;
}

void cca_ioevent_insert(struct cca_ioevent *table, const struct cca_ioevent *old, unsigned int nr,
			const struct cca_ioevent *event)
{
	unsigned int i, at = first_at(old, nr, event->bus, event->address);

	for (i = 0; i < at; i++)
		table[i] = old[i];
	table[at] = *event;
	for (; i < nr; i++)
		table[i + 1] = old[i];
}
