/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CBOR reader of cbor.h, for tests and tools that check tokens. Definite lengths only (RFC 8949
 * section 4.2.1 asks deterministic encoders for those); heads that are not in their shortest form
 * are refused for the same reason, unless the reader's owner wants them.
 */
#include <cbor.h>

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

void cbor_fail(struct cbor_reader *r, size_t at, const char *why)
{
	if (r->failed)
		return;
	r->failed = true;
	r->at = at;
	r->why = why;
}

static uint64_t fail(struct cbor_reader *r, size_t at, const char *why)
{
	cbor_fail(r, at, why);
	return 0;
}

/* The smallest value that needs this many argument bytes. */
static uint64_t least_of_width(size_t bytes)
{
	return bytes == 1 ? 24 : 1ULL << (4 * bytes);
}

/* What the argument's value and width must be; floating-point numbers have no shortest form here.
 */
static const char *wrong_width(const struct cbor_reader *r, enum cbor_major major, size_t bytes,
			       uint64_t arg)
{
	if (major == CBOR_SIMPLE)
		return bytes == 1 && arg < 32 ? "a simple value below 32 in two bytes" : NULL;
	if (!r->any_width && arg < least_of_width(bytes))
		return "a head that is not in its shortest form";
	return NULL;
}

uint64_t cbor_get_head(struct cbor_reader *r, enum cbor_major *major)
{
	size_t start = r->pos, bytes, i;
	const char *wrong;
	uint64_t arg = 0;
	uint8_t info;

	if (r->failed || r->pos >= r->len)
		return fail(r, r->pos, "the encoding ends where an item must begin");
	*major = (enum cbor_major)(r->buf[r->pos] >> 5);
	info = r->buf[r->pos++] & 0x1f;
	if (info < 24)
		return info;
	if (info == 31)
		return fail(r, start, "an indefinite length");
	if (info > 27)
		return fail(r, start, "a reserved head");
	bytes = (size_t)1 << (info - 24);
	if (r->len - r->pos < bytes)
		return fail(r, start, "the encoding ends within a head");
	for (i = 0; i < bytes; i++)
		arg = arg << 8 | r->buf[r->pos++];
	wrong = wrong_width(r, *major, bytes, arg);
	return wrong ? fail(r, start, wrong) : arg;
}

static uint64_t expect_head(struct cbor_reader *r, enum cbor_major want)
{
	static const char *const wrong[] = {
		[CBOR_BYTES] = "not a byte string", [CBOR_TEXT] = "not a text string",
		[CBOR_ARRAY] = "not an array",	    [CBOR_MAP] = "not a map",
		[CBOR_TAG] = "not a tag",
	};
	enum cbor_major major = CBOR_SIMPLE;
	size_t start = r->pos;
	uint64_t arg = cbor_get_head(r, &major);

	return !r->failed && major == want ? arg : fail(r, start, wrong[want]);
}

int64_t cbor_get_int(struct cbor_reader *r)
{
	enum cbor_major major = CBOR_SIMPLE;
	size_t start = r->pos;
	uint64_t arg = cbor_get_head(r, &major);

	if (r->failed || (major != CBOR_UINT && major != CBOR_NEGINT))
		return (int64_t)fail(r, start, "not an integer");
	if (arg > INT64_MAX)
		return (int64_t)fail(r, start, "an integer of more than 64 bits with its sign");
	return major == CBOR_UINT ? (int64_t)arg : -1 - (int64_t)arg;
}

/* A container cannot have more items than bytes are left. */
static size_t expect_items(struct cbor_reader *r, enum cbor_major want)
{
	size_t start = r->pos;
	uint64_t items = expect_head(r, want);

	if (items > r->len - r->pos)
		return (size_t)fail(r, start, "longer than what it stands in");
	return (size_t)items;
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
	size_t start = r->pos;
	uint64_t arg = cbor_get_head(r, &major);
	uint64_t items = 0, i;

	if (r->failed || depth == CBOR_NESTING_MAX) {
		fail(r, start, "nested too deep");
		return;
	}
	if (major >= CBOR_BYTES && major <= CBOR_MAP && arg > r->len - r->pos) {
		fail(r, start, "longer than what it stands in");
		return;
	}
	if (major == CBOR_BYTES || major == CBOR_TEXT)
		r->pos += (size_t)arg;
	else if (major == CBOR_TAG)
		items = 1;
	else if (major == CBOR_ARRAY || major == CBOR_MAP)
		items = arg << (major == CBOR_MAP);
	for (i = 0; i < items && !r->failed; i++)
		skip_nested(r, depth + 1);
}

void cbor_skip(struct cbor_reader *r)
{
	skip_nested(r, 0);
}
