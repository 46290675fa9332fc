/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/boot/image.c: which kernels the monitor starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "monitor/boot/image.h"
#include "tests/unit/monitor/boot/capture.h"

static uint8_t header[IMAGE_HEADER_SIZE];
static struct image image;

static void put64(size_t offset, uint64_t value)
{
	for (size_t i = 0; i < 8; i++)
		header[offset + i] = (uint8_t)(value >> 8 * i);
}

/* As arch/arm64 documents it: text_offset 0, image_size, flags (4K pages, anywhere), magic. */
static void make_header(void)
{
	capture_clear();
	memset(header, 0, sizeof(header));
	memcpy(header, "MZ", 2);
	put64(8, 0);
	put64(16, MIB(37));
	put64(24, 0xa);
	memcpy(header + 56, "ARM\x64", 4);
}

static void assert_refused(uint64_t file_size, const char *text)
{
	assert_int_equal(image_parse(header, sizeof(header), file_size, &image), -EINVAL);
	assert_printed(text);
}

static void an_image_gives_its_size_and_offset(void **state)
{
	make_header();
	put64(8, 0x80000);
	assert_int_equal(image_parse(header, sizeof(header), MIB(30), &image), 0);
	assert_int_equal(image.text_offset, 0x80000);
	assert_int_equal(image.size, MIB(37));
	assert_string_equal(captured(), "");
}

static void a_file_longer_than_its_image_counts_whole(void **state)
{
	make_header();
	assert_int_equal(image_parse(header, sizeof(header), MIB(37) + 700, &image), 0);
	assert_int_equal(image.size, MIB(37) + 700);
}

static void short_files_are_refused(void **state)
{
	make_header();
	assert_refused(IMAGE_HEADER_SIZE - 1, "shorter than");
	assert_int_equal(image_parse(header, IMAGE_HEADER_SIZE - 1, MIB(30), &image), -EINVAL);
	assert_printed("shorter than");
	assert_int_equal(image_parse(header, IMAGE_HEADER_SIZE, IMAGE_HEADER_SIZE, &image), 0);
}

static void bad_headers_are_refused(void **state)
{
	make_header();
	put64(24, 0xb);
	assert_refused(MIB(30), "big-endian");
	make_header();
	put64(16, 0);
	assert_refused(MIB(30), "does not say its size");
	make_header();
	put64(16, UINT64_MAX);
	assert_refused(MIB(30), "larger than 1 GiB");
	make_header();
	assert_refused(GIB(1) + 1, "larger than 1 GiB");
	make_header();
	put64(8, MIB(2));
	assert_refused(MIB(30), "bad text_offset");
	put64(8, 0x80004);
	assert_refused(MIB(30), "bad text_offset");
}

static void other_files_are_named(void **state)
{
	static const struct {
		const char *start;
		size_t length;
		const char *text;
	} files[] = {
		{"\x1f\x8b\x08\x00", 4, "gzip"},
		{"MZ\0\0zimg", 8, "zboot"},
		{"\x28\xb5\x2f\xfd", 4, "zstd"},
		{"\xfd"
		 "7zXZ\0",
		 6, "xz"},
		{"BZh9", 4, "bzip2"},
		{"\x02\x21\x4c\x18", 4, "lz4"},
		{"\x7f"
		 "ELF",
		 4, "ELF"},
		{"\x27\x05\x19\x56", 4, "uImage"},
		{"\xd0\x0d\xfe\xed", 4, "device tree"},
		{"MZ\x90\0", 4, "EFI program"},
		{"#!/bin/sh", 9, "unknown kind"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		make_header();
		memset(header, 0, sizeof(header));
		memcpy(header, files[i].start, files[i].length);
		assert_refused(MIB(30), files[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_gives_its_size_and_offset),
		cmocka_unit_test(a_file_longer_than_its_image_counts_whole),
		cmocka_unit_test(short_files_are_refused),
		cmocka_unit_test(bad_headers_are_refused),
		cmocka_unit_test(other_files_are_named),
	};

	return cmocka_run_group_tests_name("monitor/boot/image", tests, NULL, NULL);
}
