/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/image.c: what is an arm64 Image, and what is said about files that are none. */
#include <errno.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/image.h"

static uint8_t head[IMAGE_HEADER_SIZE];
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

static void text_offsets_are_pages_below_2_mib(void **state)
{
	put_le64(8, 0x80000);
	assert_no_error(parse());
	assert_int_equal(image.text_offset, 0x80000);
	put_le64(8, 0x80004);
	assert_error(parse(), -EINVAL, "kernel K is damaged: its text offset");
	put_le64(8, MIB(2));
	assert_error(parse(), -EINVAL, "text offset");
}

static void sizes_beyond_reason_are_refused(void **state)
{
	put_le64(16, GIB(1) + 1);
	assert_error(parse(), -EINVAL, "larger than 1G");
	put_le64(16, ~0ULL);
	assert_error(parse(), -EINVAL, "larger than 1G");
	put_le64(16, 0);
	assert_error(parse(), -EINVAL, "before Linux 3.17");
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
	assert_start(0, "\x1f\x8b\x08", 3, "zcat");
	assert_start(0, "\xfd\x37zXZ", 6, "xzcat");
	assert_start(0, "\x28\xb5\x2f\xfd", 4, "zstdcat");
	assert_start(0, "BZh9", 4, "bzcat");
	assert_start(0, "MZ\0\0zimg", 8, "zboot");
	assert_start(0, "\x7f\x45LF", 4, "ELF");
	assert_start(0, "070701", 6, "initrd");
	assert_start(0, "!<arch>\n", 8, "unpack");
	assert_start(0, "#!/bin/sh", 9, "no arm64 Image");
	assert_start(0, "MZ", 2, "no arm64 Image");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_kernel_is_recognised, make_header),
		cmocka_unit_test_setup(a_file_larger_than_its_header_says_counts_whole,
				       make_header),
		cmocka_unit_test_setup(text_offsets_are_pages_below_2_mib, make_header),
		cmocka_unit_test_setup(sizes_beyond_reason_are_refused, make_header),
		cmocka_unit_test_setup(big_endian_is_refused, make_header),
		cmocka_unit_test_setup(short_files_are_refused, make_header),
		cmocka_unit_test_setup(other_files_are_told_by_their_start, make_header),
	};

	return cmocka_run_group_tests_name("vmm/image", tests, NULL, NULL);
}
