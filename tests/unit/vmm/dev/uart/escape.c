/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/uart/escape.c: the keys that are not for the guest. */
#include "tests/unit/vmm/unit.h"
#include "vmm/dev/uart/escape.h"

#define A "\x01"

static struct escape e;

static int reset(void **state)
{
	e = (struct escape){0};
	return 0;
}

/* Types keys in one read; the guest gets `want`. Returns whether the VM is to end. */
static bool type(const char *keys, const char *want)
{
	uint8_t bytes[64];
	size_t count = strlen(keys);
	bool quit;

	memcpy(bytes, keys, count);
	quit = escape_filter(&e, bytes, &count);
	assert_int_equal(count, strlen(want));
	assert_memory_equal(bytes, want, count);
	return quit;
}

static void ordinary_keys_pass(void **state)
{
	assert_false(type("xax\x03\x1a", "xax\x03\x1a"));
}

static void ctrl_a_x_ends(void **state)
{
	assert_true(type("ls\r" A "xmore", "ls\r"));
}

static void the_two_keys_may_come_apart(void **state)
{
	assert_false(type(A, ""));
	assert_true(type("x", ""));
}

static void ctrl_a_twice_sends_one(void **state)
{
	assert_false(type(A A "x", A "x"));
}

static void other_keys_after_ctrl_a_are_dropped(void **state)
{
	assert_false(type(A "bx", "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ordinary_keys_pass, reset),
		cmocka_unit_test_setup(ctrl_a_x_ends, reset),
		cmocka_unit_test_setup(the_two_keys_may_come_apart, reset),
		cmocka_unit_test_setup(ctrl_a_twice_sends_one, reset),
		cmocka_unit_test_setup(other_keys_after_ctrl_a_are_dropped, reset),
	};

	return cmocka_run_group_tests_name("vmm/dev/uart/escape", tests, NULL, NULL);
}
