/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes of initial RAM disks, see initrd.h. */
#include <string.h>

#include "vmm/boot/initrd.h"

/* A usual ratio for the programs and modules of an initrd; gzip cannot do better than the second.
 */
#define USUAL_RATIO	3
#define GZIP_RATIO_MAX	1032
#define GZIP_HEADER	10
#define GZIP_SIZE_BYTES 4

static uint64_t gzip_size(const uint8_t *data, uint64_t size)
{
	const uint8_t *end = data + size - GZIP_SIZE_BYTES;

	return end[0] | (uint64_t)end[1] << 8 | (uint64_t)end[2] << 16 | (uint64_t)end[3] << 24;
}

/* Only a single member says the size of all, and only what can be true is believed. */
static uint64_t unpacked_gzip(const uint8_t *data, uint64_t size)
{
	uint64_t unpacked = gzip_size(data, size);

	return unpacked < size || unpacked / GZIP_RATIO_MAX > size ? size * USUAL_RATIO : unpacked;
}

uint64_t initrd_unpacked_size(const uint8_t *data, uint64_t size)
{
	if (size < GZIP_HEADER + GZIP_SIZE_BYTES)
		return size;
	if (memcmp(data, "07070", 5) == 0)
		return size;
	if (memcmp(data, "\x1f\x8b", 2) == 0)
		return unpacked_gzip(data, size);
	return size * USUAL_RATIO;
}
