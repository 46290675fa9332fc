/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which write signals which eventfd: entries of a table sorted by bus and address. Portable; only
 * for ioeventfd.c and ioevent.c.
 */
#ifndef HOST_EVENTS_IOEVENT_H
#define HOST_EVENTS_IOEVENT_H

#include <linux/kvm.h>
#include <linux/types.h>

struct eventfd_ctx;

/* Buses of other architectures are there to be assigned; nothing is ever written to them. */
enum cca_ioevent_bus { IOEVENT_MMIO, IOEVENT_PIO, IOEVENT_CCW };

struct cca_ioevent {
	u64 address;
	u64 match;
	u32 len; /* 0: any */
	u8 bus;
	bool has_match;
	struct eventfd_ctx *eventfd;
};

/* Whether user space may assign this: 0 or -EINVAL. */
int cca_ioevent_check(const struct kvm_ioeventfd *args);
/* The event that user space describes. The caller adds its eventfd. */
struct cca_ioevent cca_ioevent_of(const struct kvm_ioeventfd *args);

/* NULL: the write is for none of the table. */
const struct cca_ioevent *cca_ioevent_match(const struct cca_ioevent *table, unsigned int nr,
					    u64 address, unsigned int len, u64 data);
/* Whether some write would be for this event and for one of the table. */
bool cca_ioevent_collides(const struct cca_ioevent *table, unsigned int nr,
			  const struct cca_ioevent *event);
/* The entry with the same words and eventfd, or -ENOENT. */
int cca_ioevent_find(const struct cca_ioevent *table, unsigned int nr,
		     const struct cca_ioevent *event);
/* Puts old[nr] and the event into table[nr + 1]. */
void cca_ioevent_insert(struct cca_ioevent *table, const struct cca_ioevent *old, unsigned int nr,
			const struct cca_ioevent *event);

#endif
