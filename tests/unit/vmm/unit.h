/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the VMM's unit tests share: cmocka, looks at the error text, files and command lines to test
 * with.
 */
#ifndef TESTS_UNIT_VMM_UNIT_H
#define TESTS_UNIT_VMM_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/lib/error.h"

/* The last call failed with this error and said this; the text is cleared for the next one. */
static inline void assert_error(int ret, int err, const char *part)
{
	assert_int_equal(ret, err);
	if (!strstr(error_text(), part))
		fail_msg("\"%s\" says nothing of \"%s\"", error_text(), part);
	error_clear();
}

static inline void assert_no_error(int ret)
{
	if (ret < 0 || error_text()[0])
		fail_msg("%d, \"%s\"", ret, error_text());
}

static inline int clear_errors(void **state)
{
	error_clear();
	return 0;
}

/* A new file with this in it; its path is written to name. */
static inline void make_file(char name[32], const void *data, size_t size)
{
	int fd;

	strcpy(name, "/tmp/vmm-unit-XXXXXX");
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	assert_int_equal(close(fd), 0);
}

#define WORDS_MAX 256

/* Splits a command line at its blanks; '~' stands for an empty word. Valid until the next call. */
static inline int split_words(const char *line, char *argv[WORDS_MAX])
{
	static char text[8192];
	char *word, *rest = text;
	int argc = 0;

	snprintf(text, sizeof(text), "%s", line);
	while (argc < WORDS_MAX && (word = strsep(&rest, " ")) != NULL)
		if (*word)
			argv[argc++] = strcmp(word, "~") ? word : "";
	return argc;
}

#endif
