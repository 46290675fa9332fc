/* SPDX-License-Identifier: BSD-3-Clause */
/* What the VMM's unit tests share: cmocka, and looks at the error text. */
#ifndef TESTS_UNIT_VMM_UNIT_H
#define TESTS_UNIT_VMM_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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

#endif
