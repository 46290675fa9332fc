/* SPDX-License-Identifier: BSD-3-Clause */
/* What is known of an initial RAM disk without unpacking it. Pure. */
#ifndef VMM_BOOT_INITRD_H
#define VMM_BOOT_INITRD_H

#include <stdint.h>

/*
 * How much memory its files take once the kernel has unpacked them, as far as its first bytes (and
 * gzip's last ones) tell; for other compressions three times its size. 0 without one.
 */
uint64_t initrd_unpacked_size(const uint8_t *data, uint64_t size);

#endif
