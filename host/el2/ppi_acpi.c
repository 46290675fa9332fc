// SPDX-License-Identifier: GPL-2.0-only
/* See ppi_acpi.h. */
#include "host/el2/ppi_acpi.h"

static struct ppi_gsi timer_gsi(u32 gsi, u32 flags)
{
	return (struct ppi_gsi){
		.gsi = gsi,
		.edge = flags & ACPI_GTDT_INTERRUPT_MODE,
		.low = flags & ACPI_GTDT_INTERRUPT_POLARITY,
	};
}

struct ppi_gsi ppi_acpi_timer(const struct acpi_table_gtdt *gtdt, enum cca_ppi_timer timer)
{
	if (gtdt->header.length < sizeof(*gtdt))
		return (struct ppi_gsi){};
	switch (timer) {
	case PPI_TIMER_PHYSICAL:
		return timer_gsi(gtdt->non_secure_el1_interrupt, gtdt->non_secure_el1_flags);
	case PPI_TIMER_VIRTUAL:
		return timer_gsi(gtdt->virtual_timer_interrupt, gtdt->virtual_timer_flags);
	case PPI_TIMER_EL2:
		return timer_gsi(gtdt->non_secure_el2_interrupt, gtdt->non_secure_el2_flags);
	}
	return (struct ppi_gsi){};
}

/* The least size of a CPU's entry: up to the maintenance interrupt and one more word. */
#define GICC_SIZE (offsetof(struct acpi_madt_generic_interrupt, vgic_interrupt) + sizeof(u32))

struct ppi_gsi ppi_acpi_maintenance(const struct acpi_table_madt *madt)
{
	u32 at = sizeof(*madt), end = madt->header.length;

	while (at + sizeof(struct acpi_subtable_header) <= end) {
		const struct acpi_subtable_header *entry = (const void *)((const char *)madt + at);
		const struct acpi_madt_generic_interrupt *gicc = (const void *)entry;

		if (entry->length < sizeof(*entry) || entry->length > end - at)
			break;
		if (entry->type == ACPI_MADT_TYPE_GENERIC_INTERRUPT && entry->length >= GICC_SIZE &&
		    gicc->vgic_interrupt)
			return (struct ppi_gsi){
				.gsi = gicc->vgic_interrupt,
				.edge = gicc->flags & ACPI_MADT_VGIC_IRQ_MODE,
			};
		at += entry->length;
	}
	return (struct ppi_gsi){};
}
