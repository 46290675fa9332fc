/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's physical address map: what KVM, the device tree and the plan of what is loaded have
 * in common. All of it lies in the lower (protected) half of the IPA space; a Realm's kernel
 * reaches devices through the upper half, and KVM strips that bit from an exit's address. The map
 * is part of what is measured: a change here changes every RIM.
 */
#ifndef VMM_VM_MAP_H
#define VMM_VM_MAP_H

#include <stdint.h>

#define MAP_GICD      0x08000000ULL
#define MAP_GICD_SIZE 0x10000ULL
#define MAP_ITS	      0x08080000ULL /* there if the guest has a PCI bus */
#define MAP_ITS_SIZE  0x20000ULL
#define MAP_GICR      0x080a0000ULL
#define MAP_GICR_SIZE 0x20000ULL    /* for each vCPU */
#define MAP_DEVICES   0x09000000ULL /* devices say themselves where they are, up to MAP_RAM */
#define MAP_RAM	      0x40000000ULL

#define MAP_CPUS_MAX 123 /* redistributors that fit below the devices */
#define MAP_RAM_MAX  (1ULL << 38)

#define MAP_PPI_FIRST 16
#define MAP_PPI_PMU   23 /* each vCPU's PMU has it: the number that Arm's BSA gives it */
#define MAP_SPI_FIRST 32 /* interrupt number of the first SPI; devices count them from 0 */
#define MAP_IRQS      64 /* interrupts of the GIC in all: SGIs, PPIs, SPIs */
#define MAP_SPIS      (MAP_IRQS - MAP_SPI_FIRST)

/* IPA bits never fall below this, so that small guests have one and the same shape. */
#define MAP_IPA_BITS_MIN 33

_Static_assert(MAP_ITS + MAP_ITS_SIZE <= MAP_GICR, "the ITS overlaps");
_Static_assert(MAP_GICR + MAP_CPUS_MAX * MAP_GICR_SIZE <= MAP_DEVICES, "redistributors overlap");

/* IPA bits of a guest with this much memory, all of it in the lower half. */
static inline unsigned int map_ipa_bits(uint64_t ram_size)
{
	uint64_t last = MAP_RAM + ram_size - 1;
	unsigned int bits = 65 - (unsigned int)__builtin_clzll(last);

	return bits > MAP_IPA_BITS_MIN ? bits : MAP_IPA_BITS_MIN;
}

#endif
