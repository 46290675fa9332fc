/* SPDX-License-Identifier: BSD-3-Clause */
/* Recognising a kernel the monitor can start. See image.h. */
#include <errno.h>
#include <string.h>
#include <print.h>
#include <util.h>

#include "monitor/boot/image.h"

#define OFF_TEXT_OFFSET 8
#define OFF_IMAGE_SIZE	16
#define OFF_FLAGS	24
#define OFF_MAGIC	56

#define FLAG_BIG_ENDIAN BIT(0)

#define TEXT_OFFSET_LIMIT MIB(2)
#define IMAGE_SIZE_LIMIT  GIB(1)

/* What people hand to -kernel by mistake. */
static const struct {
	uint8_t offset;
	uint8_t length;
	const char *magic;
	const char *name;
} others[] = {
	{0, 2, "\x1f\x8b", "gzip-compressed"},
	{4, 4, "zimg", "an EFI zboot image (compressed)"},
	{0, 4, "\x28\xb5\x2f\xfd", "zstd-compressed"},
	{0, 6,
	 "\xfd"
	 "7zXZ",
	 "xz-compressed"},
	{0, 3, "BZh", "bzip2-compressed"},
	{0, 4, "\x02\x21\x4c\x18", "lz4-compressed"},
	{0, 4,
	 "\x7f"
	 "ELF",
	 "an ELF file (vmlinux?)"},
	{0, 4, "\x27\x05\x19\x56", "a U-Boot uImage"},
	{0, 4, "\xd0\x0d\xfe\xed", "a device tree or FIT image"},
	{0, 2, "MZ", "an EFI program, not an arm64 Image"},
};

static uint64_t read_le64(const uint8_t *p)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

static int refuse(const char *why)
{
	print("kernel: not usable: %s; an uncompressed little-endian arm64 Image is needed\n", why);
	return -EINVAL;
}

static const char *name_other(const uint8_t *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!memcmp(p + others[i].offset, others[i].magic, others[i].length))
			return others[i].name;
	}
	return "of an unknown kind";
}

int image_parse(const void *data, size_t available, uint64_t file_size, struct image *image)
{
	const uint8_t *p = data;
	uint64_t size;

	if (available < IMAGE_HEADER_SIZE || file_size < IMAGE_HEADER_SIZE)
		return refuse("shorter than an Image's header");
	if (memcmp(p + OFF_MAGIC, "ARM\x64", 4))
		return refuse(name_other(p));
	if (read_le64(p + OFF_FLAGS) & FLAG_BIG_ENDIAN)
		return refuse("big-endian");
	size = read_le64(p + OFF_IMAGE_SIZE);
	if (!size)
		return refuse("it does not say its size (Linux before 3.17)");
	if (size > IMAGE_SIZE_LIMIT || file_size > IMAGE_SIZE_LIMIT)
		return refuse("larger than 1 GiB");
	image->text_offset = read_le64(p + OFF_TEXT_OFFSET);
	if (image->text_offset >= TEXT_OFFSET_LIMIT ||
	    !is_aligned(image->text_offset, GRANULE_SIZE))
		return refuse("bad text_offset");
	/* The signature at the end of a signed file is not counted in image_size. */
	image->size = size > file_size ? size : file_size;
	return 0;
}
