/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kernels as distributions ship them: an Image compressed by gzip or zstd, as it is or in an EFI
 * zboot image. What is unpacked takes the file's place, so that the same kernel is loaded and
 * measured, however it was packed.
 */
#ifndef VMM_BOOT_UNPACK_H
#define VMM_BOOT_UNPACK_H

#include "vmm/boot/file.h"

#define UNPACK_SIZE_MAX (1ULL << 30)

/*
 * Unpacks a kernel in place; a file that is not packed stays as it is. -EINVAL with an error text
 * that begins with the path if it is damaged, or packed in a way that is not known here.
 */
int unpack_kernel(struct file *f, const char *path);

/* The same with another limit than UNPACK_SIZE_MAX, whole pages. */
int unpack_within(struct file *f, const char *path, uint64_t most);

#endif
