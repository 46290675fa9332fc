/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where ACPI's tables say what the per-CPU interrupts of timers, GIC and PMU are (ACPI 6.5,
 * sections 5.2.12.14 and 5.2.25). Reads tables and nothing else; ppi.c is its only user in the
 * kernel.
 */
#ifndef HOST_EL2_PPI_ACPI_H
#define HOST_EL2_PPI_ACPI_H

#include <linux/acpi.h>
#include <linux/types.h>

#include "host/el2/ppi.h"

struct ppi_gsi {
	u32 gsi; /* 0: none */
	bool edge;
	bool low;
};

struct ppi_gsi ppi_acpi_timer(const struct acpi_table_gtdt *gtdt, enum cca_ppi_timer timer);
/* The maintenance interrupt and the PMU's, of the first CPU that has one: they are alike. */
struct ppi_gsi ppi_acpi_maintenance(const struct acpi_table_madt *madt);
struct ppi_gsi ppi_acpi_pmu(const struct acpi_table_madt *madt);

#endif
