/* SPDX-License-Identifier: BSD-3-Clause */
/* What is known of an initial RAM disk without unpacking it. Pure. */
#ifndef VMM_BOOT_INITRD_H
#define VMM_BOOT_INITRD_H

#include <stdint.h>

/*
 * How much memory the files of an initrd take once the kernel has unpacked them: for cpio its own
 * size, for gzip what its end states, for other compressions three times its size. 0 without an
 * initrd.
 */
uint64_t initrd_unpacked_size(const uint8_t *data, uint64_t size);

#endif
