/* SPDX-License-Identifier: BSD-3-Clause */
/* Decides what lies where in DRAM. Pure arithmetic; used by the boot stage alone. */
#ifndef MONITOR_BOOT_LAYOUT_H
#define MONITOR_BOOT_LAYOUT_H

#include <stdbool.h>
#include "monitor/include/machine.h"

/*
 * True if the L0 entry of addr is a table: entry 0 (low devices, secure memory) and every entry
 * with DRAM in it. All others are block entries, whose granules cannot change PAS one by one.
 */
bool layout_has_l1(const struct machine *m, unsigned int l0_shift, uint64_t addr);

/*
 * Fills *l. The GPTs, then the RMM, go down from the top of the DRAM below 2 GiB. Kernel and initrd
 * go up from 2 MiB above the start of DRAM. The device tree stays where the machine put it, at the
 * start of DRAM.
 *
 * l0gptsz: GPCCR_EL3.L0GPTSZ of the machine (0, 4, 6 or 9). Sizes are in bytes, 0 for what
 * is absent; kernel_size is text_offset plus the image_size of the Image's header (image.h).
 *
 * 0, or after one printed line: -ENOMEM (says how much is missing), -EINVAL (unknown l0gptsz,
 * absurd sizes, a machine beyond 4 PiB or without DRAM).
 */
int layout_plan(const struct machine *m, unsigned int l0gptsz, uint64_t rmm_image_size,
		uint64_t kernel_size, uint64_t initrd_size, struct layout *l);

#endif
