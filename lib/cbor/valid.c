/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cbor_check() of cbor.h: one item is well-formed and valid. The work is bounded: a map has at most
 * CBOR_KEYS_MAX keys, and comparing two of them costs no more than reading the shorter.
 */
#include <cbor.h>
#include <string.h>

/* Bytes of the UTF-8 sequence at s (RFC 3629 section 4), 0 if there is none. */
static size_t utf8_sequence(const uint8_t *s, size_t len)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0; /* shorter forms exist below */
	else if (s[0] == 0xed)
		high = 0x9f; /* surrogates */
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f; /* U+10FFFF is the last */
	if (n > len || s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static void check_text(struct cbor_reader *r, size_t len)
{
	size_t end = r->pos + len, n;

	while (r->pos < end) {
		n = utf8_sequence(r->buf + r->pos, end - r->pos);
		if (n == 0) {
			cbor_fail(r, r->pos, "text that is not UTF-8");
			return;
		}
		r->pos += n;
	}
}

/*
 * Two items that were checked before are the same value. The width of a head says nothing about a
 * number, but tells simple values and the sizes of floating-point numbers from each other.
 */
static bool equal(struct cbor_reader *a, struct cbor_reader *b)
{
	enum cbor_major major_a = CBOR_SIMPLE, major_b = CBOR_SIMPLE;
	uint8_t first_a = a->buf[a->pos], first_b = b->buf[b->pos];
	uint64_t arg = cbor_get_head(a, &major_a), items = 0;

	if (arg != cbor_get_head(b, &major_b) || major_a != major_b)
		return false;
	if (major_a == CBOR_SIMPLE)
		return first_a == first_b;
	if (major_a == CBOR_BYTES || major_a == CBOR_TEXT) {
		if (memcmp(a->buf + a->pos, b->buf + b->pos, (size_t)arg))
			return false;
		a->pos += (size_t)arg;
		b->pos += (size_t)arg;
	} else if (major_a == CBOR_TAG) {
		items = 1;
	} else if (major_a == CBOR_ARRAY || major_a == CBOR_MAP) {
		items = arg << (major_a == CBOR_MAP);
	}
	for (; items != 0; items--)
		if (!equal(a, b))
			return false;
	return true;
}

static bool equal_at(const struct cbor_reader *r, size_t a, size_t b)
{
	struct cbor_reader first = *r, second = *r;

	first.pos = a;
	second.pos = b;
	return equal(&first, &second);
}

static void check_nested(struct cbor_reader *r, unsigned int depth);

static void check_map(struct cbor_reader *r, size_t start, uint64_t pairs, unsigned int depth)
{
	size_t keys[CBOR_KEYS_MAX], i, j;

	if (pairs > CBOR_KEYS_MAX) {
		cbor_fail(r, start, "a map of too many keys");
		return;
	}
	for (i = 0; i < pairs; i++) {
		keys[i] = r->pos;
		check_nested(r, depth + 1);
		for (j = 0; j < i && !r->failed; j++)
			if (equal_at(r, keys[j], keys[i]))
				cbor_fail(r, keys[i], "a key twice in one map");
		check_nested(r, depth + 1);
		if (r->failed)
			return;
	}
}

static void check_nested(struct cbor_reader *r, unsigned int depth)
{
	enum cbor_major major = CBOR_SIMPLE;
	size_t start = r->pos;
	uint64_t arg = cbor_get_head(r, &major), i;

	if (r->failed)
		return;
	if (depth == CBOR_NESTING_MAX)
		cbor_fail(r, start, "nested too deep");
	else if (major >= CBOR_BYTES && major <= CBOR_MAP && arg > r->len - r->pos)
		cbor_fail(r, start, "longer than what it stands in");
	else if (major == CBOR_BYTES)
		r->pos += (size_t)arg;
	else if (major == CBOR_TEXT)
		check_text(r, (size_t)arg);
	else if (major == CBOR_TAG)
		check_nested(r, depth + 1);
	else if (major == CBOR_MAP)
		check_map(r, start, arg, depth);
	for (i = 0; major == CBOR_ARRAY && i < arg && !r->failed; i++)
		check_nested(r, depth + 1);
}

void cbor_check(struct cbor_reader *r)
{
	check_nested(r, 0);
}
