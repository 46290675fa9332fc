/* SPDX-License-Identifier: BSD-3-Clause */
/* Base64, see base64.h. */
#include <base64.h>
#include <string.h>

static const char *alphabet(enum base64_kind kind)
{
	return kind == BASE64_URL
		       ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		       : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

size_t base64_encode(enum base64_kind kind, const void *data, size_t len, char *text)
{
	const char *digits = alphabet(kind);
	const uint8_t *bytes = data;
	char *at = text;
	size_t i, left;

	for (i = 0; i < len; i += 3) {
		uint32_t word = (uint32_t)bytes[i] << 16;

		left = len - i;
		word |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
		word |= left > 2 ? bytes[i + 2] : 0;
		*at++ = digits[word >> 18];
		*at++ = digits[word >> 12 & 63];
		if (left > 1)
			*at++ = digits[word >> 6 & 63];
		else if (kind == BASE64_STANDARD)
			*at++ = '=';
		if (left > 2)
			*at++ = digits[word & 63];
		else if (kind == BASE64_STANDARD)
			*at++ = '=';
	}
	*at = '\0';
	return (size_t)(at - text);
}

/* The text without its padding; false if the padding is not the one that belongs there. */
static bool strip_padding(enum base64_kind kind, const char *text, size_t *len)
{
	if (kind == BASE64_URL)
		return *len % 4 != 1;
	if (*len % 4)
		return false;
	if (*len && text[*len - 1] == '=')
		--*len;
	if (*len % 4 == 3 && text[*len - 1] == '=')
		--*len;
	return true;
}

bool base64_decode(enum base64_kind kind, const char *text, size_t text_len, void *out, size_t size,
		   size_t *len)
{
	const char *digits = alphabet(kind), *digit;
	unsigned int bits = 0, word = 0;
	uint8_t *bytes = out;
	size_t i;

	*len = 0;
	if (!strip_padding(kind, text, &text_len) || text_len / 4 * 3 + text_len % 4 * 3 / 4 > size)
		return false;
	for (i = 0; i < text_len; i++) {
		digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return false;
		word = word << 6 | (unsigned int)(digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[(*len)++] = (uint8_t)(word >> bits);
			word &= (1U << bits) - 1;
		}
	}
	return word == 0; /* bits of no byte */
}

bool base64_decode_exactly(enum base64_kind kind, const char *text, void *out, size_t size)
{
	size_t len;

	return text && base64_decode(kind, text, strlen(text), out, size, &len) && len == size;
}
