/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/image.c: what is an arm64 Image, and what is said about files that are none. */
#include <errno.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/image.h"

static uint8_t head[1024];
static struct image image;

static void put_le64(size_t at, uint64_t value)
{
	int i;

	for (i = 0; i < 8; i++)
		head[at + (size_t)i] = (uint8_t)(value >> 8 * i);
}

static int make_header(void **state)
{
	error_clear();
	memset(head, 0, sizeof(head));
	memcpy(head, "MZ", 2);
	put_le64(16, MIB(41));
	put_le64(24, 0xa);
	memcpy(head + 56, "ARM\x64", 4);
	return 0;
}

static int parse(void)
{
	return image_parse("K", head, sizeof(head), MIB(40), &image);
}

static void a_kernel_is_recognised(void **state)
{
	assert_no_error(parse());
	assert_int_equal(image.text_offset, 0);
	assert_int_equal(image.size, MIB(41));
}

static void a_file_larger_than_its_header_says_counts_whole(void **state)
{
	put_le64(16, MIB(8));
	assert_no_error(parse());
	assert_int_equal(image.size, MIB(40));
}

/* booting.rst has no upper bound; images for some boards have 0x1080000. */
static void text_offsets_are_pages(void **state)
{
	put_le64(8, 0x80000);
	assert_no_error(parse());
	assert_int_equal(image.text_offset, 0x80000);
	put_le64(8, MIB(2));
	assert_no_error(parse());
	assert_int_equal(image.text_offset, MIB(2));
	put_le64(8, 0x1080000);
	assert_no_error(parse());
	assert_int_equal(image.text_offset, 0x1080000);
	put_le64(8, 0x80004);
	assert_error(parse(), -EINVAL, "kernel K is damaged: its text offset is not a multiple");
	put_le64(8, GIB(256));
	assert_error(parse(), -EINVAL, "beyond any memory");
	put_le64(8, ~0xfffULL);
	assert_error(parse(), -EINVAL, "beyond any memory");
}

static void sizes_beyond_reason_are_refused(void **state)
{
	put_le64(16, GIB(1) + 1);
	assert_error(parse(), -EINVAL, "larger than 1G");
	put_le64(16, ~0ULL);
	assert_error(parse(), -EINVAL, "larger than 1G");
}

/* The offset then may be in either byte order: it is not looked at. */
static void a_kernel_from_before_3_17_does_not_say_its_size(void **state)
{
	put_le64(16, 0);
	put_le64(8, 0x0000080000000000);
	assert_no_error(parse());
	assert_int_equal(image.text_offset, 0x80000);
	assert_in_range(image.size, MIB(40) + 1, MIB(64));
}

static void big_endian_is_refused(void **state)
{
	head[24] |= 1;
	assert_error(parse(), -EINVAL, "big-endian");
}

static void short_files_are_refused(void **state)
{
	assert_error(image_parse("K", head, 63, 63, &image), -EINVAL, "too short");
	assert_error(image_parse("K", head, 0, 0, &image), -EINVAL, "empty");
}

static void assert_start(size_t at, const char *bytes, size_t len, const char *text)
{
	memset(head, 0, sizeof(head));
	memcpy(head + at, bytes, len);
	assert_error(parse(), -EINVAL, text);
}

static void other_files_are_told_by_their_start(void **state)
{
	assert_start(0, "\xfd\x37zXZ", 6, "xzcat");
	assert_start(0, "BZh9", 4, "bzcat");
	assert_start(0, "\x04\x22\x4d\x18", 4, "lz4 -d");
	assert_start(0, "\x02\x21\x4c\x18", 4, "lz4 -d");
	assert_start(0, "\x5d\0\0\x80\0", 5, "compressed by lzma");
	assert_start(0, "\x89LZO\0\r\n", 7, "lzop -dc");
	assert_start(0, "LZIP\1", 5, "lzip -dc");
	assert_start(0, "\x27\x05\x19\x56", 4, "a U-Boot image");
	assert_start(0, "\xd0\x0d\xfe\xed", 4, "FIT image");
	assert_start(0, "ANDROID!", 8, "Android boot image");
	assert_start(0x202, "HdrS", 4, "x86");
	assert_start(0, "\x7f\x45LF", 4, "ELF");
	assert_start(0, "070701", 6, "initrd");
	assert_start(0, "!<arch>\n", 8, "unpack");
	assert_start(0, "#!/bin/sh", 9, "no arm64 Image");
	assert_start(0, "MZ", 2, "no arm64 Image");
}

/* A unified kernel image is a PE file with sections; so is any other EFI program. */
static void an_efi_program_is_told_by_its_pe_header(void **state)
{
	memset(head, 0, sizeof(head));
	memcpy(head, "MZ", 2);
	put_le64(60, 0x80);
	memcpy(head + 0x80, "PE\0\0", 4);
	assert_error(parse(), -EINVAL, "unified kernel image");
	put_le64(60, sizeof(head) - 4);
	assert_error(parse(), -EINVAL, "no arm64 Image");
	put_le64(60, 0xfffffffe);
	assert_error(parse(), -EINVAL, "no arm64 Image");
}

/* Puts words at the very end, where a reader must not run over. */
static int check_realm(const char *words)
{
	struct image_linux version;

	memset(head, 0, sizeof(head));
	memcpy(head + sizeof(head) - strlen(words), words, strlen(words));
	version = image_find_linux(head, sizeof(head));
	return image_check_realm("K", &version, head, sizeof(head));
}

static void a_linux_that_cannot_be_a_realm_is_refused(void **state)
{
	const char *why = "kernel K is Linux 6.12, which cannot be a Realm";

	assert_error(check_realm("Linux version 6.12.95+deb12"), -EINVAL, why);
	assert_error(check_realm("Linux version %s Linux version 6.12"), -EINVAL, why);
	assert_error(check_realm("Linux version 5.4"), -EINVAL, "Linux 5.4, which");
}

static void one_that_can_is_not(void **state)
{
	assert_no_error(check_realm("Linux version 6.13.0"));
	assert_no_error(check_realm("Linux version 7.3.4+deb13"));
	assert_no_error(check_realm("Linux version 6.6.1 RME: Using RSI version %lu.%lu"));
	assert_no_error(check_realm("Linux version "));
	assert_no_error(check_realm("a payload that is no Linux"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_kernel_is_recognised, make_header),
		cmocka_unit_test_setup(a_file_larger_than_its_header_says_counts_whole,
				       make_header),
		cmocka_unit_test_setup(text_offsets_are_pages, make_header),
		cmocka_unit_test_setup(sizes_beyond_reason_are_refused, make_header),
		cmocka_unit_test_setup(big_endian_is_refused, make_header),
		cmocka_unit_test_setup(short_files_are_refused, make_header),
		cmocka_unit_test_setup(a_kernel_from_before_3_17_does_not_say_its_size,
				       make_header),
		cmocka_unit_test_setup(an_efi_program_is_told_by_its_pe_header, make_header),
		cmocka_unit_test_setup(a_linux_that_cannot_be_a_realm_is_refused, make_header),
		cmocka_unit_test_setup(one_that_can_is_not, make_header),
		cmocka_unit_test_setup(other_files_are_told_by_their_start, make_header),
	};

	return cmocka_run_group_tests_name("vmm/boot/image", tests, NULL, NULL);
}
