// SPDX-License-Identifier: GPL-2.0-only
/* See route.h. */
#include <linux/errno.h>
#include <linux/nospec.h>

#include "host/vgic/route.h"

unsigned int cca_routes_end(const struct kvm_irq_routing_entry *entries, unsigned int n)
{
	unsigned int i, end = 0;

	for (i = 0; i < n; i++) {
		if (entries[i].gsi >= CCA_MAX_ROUTES)
			return CCA_MAX_ROUTES + 1;
		if (entries[i].gsi >= end)
			end = entries[i].gsi + 1;
	}
	return end;
}

static int parse_spi(struct cca_route *route, const struct kvm_irq_routing_entry *entry)
{
	if (entry->flags || entry->u.irqchip.irqchip || entry->u.irqchip.pin >= CCA_ROUTE_PINS)
		return -EINVAL;
	route->type = ROUTE_SPI;
	route->intid = 32 + entry->u.irqchip.pin;
	return 0;
}

static int parse_msi(struct cca_route *route, const struct kvm_irq_routing_entry *entry)
{
	if (entry->flags & ~KVM_MSI_VALID_DEVID)
		return -EINVAL;
	route->type = ROUTE_MSI;
	route->msi = (struct cca_msi){
		.address = (u64)entry->u.msi.address_hi << 32 | entry->u.msi.address_lo,
		.data = entry->u.msi.data,
		.device = entry->u.msi.devid,
		.has_device = entry->flags & KVM_MSI_VALID_DEVID,
	};
	return 0;
}

int cca_route_parse(struct cca_route *table, unsigned int nr,
		    const struct kvm_irq_routing_entry *entry)
{
	struct cca_route *route;

	if (entry->gsi >= nr)
		return -EINVAL;
	route = &table[array_index_nospec(entry->gsi, nr)];
	if (route->type != ROUTE_NONE)
		return -EINVAL;
	switch (entry->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		return parse_spi(route, entry);
	case KVM_IRQ_ROUTING_MSI:
		return parse_msi(route, entry);
	default:
		return -EINVAL;
	}
}
