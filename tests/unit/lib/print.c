/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/print.c: the conversions print.h promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <string.h>
#include <cmocka.h>
#include <print.h>

static char out[256];
static size_t used;

void print_char(char c)
{
	assert_true(used < sizeof(out) - 1);
	out[used++] = c;
	out[used] = '\0';
}

static int start_line(void **state)
{
	used = 0;
	out[0] = '\0';
	return 0;
}

static void assert_out(const char *expected)
{
	assert_string_equal(out, expected);
	start_line(NULL);
}

static void plain_text_is_unchanged(void **state)
{
	print("one 100%% line\n");
	assert_out("one 100% line\n");
	print("%s", "");
	assert_out("");
}

static void strings_and_characters(void **state)
{
	const char *volatile none = NULL;

	print("[%s|%c]", "text", 'x');
	assert_out("[text|x]");
	print("%s", none);
	assert_out("(null)");
	print("[%6s]", "abc");
	assert_out("[   abc]");
	print("[%2s]", "abc");
	assert_out("[abc]");
}

static void numbers_of_every_size(void **state)
{
	print("%d %d %d", 0, -1, INT_MAX);
	assert_out("0 -1 2147483647");
	print("%d", INT_MIN);
	assert_out("-2147483648");
	print("%u %x", UINT_MAX, UINT_MAX);
	assert_out("4294967295 ffffffff");
	print("%ld %ld", LONG_MAX, LONG_MIN);
	assert_out("9223372036854775807 -9223372036854775808");
	print("%lu %lx", ULONG_MAX, ULONG_MAX);
	assert_out("18446744073709551615 ffffffffffffffff");
	print("%lld %llu %llx", -5LL, 5ULL, 0xabcdef0123456789ULL);
	assert_out("-5 5 abcdef0123456789");
	print("%zu", (size_t)7);
	assert_out("7");
}

/* A 32-bit argument must not drag in what lies above it in its register. */
static void narrow_conversions_ignore_the_upper_half(void **state)
{
	uint64_t wide = 0xdeadbeef00000001;

	print("%u %x %d", (unsigned int)wide, (unsigned int)wide, (int)wide);
	assert_out("1 1 1");
}

static void widths_and_zeroes(void **state)
{
	print("[%4u|%04u|%4x|%08x]", 42u, 42u, 0xabu, 0xabu);
	assert_out("[  42|0042|  ab|000000ab]");
	print("[%016lx]", 0x1234UL);
	assert_out("[0000000000001234]");
	print("[%2u]", 12345u);
	assert_out("[12345]");
	print("[%12lu]", 12345UL);
	assert_out("[       12345]");
}

static void pointers_are_hexadecimal(void **state)
{
	print("%p", (void *)(uintptr_t)0x40200000);
	assert_out("40200000");
}

static void arguments_stay_in_step(void **state)
{
	print("%s=%lx (%u) %c%s", "a", 0x10UL, 3u, 'z', "end");
	assert_out("a=10 (3) zend");
}

/* The format comes from a pointer: the compiler would reject these. */
static void odd_formats_end_cleanly(void **state)
{
	static const char *volatile formats[] = {"abc%", "abc%0", "abc%12", "abc%l"};

	for (size_t i = 0; i < 4; i++) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-security"
		print(formats[i]);
#pragma clang diagnostic pop
		assert_out("abc");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(plain_text_is_unchanged, start_line),
		cmocka_unit_test_setup(strings_and_characters, start_line),
		cmocka_unit_test_setup(numbers_of_every_size, start_line),
		cmocka_unit_test_setup(narrow_conversions_ignore_the_upper_half, start_line),
		cmocka_unit_test_setup(widths_and_zeroes, start_line),
		cmocka_unit_test_setup(pointers_are_hexadecimal, start_line),
		cmocka_unit_test_setup(arguments_stay_in_step, start_line),
		cmocka_unit_test_setup(odd_formats_end_cleanly, start_line),
	};

	return cmocka_run_group_tests_name("lib/print", tests, NULL, NULL);
}
