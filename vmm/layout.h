/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where kernel, initrd and device tree lie in the guest's memory. The same inputs give the same
 * places, always: they are part of the RIM. Pure.
 *
 *	MAP_RAM		kernel (at its text offset), room for its BSS
 *	next 2 MiB	initrd
 *	next 2 MiB	device tree
 */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#include <stdint.h>

#include "image.h"

#define LAYOUT_FDT_SIZE	 0x10000ULL    /* room for the device tree */
#define LAYOUT_WORK_SIZE (16ULL << 20) /* least memory a kernel has to start in */

struct layout {
	uint64_t ram_size;
	unsigned int ipa_bits; /* one of them, the topmost, says shared */
	uint64_t kernel;
	uint64_t initrd; /* 0 without one */
	uint64_t fdt;
};

/* -ENOMEM with an error text when mem (bytes) is too small for all of it. */
int layout_place(uint64_t mem, const struct image *image, uint64_t initrd_size,
		 struct layout *layout);

/* IPA bits that hold all memory in the lower half. */
unsigned int layout_ipa_bits(uint64_t ram_size);

#endif
