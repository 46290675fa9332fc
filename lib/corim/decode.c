/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * corim_decode() of corim.h: the outer map, and what the reader's other files share. Every string
 * that holds CBOR is first checked to be one valid item with nothing behind it, then read. So a key
 * is never there twice, and what a map must have is asked for when it is read.
 */
#include <string.h>

#include "lib/corim/reader.h"
#include "lib/corim/names.h"

/* ---- shared ---- */

bool reader_fail(struct reader *d, size_t at, const char *rule)
{
	cbor_fail(&d->r, at, rule);
	return false;
}

void reader_at(struct reader *d, const char *part)
{
	if (!d->r.failed)
		d->part = part;
}

/* One valid item up to the reader's end. The reader stays where it is. */
static void check(struct reader *d)
{
	size_t start = d->r.pos;

	cbor_check(&d->r);
	if (d->r.pos != d->r.len)
		reader_fail(d, d->r.pos, "bytes behind the end");
	d->r.pos = start;
}

void reader_enter(struct reader *d, const struct corim_bytes *bytes)
{
	if (d->r.failed)
		return;
	d->r.pos = (size_t)(bytes->data - d->r.buf);
	d->r.len = d->r.pos + bytes->len;
	check(d);
}

int64_t reader_key(struct reader *d)
{
	size_t at = d->r.pos;
	int64_t key;

	if (cbor_peek(&d->r) != CBOR_UINT && cbor_peek(&d->r) != CBOR_NEGINT)
		reader_fail(d, at, "a key that is not known");
	key = cbor_get_int(&d->r);
	return d->r.failed ? -1 : key;
}

void reader_unknown(struct reader *d, size_t at)
{
	reader_fail(d, at, "a key that is not known");
}

struct corim_bytes reader_text(struct reader *d)
{
	struct corim_bytes text = {NULL, 0};
	size_t at = d->r.pos;

	text.data = (const uint8_t *)cbor_get_text(&d->r, &text.len);
	if (text.data && memchr(text.data, 0, text.len))
		reader_fail(d, at, "a text with a zero byte");
	return text;
}

struct corim_bytes reader_bytes(struct reader *d)
{
	struct corim_bytes bytes = {NULL, 0};

	bytes.data = cbor_get_bytes(&d->r, &bytes.len);
	return bytes;
}

void reader_tag(struct reader *d, uint64_t tag, const char *rule)
{
	size_t at = d->r.pos;

	if (cbor_peek(&d->r) != CBOR_TAG || cbor_get_tag(&d->r) != tag)
		reader_fail(d, at, rule);
}

struct corim_bytes reader_tagged(struct reader *d, uint64_t tag, const char *rule)
{
	reader_tag(d, tag, rule);
	return reader_bytes(d);
}

size_t reader_array(struct reader *d)
{
	size_t at = d->r.pos, items = cbor_get_array(&d->r);

	if (items == 0)
		reader_fail(d, at, "an empty array");
	return items;
}

bool reader_is_text(const struct corim_bytes *bytes, const char *text)
{
	return bytes->data && bytes->len == strlen(text) && !memcmp(bytes->data, text, bytes->len);
}

/* ---- validity ---- */

void reader_not_before(struct reader *d, int64_t seconds)
{
	if (seconds > d->corim->validity.not_before)
		d->corim->validity.not_before = seconds;
}

void reader_not_after(struct reader *d, int64_t seconds)
{
	int64_t *not_after = &d->corim->validity.not_after;

	if (*not_after == 0 || seconds < *not_after)
		*not_after = seconds;
}

static int64_t get_time(struct reader *d)
{
	size_t at = d->r.pos;
	int64_t seconds;

	reader_tag(d, TAG_TIME, "a time that has not tag 1");
	seconds = cbor_get_int(&d->r);
	if (seconds <= 0)
		reader_fail(d, at, "a time that is not after 1970");
	return d->r.failed ? 1 : seconds;
}

void reader_validity(struct reader *d)
{
	size_t start = d->r.pos, pairs = cbor_get_map(&d->r), at;
	bool has_end = false;

	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case VALIDITY_NOT_BEFORE:
			reader_not_before(d, get_time(d));
			break;
		case VALIDITY_NOT_AFTER:
			reader_not_after(d, get_time(d));
			has_end = true;
			break;
		default:
			reader_unknown(d, at);
		}
	}
	if (!has_end)
		reader_fail(d, start, "a validity without an end");
}

