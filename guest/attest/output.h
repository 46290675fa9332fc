/* SPDX-License-Identifier: BSD-3-Clause */
/* Where rsi-attest puts what it was asked for: tokens, and secrets. */
#ifndef GUEST_ATTEST_OUTPUT_H
#define GUEST_ATTEST_OUTPUT_H

#include <stddef.h>

/*
 * Writes bytes to a file, or to standard output if path is NULL. The file is a new one that its
 * owner alone can read, and takes the place of one of that name only when all bytes are in it. What
 * is no regular file, such as a FIFO, is written to as it is. 0, or a negative errno.
 */
int output_write(const char *path, const void *bytes, size_t len);

#endif
