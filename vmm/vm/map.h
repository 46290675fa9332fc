/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's physical address map and interrupts: what the device tree says and the exits are
 * matched against. All of it lies in the lower (protected) half of the IPA space; a Realm's kernel
 * reaches devices through the other half, KVM strips that bit. Part of what is measured: a change
 * here changes every RIM.
 */
#ifndef VMM_VM_MAP_H
#define VMM_VM_MAP_H

#define MAP_GICD      0x08000000ULL
#define MAP_GICD_SIZE 0x10000ULL
#define MAP_GICR      0x080a0000ULL
#define MAP_GICR_SIZE 0x20000ULL /* per vCPU */
#define MAP_UART      0x09000000ULL
#define MAP_UART_SIZE 0x1000ULL
#define MAP_RAM	      0x40000000ULL

#define MAP_CPUS_MAX 123 /* redistributors that fit below the UART */
#define MAP_RAM_MAX  (1ULL << 38)

/* SPIs, numbered from 0 as in device trees. */
#define MAP_SPI_FIRST 32
#define MAP_UART_SPI  1
#define MAP_IRQS      64 /* lines of the GIC in all: SGIs, PPIs, SPIs */

/* IPA bits never fall below this, so that small guests have one and the same shape. */
#define MAP_IPA_BITS_MIN 33

_Static_assert(MAP_GICR + MAP_CPUS_MAX * MAP_GICR_SIZE <= MAP_UART, "redistributors overlap");

#endif
