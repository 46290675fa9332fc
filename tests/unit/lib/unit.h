/* SPDX-License-Identifier: BSD-3-Clause */
/* What the unit tests of lib/, measurements and tokens share: cmocka and hex strings. */
#ifndef TESTS_UNIT_LIB_UNIT_H
#define TESTS_UNIT_LIB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* Turns hex digits (blanks between bytes allowed) into bytes; returns how many. */
static inline size_t from_hex(const char *hex, uint8_t *out, size_t size)
{
	size_t n = 0;
	unsigned int byte;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		assert_true(n < size);
		out[n++] = (uint8_t)byte;
		hex++;
	}
	return n;
}

static inline void assert_hex_equal(const void *data, size_t len, const char *hex)
{
	uint8_t want[4096];

	assert_int_equal(from_hex(hex, want, sizeof(want)), len);
	assert_memory_equal(data, want, len);
}

#endif
