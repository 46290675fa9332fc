/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes in buffers of a chain: the driver may cut a request into buffers wherever it likes. Pure.
 */
#ifndef VMM_DEV_VIRTIO_CHAIN_H
#define VMM_DEV_VIRTIO_CHAIN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* A row of buffers, which is shortened while it is used. */
struct buffers {
	struct iovec *iov;
	size_t count;
};

uint64_t buffers_size(const struct buffers *b);

/* Takes bytes from the front, at most `size`, into or from memory of the VMM. Returns how many. */
size_t buffers_read(struct buffers *b, void *to, size_t size);
size_t buffers_write(struct buffers *b, const void *from, size_t size);

/* Takes bytes from the front and leaves them as they are. Returns how many. */
size_t buffers_skip(struct buffers *b, size_t size);

/* Where a byte is, counted from the front; NULL if there are not so many. */
uint8_t *buffers_at(const struct buffers *b, size_t offset);

/* Takes the last byte; NULL if there is none. */
uint8_t *buffers_last(struct buffers *b);

#endif
