/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of ACPI's tables that host/el2/ppi_acpi.c reads, under the kernel's names. */
#ifndef SHIM_ACPI_H
#define SHIM_ACPI_H

#include <linux/types.h>

#define ACPI_GTDT_INTERRUPT_MODE	 1
#define ACPI_GTDT_INTERRUPT_POLARITY	 2
#define ACPI_MADT_TYPE_GENERIC_INTERRUPT 11
#define ACPI_MADT_PERFORMANCE_IRQ_MODE	 2
#define ACPI_MADT_VGIC_IRQ_MODE		 4

#pragma pack(push, 1)

struct acpi_table_header {
	char signature[4];
	u32 length;
	char rest[28];
};

struct acpi_table_gtdt {
	struct acpi_table_header header;
	u64 counter_block_addresss;
	u32 reserved;
	u32 secure_el1_interrupt;
	u32 secure_el1_flags;
	u32 non_secure_el1_interrupt;
	u32 non_secure_el1_flags;
	u32 virtual_timer_interrupt;
	u32 virtual_timer_flags;
	u32 non_secure_el2_interrupt;
	u32 non_secure_el2_flags;
	u64 counter_read_block_address;
	u32 platform_timer_count;
	u32 platform_timer_offset;
};

struct acpi_table_madt {
	struct acpi_table_header header;
	u32 address;
	u32 flags;
};

struct acpi_subtable_header {
	u8 type;
	u8 length;
};

struct acpi_madt_generic_interrupt {
	struct acpi_subtable_header header;
	u16 reserved;
	u32 cpu_interface_number;
	u32 uid;
	u32 flags;
	u32 parking_version;
	u32 performance_interrupt;
	u64 parked_address;
	u64 base_address;
	u64 gicv_base_address;
	u64 gich_base_address;
	u32 vgic_interrupt;
	u64 gicr_base_address;
	u64 arm_mpidr;
};

#pragma pack(pop)

#endif
