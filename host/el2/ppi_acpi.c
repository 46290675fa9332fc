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

static struct ppi_gsi gicc_maintenance(const struct acpi_madt_generic_interrupt *gicc)
{
	return (struct ppi_gsi){
		.gsi = gicc->vgic_interrupt,
		.edge = gicc->flags & ACPI_MADT_VGIC_IRQ_MODE,
	};
}

static struct ppi_gsi gicc_pmu(const struct acpi_madt_generic_interrupt *gicc)
{
	return (struct ppi_gsi){
		.gsi = gicc->performance_interrupt,
		.edge = gicc->flags & ACPI_MADT_PERFORMANCE_IRQ_MODE,
	};
}

static struct ppi_gsi
find_gicc(const struct acpi_table_madt *madt,
	  struct ppi_gsi (*read)(const struct acpi_madt_generic_interrupt *gicc))
{
	u32 at = sizeof(*madt), end = madt->header.length;

	while (at + sizeof(struct acpi_subtable_header) <= end) {
		const struct acpi_subtable_header *entry = (const void *)((const char *)madt + at);
		struct ppi_gsi found = {};

		if (entry->length < sizeof(*entry) || entry->length > end - at)
			break;
		if (entry->type == ACPI_MADT_TYPE_GENERIC_INTERRUPT && entry->length >= GICC_SIZE)
			found = read((const void *)entry);
		if (found.gsi)
			return found;
		at += entry->length;
	}
	return (struct ppi_gsi){};
}

struct ppi_gsi ppi_acpi_maintenance(const struct acpi_table_madt *madt)
{
	return find_gicc(madt, gicc_maintenance);
}

struct ppi_gsi ppi_acpi_pmu(const struct acpi_table_madt *madt)
{
	return find_gicc(madt, gicc_pmu);
}
