/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One entry of a GSI routing table, and its way from user space. Portable; only for routing.c and
 * route.c.
 */
#ifndef HOST_VGIC_ROUTE_H
#define HOST_VGIC_ROUTE_H

#include <linux/kvm.h>

#include "host/vgic/msi.h"

#define CCA_MAX_ROUTES 4096 /* GSIs */
#define CCA_ROUTE_PINS 988  /* SPIs that a GIC can have */

enum cca_route_type { ROUTE_NONE, ROUTE_SPI, ROUTE_MSI };

struct cca_route {
	enum cca_route_type type;
	unsigned int intid; /* ROUTE_SPI */
	struct cca_msi msi; /* ROUTE_MSI */
};

/* The largest GSI of the entries plus one; beyond CCA_MAX_ROUTES if one is too large. */
unsigned int cca_routes_end(const struct kvm_irq_routing_entry *entries, unsigned int n);
/*
 * Puts an entry in its place of a table of nr. -EINVAL: type, flags, chip or pin that there is not,
 * or a GSI for the second time.
 */
int cca_route_parse(struct cca_route *table, unsigned int nr,
		    const struct kvm_irq_routing_entry *entry);

#endif
