/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes in buffers, see chain.h. */
#include <string.h>

#include "vmm/dev/virtio/chain.h"

uint64_t buffers_size(const struct buffers *b)
{
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < b->count; i++)
		size += b->iov[i].iov_len;
	return size;
}

/* Takes a part of the first buffer. */
static void take(struct buffers *b, size_t size)
{
	b->iov->iov_base = (uint8_t *)b->iov->iov_base + size;
	b->iov->iov_len -= size;
	if (b->iov->iov_len == 0) {
		b->iov++;
		b->count--;
	}
}

static size_t first(const struct buffers *b, size_t size)
{
	return b->iov->iov_len < size ? b->iov->iov_len : size;
}

size_t buffers_read(struct buffers *b, void *to, size_t size)
{
	size_t done = 0;

	while (b->count && done < size) {
		size_t part = first(b, size - done);

		memcpy((uint8_t *)to + done, b->iov->iov_base, part);
		take(b, part);
		done += part;
	}
	/* The driver may change what was read: the copy must stay one. */
	__asm__ volatile("" ::: "memory");
	return done;
}

size_t buffers_write(struct buffers *b, const void *from, size_t size)
{
	size_t done = 0;

	while (b->count && done < size) {
		size_t part = first(b, size - done);

		memcpy(b->iov->iov_base, (const uint8_t *)from + done, part);
		take(b, part);
		done += part;
	}
	return done;
}

size_t buffers_skip(struct buffers *b, size_t size)
{
	size_t done = 0;

	while (b->count && done < size) {
		size_t part = first(b, size - done);

		take(b, part);
		done += part;
	}
	return done;
}

uint8_t *buffers_last(struct buffers *b)
{
	struct iovec *last;

	if (!b->count)
		return NULL;
	last = &b->iov[b->count - 1];
	if (--last->iov_len == 0)
		b->count--;
	return (uint8_t *)last->iov_base + last->iov_len;
}

uint8_t *buffers_at(const struct buffers *b, size_t offset)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		if (offset < b->iov[i].iov_len)
			return (uint8_t *)b->iov[i].iov_base + offset;
		offset -= b->iov[i].iov_len;
	}
	return NULL;
}
