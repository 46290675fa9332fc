/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CBOR reader of cbor.h, for tests and tools that check tokens. Definite lengths only (RFC 8949
 * section 4.2.1 asks deterministic encoders for those); heads that are not in their shortest form
 * are refused for the same reason.
 */
#include <cbor.h>

#define NESTING_MAX 16

void cbor_reader_init(struct cbor_reader *r, const void *buf, size_t len)
{
	*r = (struct cbor_reader){.buf = buf, .len = len};
}

bool cbor_reader_done(const struct cbor_reader *r)
{
	return !r->failed && r->pos == r->len;
}

enum cbor_major cbor_peek(const struct cbor_reader *r)
{
	if (r->failed || r->pos >= r->len)
		return CBOR_SIMPLE;
	return (enum cbor_major)(r->buf[r->pos] >> 5);
}

static uint64_t fail(struct cbor_reader *r)
{
	r->failed = true;
	return 0;
}

/* The smallest value that needs this many argument bytes. */
static uint64_t least_of_width(size_t bytes)
{
	return bytes == 1 ? 24 : 1ULL << (4 * bytes);
}

static uint64_t get_head(struct cbor_reader *r, enum cbor_major *major)
{
	uint64_t arg = 0;
	size_t bytes, i;
	uint8_t info;

	if (r->failed || r->pos >= r->len)
		return fail(r);
	*major = (enum cbor_major)(r->buf[r->pos] >> 5);
	info = r->buf[r->pos++] & 0x1f;
	if (info < 24)
		return info;
	if (info > 27)
		return fail(r);
	bytes = (size_t)1 << (info - 24);
	if (r->len - r->pos < bytes)
		return fail(r);
	for (i = 0; i < bytes; i++)
		arg = arg << 8 | r->buf[r->pos++];
	return arg < least_of_width(bytes) ? fail(r) : arg;
}

static uint64_t expect_head(struct cbor_reader *r, enum cbor_major want)
{
	enum cbor_major major = CBOR_SIMPLE;
	uint64_t arg = get_head(r, &major);

	return !r->failed && major == want ? arg : fail(r);
}

int64_t cbor_get_int(struct cbor_reader *r)
{
	enum cbor_major major = CBOR_SIMPLE;
	uint64_t arg = get_head(r, &major);

	if (r->failed || (major != CBOR_UINT && major != CBOR_NEGINT) || arg > INT64_MAX)
		return (int64_t)fail(r);
	return major == CBOR_UINT ? (int64_t)arg : -1 - (int64_t)arg;
}

/* A container cannot have more items than bytes are left. */
static size_t expect_items(struct cbor_reader *r, enum cbor_major want)
{
	uint64_t items = expect_head(r, want);

	return items <= r->len - r->pos ? (size_t)items : (size_t)fail(r);
}

size_t cbor_get_array(struct cbor_reader *r)
{
	return expect_items(r, CBOR_ARRAY);
}

size_t cbor_get_map(struct cbor_reader *r)
{
	return expect_items(r, CBOR_MAP);
}

uint64_t cbor_get_tag(struct cbor_reader *r)
{
	return expect_head(r, CBOR_TAG);
}

static const uint8_t *get_string(struct cbor_reader *r, enum cbor_major want, size_t *len)
{
	size_t n = expect_items(r, want);
	const uint8_t *start = r->buf + r->pos;

	*len = n;
	if (r->failed)
		return NULL;
	r->pos += n;
	return start;
}

const uint8_t *cbor_get_bytes(struct cbor_reader *r, size_t *len)
{
	return get_string(r, CBOR_BYTES, len);
}

const char *cbor_get_text(struct cbor_reader *r, size_t *len)
{
	return (const char *)get_string(r, CBOR_TEXT, len);
}

static void skip_nested(struct cbor_reader *r, unsigned int depth)
{
	enum cbor_major major = CBOR_SIMPLE;
	uint64_t arg = get_head(r, &major);
	uint64_t items = 0, i;

	if (r->failed || depth == NESTING_MAX) {
		fail(r);
		return;
	}
	if (major == CBOR_BYTES || major == CBOR_TEXT) {
		if (arg > r->len - r->pos)
			fail(r);
		else
			r->pos += (size_t)arg;
		return;
	}
	if (major == CBOR_TAG)
		items = 1;
	else if (major == CBOR_ARRAY || major == CBOR_MAP)
		items = arg > r->len - r->pos ? fail(r) : arg << (major == CBOR_MAP);
	for (i = 0; i < items && !r->failed; i++)
		skip_nested(r, depth + 1);
}

void cbor_skip(struct cbor_reader *r)
{
	skip_nested(r, 0);
}
