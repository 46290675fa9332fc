/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes of initial RAM disks, see initrd.h. */
#include <string.h>

#include "vmm/boot/initrd.h"

/*
 * Programs and modules of an initrd usually shrink to a third. gzip cannot shrink anything to less
 * than 1/1032.
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

/*
 * The end of a gzip file states the unpacked size of its last member only. It is taken for the size
 * of all members unless a file of this size cannot have it.
 */
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
