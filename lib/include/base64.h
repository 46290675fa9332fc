/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Base64 (RFC 4648): the standard alphabet with padding, and the one of URLs without. Decoding is
 * strict: one encoding for each string of bytes, nothing else. Pure; anybody may call.
 */
#ifndef LIB_INCLUDE_BASE64_H
#define LIB_INCLUDE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the text of so many bytes, with the zero byte at its end. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)

enum base64_kind {
	BASE64_STANDARD, /* + and /, padded */
	BASE64_URL,	 /* - and _, not padded */
};

/* Writes the text and a zero byte; returns the length of the text. */
size_t base64_encode(enum base64_kind kind, const void *data, size_t len, char *text);

/* False for what is no such encoding or does not fit into size bytes. */
bool base64_decode(enum base64_kind kind, const char *text, size_t text_len, void *out, size_t size,
		   size_t *len);

/* The same for a text (or NULL) that must be one of exactly size bytes. */
bool base64_decode_exactly(enum base64_kind kind, const char *text, void *out, size_t size);

#endif
