/* SPDX-License-Identifier: BSD-3-Clause */
/* host/hyp/pmr.h: the priority mask around a REC run, and the barrier that a hinted one needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/hyp/pmr.h"

#define MASKED 0x60 /* a kernel with pseudo-NMIs has its interrupts off */

static u64 pmr;
static char calls[128];

static void add(const char *what, u64 value)
{
	size_t used = strlen(calls);

	snprintf(calls + used, sizeof(calls) - used, "%s %llx;", what, (unsigned long long)value);
}

u64 shim_read_sysreg(const char *name)
{
	assert_string_equal(name, "SYS_ICC_PMR_EL1");
	return pmr;
}

void shim_write_sysreg(u64 value, const char *name)
{
	assert_string_equal(name, "SYS_ICC_PMR_EL1");
	add("pmr", value);
	pmr = value;
}

void shim_dsb(const char *kind)
{
	assert_string_equal(kind, "sy");
	add("dsb", 0);
}

static void an_open_mask_is_left_alone(void **state)
{
	pmr = PMR_OPEN;
	calls[0] = 0;
	pmr_restore(pmr_open());
	assert_string_equal(calls, "");
	assert_int_equal(pmr, PMR_OPEN);
}

static void a_closed_mask_is_opened_and_the_redistributor_has_it_before_the_run(void **state)
{
	u64 before;

	pmr = MASKED;
	calls[0] = 0;
	before = pmr_open();
	assert_int_equal(before, MASKED);
	assert_string_equal(calls, "pmr f0;dsb 0;");
	pmr_restore(before);
	assert_string_equal(calls, "pmr f0;dsb 0;pmr 60;");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_mask_is_left_alone),
		cmocka_unit_test(
			a_closed_mask_is_opened_and_the_redistributor_has_it_before_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
