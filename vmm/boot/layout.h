/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where kernel, initrd and device tree lie in the guest's memory. The same inputs give the same
 * places, always: they are part of the RIM. Pure.
 *
 *	MAP_RAM		kernel (at its text offset), room for its BSS
 *	next 2 MiB	initrd
 *	next 2 MiB	device tree
 */
#ifndef VMM_BOOT_LAYOUT_H
#define VMM_BOOT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/boot/image.h"

#define LAYOUT_FDT_SIZE 0x10000ULL /* room for the device tree */

struct layout {
	uint64_t kernel;
	uint64_t initrd; /* 0 without one */
	uint64_t fdt;
};

/* What is to be placed, and what the kernel will need beside it. */
struct layout_request {
	uint64_t mem;
	struct image image;
	uint64_t initrd_size;	  /* 0 without one */
	uint64_t initrd_unpacked; /* memory its files take, beside the packed ones */
	uint64_t bounce;	  /* memory it sets aside for devices */
	bool linux_kernel; /* it needs memory to start in; of other payloads nothing is known */
	bool cma; /* it may set a CMA area aside: its command line does not say otherwise */
};

/*
 * -ENOMEM with an error text that says how much memory is needed, if `mem` does not hold all of it,
 * or if a Linux kernel would panic with it before its console can say so.
 */
int layout_place(const struct layout_request *request, struct layout *layout);

#endif
