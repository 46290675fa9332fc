/* SPDX-License-Identifier: BSD-3-Clause */
/* The header of an arm64 Linux Image (Documentation/arm64/booting.rst). Used by the boot stage. */
#ifndef MONITOR_BOOT_IMAGE_H
#define MONITOR_BOOT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define IMAGE_HEADER_SIZE 64

struct image {
	uint64_t text_offset; /* bytes from a 2 MiB boundary to the first byte of the Image */
	uint64_t size;	      /* bytes it needs from there on, BSS included; at least file_size */
};

/*
 * Checks the header at the start of `data`, of which `available` bytes (64 are enough) can be read;
 * the whole file has file_size bytes. 0, or -EINVAL after one printed line that names what the file
 * is instead.
 */
int image_parse(const void *data, size_t available, uint64_t file_size, struct image *image);

#endif
