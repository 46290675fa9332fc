/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CBOR (RFC 8949), the part tokens need: an encoder that writes the shortest (canonical) form of
 * every head, and a reader for tests and tools. No memory of its own; any part may call it.
 * lib/cbor/valid.c is apart from the reader, for those who must refuse what is not valid.
 */
#ifndef LIB_CBOR_H
#define LIB_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The encoder sees its output as one long string of bytes and keeps those in the window
 * [from, from + size). A window that starts at 0 is an ordinary bounded buffer; any other one cuts
 * a part out of an encoding that is nowhere stored whole. Positions only grow, so an overflow is
 * never lost: look once, at the end.
 */
struct cbor {
	uint8_t *buf; /* may be NULL when size is 0: then bytes are only counted */
	size_t size;
	size_t from;
	size_t pos; /* bytes produced so far, kept or not */
};

/* A description of one encoding: called as often as needed, must produce the same bytes each time.
 */
typedef void (*cbor_encode_fn)(struct cbor *c, const void *arg);

void cbor_init(struct cbor *c, void *buf, size_t size);
void cbor_init_window(struct cbor *c, void *buf, size_t size, size_t from);

/* Bytes of the encoding, 0 if they did not all fit in a buffer that starts at position 0. */
size_t cbor_finish(const struct cbor *c);

/* Bytes of the window that hold output; for encoders made by cbor_init_window(). */
size_t cbor_window_used(const struct cbor *c);

/* How many bytes fn(arg) produces. */
size_t cbor_length(cbor_encode_fn fn, const void *arg);

void cbor_int(struct cbor *c, int64_t value);
void cbor_uint(struct cbor *c, uint64_t value);
void cbor_bytes(struct cbor *c, const void *data, size_t len);
void cbor_text(struct cbor *c, const char *text);
void cbor_text_part(struct cbor *c, const char *text, size_t len); /* not terminated */
void cbor_array(struct cbor *c, size_t items);
void cbor_map(struct cbor *c, size_t pairs);
void cbor_tag(struct cbor *c, uint64_t tag);

/* Head of a byte string whose len bytes the caller then produces with cbor_raw() or nested items.
 */
void cbor_bytes_head(struct cbor *c, size_t len);
void cbor_raw(struct cbor *c, const void *data, size_t len);

/* A byte string that wraps the encoding fn(arg). */
void cbor_bytes_nested(struct cbor *c, cbor_encode_fn fn, const void *arg);

/* Major types, as the reader reports them. */
enum cbor_major {
	CBOR_UINT,
	CBOR_NEGINT,
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_TAG,
	CBOR_SIMPLE,
};

/*
 * The reader: a cursor over untrusted bytes; the first malformed item makes it fail for good. Only
 * definite lengths are read, and only heads in their shortest form unless any_width is set: a
 * decoder whose format allows longer heads sets it after cbor_reader_init().
 */
struct cbor_reader {
	const uint8_t *buf;
	size_t len;
	size_t pos;
	bool any_width;
	bool failed;
	size_t at;	 /* of the failure: where in buf */
	const char *why; /* and the rule that was broken */
};

void cbor_reader_init(struct cbor_reader *r, const void *buf, size_t len);

/* Type of the next item; CBOR_SIMPLE at the end and after a failure. */
enum cbor_major cbor_peek(const struct cbor_reader *r);

int64_t cbor_get_int(struct cbor_reader *r);
size_t cbor_get_array(struct cbor_reader *r);
size_t cbor_get_map(struct cbor_reader *r);
uint64_t cbor_get_tag(struct cbor_reader *r);

/* The string's bytes inside the reader's buffer (text is not terminated); NULL on failure. */
const uint8_t *cbor_get_bytes(struct cbor_reader *r, size_t *len);
const char *cbor_get_text(struct cbor_reader *r, size_t *len);

/* Passes over one item with all it contains. */
void cbor_skip(struct cbor_reader *r);

/*
 * Passes over one item as cbor_skip() does, and fails also if the item is not valid (RFC 8949
 * section 5.3.1): a key twice in a map, at any depth, or text that is not UTF-8. Keys are compared
 * as values: two encodings of one integer are the same key. (A floating-point number of two sizes
 * counts as two keys.) A map of more than CBOR_KEYS_MAX pairs fails.
 */
#define CBOR_KEYS_MAX 128
void cbor_check(struct cbor_reader *r);

/* Makes the reader fail at a place of its buffer for a rule of the caller's, unless it has. */
void cbor_fail(struct cbor_reader *r, size_t at, const char *why);

/* Head of the next item, whatever it is: its major type and its argument. */
uint64_t cbor_get_head(struct cbor_reader *r, enum cbor_major *major);

/* Nesting that a reader follows. */
#define CBOR_NESTING_MAX 16

/* True when nothing failed and every byte was read. */
bool cbor_reader_done(const struct cbor_reader *r);

#endif
