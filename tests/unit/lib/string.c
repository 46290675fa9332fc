/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/string.c against the C library's functions: every alignment and short length, with the bytes
 * around the destination watched. The build renames the functions under test to fw_*.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

void *fw_memcpy(void *dst, const void *src, size_t n);
void *fw_memmove(void *dst, const void *src, size_t n);
void *fw_memset(void *dst, int c, size_t n);
int fw_memcmp(const void *a, const void *b, size_t n);
void *fw_memchr(const void *s, int c, size_t n);
size_t fw_strlen(const char *s);
size_t fw_strnlen(const char *s, size_t max);
int fw_strcmp(const char *a, const char *b);
int fw_strncmp(const char *a, const char *b, size_t n);
char *fw_strchr(const char *s, int c);
char *fw_strrchr(const char *s, int c);

#define LONGEST 70
#define ALIGNS	9
#define ROOM	128

static _Alignas(16) uint8_t ours[ROOM], theirs[ROOM], source[ROOM];

static void fill(void)
{
	for (int i = 0; i < ROOM; i++) {
		ours[i] = theirs[i] = (uint8_t)(0x80 + i);
		source[i] = (uint8_t)(i * 7 + 1);
	}
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void memcpy_copies_and_nothing_else(void **state)
{
	for (size_t to = 0; to < ALIGNS; to++) {
		for (size_t from = 0; from < ALIGNS; from++) {
			for (size_t n = 0; n <= LONGEST; n++) {
				fill();
				assert_ptr_equal(fw_memcpy(ours + 16 + to, source + from, n),
						 ours + 16 + to);
				memcpy(theirs + 16 + to, source + from, n);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void memmove_copes_with_any_overlap(void **state)
{
	for (size_t to = 0; to < 40; to++) {
		for (size_t from = 0; from < 40; from++) {
			for (size_t n = 0; n <= LONGEST; n += 3) {
				fill();
				assert_ptr_equal(fw_memmove(ours + to, ours + from, n), ours + to);
				memmove(theirs + to, theirs + from, n);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void memset_sets_the_low_byte(void **state)
{
	static const int values[] = {0, 0x5a, 0xff, 0x1234, -1};

	for (size_t to = 0; to < ALIGNS; to++) {
		for (size_t n = 0; n <= LONGEST; n++) {
			for (size_t v = 0; v < 5; v++) {
				fill();
				assert_ptr_equal(fw_memset(ours + to, values[v], n), ours + to);
				memset(theirs + to, values[v], n);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void memcmp_compares_unsigned_bytes(void **state)
{
	assert_int_equal(fw_memcmp("a", "b", 0), 0);
	assert_true(fw_memcmp("a\x7f", "a\x80", 2) < 0);
	assert_true(fw_memcmp("\xff", "\x01", 1) > 0);
	assert_int_equal(fw_memcmp("a\0b", "a\0b", 3), 0);
	assert_true(fw_memcmp("a\0b", "a\0c", 3) < 0);
	assert_int_equal(fw_memcmp("same-x", "same-y", 5), 0);
}

static void memchr_finds_the_first(void **state)
{
	static const char text[] = "ab\0b\xe9";

	assert_ptr_equal(fw_memchr(text, 'b', 5), text + 1);
	assert_ptr_equal(fw_memchr(text, 0, 5), text + 2);
	assert_ptr_equal(fw_memchr(text, 0xe9, 5), text + 4);
	assert_ptr_equal(fw_memchr(text, 0x100 + 'a', 5), text);
	assert_null(fw_memchr(text, 0xe9, 4));
	assert_null(fw_memchr(text, 'a', 0));
}

static void lengths_stop_at_the_end_or_the_limit(void **state)
{
	char unterminated[4] = {'a', 'b', 'c', 'd'};

	assert_int_equal(fw_strlen(""), 0);
	assert_int_equal(fw_strlen("four"), 4);
	assert_int_equal(fw_strnlen("four", 9), 4);
	assert_int_equal(fw_strnlen("four", 4), 4);
	assert_int_equal(fw_strnlen("four", 3), 3);
	assert_int_equal(fw_strnlen("four", 0), 0);
	assert_int_equal(fw_strnlen(unterminated, sizeof(unterminated)), 4);
}

static void comparisons_agree_with_the_c_library(void **state)
{
	static const char *const words[] = {"", "a", "b", "ab", "abc", "abd", "a\x80", "a\x7f"};

	for (size_t i = 0; i < 8; i++) {
		for (size_t j = 0; j < 8; j++) {
			assert_int_equal(sign(fw_strcmp(words[i], words[j])),
					 sign(strcmp(words[i], words[j])));
			for (size_t n = 0; n < 5; n++)
				assert_int_equal(sign(fw_strncmp(words[i], words[j], n)),
						 sign(strncmp(words[i], words[j], n)));
		}
	}
}

static void strncmp_reads_no_further_than_its_limit(void **state)
{
	char a[2] = {'a', 'b'}, b[2] = {'a', 'b'};

	assert_int_equal(fw_strncmp(a, b, 2), 0);
}

static void strchr_and_strrchr_find_either_end(void **state)
{
	static const char text[] = "a:b:c\xe9";

	assert_ptr_equal(fw_strchr(text, ':'), text + 1);
	assert_ptr_equal(fw_strrchr(text, ':'), text + 3);
	assert_ptr_equal(fw_strchr(text, 0xe9), text + 5);
	assert_ptr_equal(fw_strrchr(text, 'a'), text);
	/* The terminator counts. */
	assert_ptr_equal(fw_strchr(text, 0), text + 6);
	assert_ptr_equal(fw_strrchr(text, 0), text + 6);
	assert_null(fw_strchr(text, 'x'));
	assert_null(fw_strrchr(text, 'x'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memcpy_copies_and_nothing_else),
		cmocka_unit_test(memmove_copes_with_any_overlap),
		cmocka_unit_test(memset_sets_the_low_byte),
		cmocka_unit_test(memcmp_compares_unsigned_bytes),
		cmocka_unit_test(memchr_finds_the_first),
		cmocka_unit_test(lengths_stop_at_the_end_or_the_limit),
		cmocka_unit_test(comparisons_agree_with_the_c_library),
		cmocka_unit_test(strncmp_reads_no_further_than_its_limit),
		cmocka_unit_test(strchr_and_strrchr_find_either_end),
	};

	return cmocka_run_group_tests_name("lib/string", tests, NULL, NULL);
}
