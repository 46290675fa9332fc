/* SPDX-License-Identifier: BSD-3-Clause */
/* See notation.h. */
#include <cbor.h>
#include <stdlib.h>

#include "notation.h"

static void put(struct bytes *b, const void *data, size_t len)
{
	assert_true(b->len + len <= sizeof(b->data));
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void put_string(struct bytes *b, const void *data, size_t len, uint8_t major)
{
	uint8_t head[16];
	struct cbor c;

	cbor_init(&c, head, sizeof(head));
	cbor_bytes_head(&c, len);
	head[0] = (uint8_t)((head[0] & 0x1f) | major << 5);
	put(b, head, cbor_finish(&c));
	put(b, data, len);
}

static const char *put_text(struct bytes *b, const char *text)
{
	const char *end = strchr(text, '\'');

	assert_non_null(end);
	put_string(b, text, (size_t)(end - text), CBOR_TEXT);
	return end + 1;
}

static const char *put_filler(struct bytes *b, const char *text)
{
	uint8_t filler[128];
	size_t len = strtoul(text, NULL, 10);

	assert_true(len <= sizeof(filler));
	memset(filler, 0x11, len);
	put_string(b, filler, len, CBOR_BYTES);
	return strchr(text, '}') + 1;
}

static const char *parse(struct bytes *b, const char *text);

static const char *put_nested(struct bytes *b, const char *text)
{
	struct bytes *inner = calloc(1, sizeof(*inner));
	const char *end;

	assert_non_null(inner);
	end = parse(inner, text);
	assert_int_equal(*end, '>');
	put_string(b, inner->data, inner->len, CBOR_BYTES);
	free(inner);
	return end + 1;
}

static const char *put_hex(struct bytes *b, const char *text)
{
	const char digits[] = {text[0], text[1], '\0'};
	uint8_t byte;

	from_hex(digits, &byte, 1);
	put(b, &byte, 1);
	return text + 2;
}

/* Up to the end, or to the end of what is nested. */
static const char *parse(struct bytes *b, const char *text)
{
	while (*text && *text != '>') {
		if (*text == ' ')
			text++;
		else if (*text == '\'')
			text = put_text(b, text + 1);
		else if (*text == '{')
			text = put_filler(b, text + 1);
		else if (*text == '<')
			text = put_nested(b, text + 1);
		else
			text = put_hex(b, text);
	}
	return text;
}

void notation(struct bytes *b, const char *text)
{
	b->len = 0;
	assert_int_equal(*parse(b, text), '\0');
}
