/* SPDX-License-Identifier: BSD-3-Clause */
/* The CBOR encoder of cbor.h: shortest heads, a window over the output, sticky overflow. */
#include <cbor.h>
#include <string.h>

#define HEAD_MAX 9

void cbor_init(struct cbor *c, void *buf, size_t size)
{
	cbor_init_window(c, buf, size, 0);
}

void cbor_init_window(struct cbor *c, void *buf, size_t size, size_t from)
{
	*c = (struct cbor){.buf = buf, .size = size, .from = from};
}

size_t cbor_finish(const struct cbor *c)
{
	return c->pos <= c->size ? c->pos : 0;
}

size_t cbor_window_used(const struct cbor *c)
{
	if (c->pos <= c->from)
		return 0;
	return c->pos - c->from < c->size ? c->pos - c->from : c->size;
}

size_t cbor_length(cbor_encode_fn fn, const void *arg)
{
	struct cbor c;

	cbor_init(&c, NULL, 0);
	fn(&c, arg);
	return c.pos;
}

/* Copies that part of [pos, pos + len) which the window shows. */
void cbor_raw(struct cbor *c, const void *data, size_t len)
{
	const uint8_t *src = data;
	size_t start = c->pos, end = c->pos + len;

	c->pos = end;
	if (len == 0)
		return;
	if (start < c->from) {
		if (end <= c->from)
			return;
		src += c->from - start;
		start = c->from;
	}
	start -= c->from;
	end -= c->from;
	if (start >= c->size)
		return;
	if (end > c->size)
		end = c->size;
	memcpy(c->buf + start, src, end - start);
}

/* RFC 8949 section 3 and 4.2.1: the argument in the fewest bytes, big-endian. */
static void put_head(struct cbor *c, enum cbor_major major, uint64_t arg)
{
	uint8_t head[HEAD_MAX];
	size_t bytes = 0;
	size_t i;

	if (arg < 24) {
		head[0] = (uint8_t)(major << 5 | arg);
	} else {
		bytes = arg <= 0xff ? 1 : arg <= 0xffff ? 2 : arg <= 0xffffffff ? 4 : 8;
		head[0] = (uint8_t)(major << 5 | (24 + __builtin_ctz((unsigned int)bytes)));
		for (i = 0; i < bytes; i++)
			head[1 + i] = (uint8_t)(arg >> (8 * (bytes - 1 - i)));
	}
	cbor_raw(c, head, 1 + bytes);
}

void cbor_uint(struct cbor *c, uint64_t value)
{
	put_head(c, CBOR_UINT, value);
}

void cbor_int(struct cbor *c, int64_t value)
{
	if (value < 0)
		put_head(c, CBOR_NEGINT, ~(uint64_t)value);
	else
		put_head(c, CBOR_UINT, (uint64_t)value);
}

void cbor_bytes_head(struct cbor *c, size_t len)
{
	put_head(c, CBOR_BYTES, len);
}

void cbor_bytes(struct cbor *c, const void *data, size_t len)
{
	cbor_bytes_head(c, len);
	cbor_raw(c, data, len);
}

void cbor_bytes_nested(struct cbor *c, cbor_encode_fn fn, const void *arg)
{
	cbor_bytes_head(c, cbor_length(fn, arg));
	fn(c, arg);
}

void cbor_text_part(struct cbor *c, const char *text, size_t len)
{
	put_head(c, CBOR_TEXT, len);
	cbor_raw(c, text, len);
}

void cbor_text(struct cbor *c, const char *text)
{
	cbor_text_part(c, text, strlen(text));
}

void cbor_array(struct cbor *c, size_t items)
{
	put_head(c, CBOR_ARRAY, items);
}

void cbor_map(struct cbor *c, size_t pairs)
{
	put_head(c, CBOR_MAP, pairs);
}

void cbor_tag(struct cbor *c, uint64_t tag)
{
	put_head(c, CBOR_TAG, tag);
}
