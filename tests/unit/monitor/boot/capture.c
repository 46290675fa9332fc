/* SPDX-License-Identifier: BSD-3-Clause */
/* See capture.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <print.h>

#include "tests/unit/monitor/boot/capture.h"

static char text[4096];
static size_t used;

void print_char(char c)
{
	assert_true(used < sizeof(text) - 1);
	text[used++] = c;
	text[used] = '\0';
}

const char *captured(void)
{
	return text;
}

void capture_clear(void)
{
	used = 0;
	text[0] = '\0';
}

void assert_printed(const char *expected)
{
	if (!strstr(text, expected))
		fail_msg("expected \"%s\", printed was \"%s\"", expected, text);
	assert_int_equal(text[used - 1], '\n');
	capture_clear();
}