/* ---- the outer map ---- */

static void get_profile(struct reader *d)
{
	size_t at = d->r.pos, i;
	struct corim_bytes profile;

	reader_tag(d, TAG_URI, "a profile that is no URI (tag 32)");
	profile = reader_text(d);
	for (i = 0; i < 2 * CORIM_SPELLINGS; i++) {
		d->corim->kind = (enum corim_kind)(i / CORIM_SPELLINGS);
		d->corim->spelling = (enum corim_spelling)(i % CORIM_SPELLINGS);
		if (reader_is_text(&profile, corim_profile(d->corim->kind, d->corim->spelling)))
			return;
	}
	reader_fail(d, at, "a profile that is not known: neither a CCA platform's nor a Realm's");
}

/* Strings of the outer map that are read when all of it has been. */
struct outer {
	struct reader tags;
	bool has_tags, has_profile;
};

static void get_outer_pair(struct reader *d, struct outer *outer)
{
	size_t at = d->r.pos;

	switch (reader_key(d)) {
	case CORIM_ID:
		d->corim->id = cbor_peek(&d->r) == CBOR_TEXT ? reader_text(d) : reader_bytes(d);
		break;
	case CORIM_TAGS:
		outer->has_tags = true;
		outer->tags = *d;
		cbor_skip(&d->r);
		break;
	case CORIM_PROFILE:
		outer->has_profile = true;
		get_profile(d);
		break;
	case CORIM_VALIDITY:
		reader_validity(d);
		break;
	case CORIM_DEPENDENT: /* files that it goes with, and who made it: neither is a demand */
	case CORIM_ENTITIES:
		cbor_skip(&d->r);
		break;
	default:
		reader_unknown(d, at);
	}
}

static void get_outer(struct reader *d, struct outer *outer)
{
	size_t start = d->r.pos, pairs;

	reader_tag(d, TAG_CORIM, "not a CoRIM (tag 501)");
	pairs = cbor_get_map(&d->r);
	for (; pairs != 0 && !d->r.failed; pairs--)
		get_outer_pair(d, outer);
	if (!d->corim->id.data)
		reader_fail(d, start, "no id");
	if (!outer->has_profile)
		reader_fail(d, start, "no profile, which would say what it is about");
	if (!outer->has_tags)
		reader_fail(d, start, "no tags");
}

/* Each tag that is a CoMID; there may be no others, which would have demands of their own. */
static void get_tags(struct reader *d)
{
	size_t items = reader_array(d);

	for (; items != 0 && !d->r.failed; items--) {
		struct cbor_reader outside;
		struct corim_bytes comid;

		reader_at(d, "CoRIM");
		comid = reader_tagged(d, TAG_COMID, "a tag that is no CoMID (506)");
		outside = d->r;
		reader_comid(d, &comid);
		if (!d->r.failed)
			d->r = outside;
	}
}

static void get_corim(struct reader *d)
{
	struct outer outer = {.has_tags = false};

	reader_at(d, "CoRIM");
	get_outer(d, &outer);
	if (d->r.failed)
		return;
	*d = outer.tags;
	get_tags(d);
	if (!d->corim->platforms && !d->corim->keys && !d->corim->realms)
		reader_fail(d, d->r.pos, "neither reference values nor keys");
}

static bool is_sign1(const struct cbor_reader *r)
{
	struct cbor_reader copy = *r;

	return cbor_peek(&copy) == CBOR_TAG && cbor_get_tag(&copy) == TAG_SIGN1;
}

bool corim_decode(const void *buf, size_t len, struct corim *c, struct corim_error *error)
{
	struct reader d = {.corim = c, .part = "CoRIM"};
	struct corim_bytes payload;

	memset(c, 0, sizeof(*c));
	*error = (struct corim_error){.offset = 0};
	cbor_reader_init(&d.r, buf, len);
	d.r.any_width = true;
	if (len > CORIM_SIZE_MAX)
		reader_fail(&d, CORIM_SIZE_MAX, "longer than 262144 bytes");
	check(&d);
	if (is_sign1(&d.r)) {
		payload = reader_sign1(&d);
		reader_enter(&d, &payload);
	}
	if (!d.r.failed)
		get_corim(&d);
	if (d.r.failed)
		*error = (struct corim_error){.offset = d.r.at, .part = d.part, .rule = d.r.why};
	return !d.r.failed;
}
