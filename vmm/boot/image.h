/* SPDX-License-Identifier: BSD-3-Clause */
/* The header of an arm64 kernel Image (Linux Documentation/arch/arm64/booting.rst). Pure. */
#ifndef VMM_BOOT_IMAGE_H
#define VMM_BOOT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define IMAGE_HEADER_SIZE 64

struct image {
	uint64_t text_offset; /* from a 2 MiB boundary, a multiple of 4 KiB */
	uint64_t size;	      /* bytes the kernel takes from there on, its BSS included */
};

/*
 * Reads the header in the first head_len bytes of a file of file_size bytes called name.
 * -EINVAL with an error text that says what the file is instead, and what to do.
 */
int image_parse(const char *name, const uint8_t *head, size_t head_len, uint64_t file_size,
		struct image *image);

/*
 * The version that a Linux kernel has in its banner ("Linux version 7.3.4"). Major 0: the file is
 * no Linux kernel.
 */
struct image_linux {
	unsigned int major, minor;
};

/* Searches the whole file, which takes a while: call it once. */
struct image_linux image_find_linux(const uint8_t *data, uint64_t size);

/*
 * -EINVAL with an error text if this kernel cannot be a Realm: it is a Linux before 6.13, the first
 * release with RSI, and nothing in it says that RSI was backported.
 */
int image_check_realm(const char *name, const struct image_linux *version, const uint8_t *data,
		      uint64_t size);

#endif
