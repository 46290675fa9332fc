/* SPDX-License-Identifier: BSD-3-Clause */
/* Recognises an arm64 Image and what is often taken for one, see image.h. */
#include <errno.h>
#include <string.h>
#include <util.h>

#include "error.h"
#include "image.h"

#define TEXT_OFFSET_AT 8
#define IMAGE_SIZE_AT  16
#define FLAGS_AT       24
#define MAGIC_AT       56
#define FLAG_BE	       1
#define IMAGE_SIZE_MAX (1ULL << 30)

#define MAGIC(text) text, sizeof(text) - 1

/* Files people give instead: how they start and what helps. */
static const struct {
	size_t at;
	const char *magic;
	size_t len;
	const char *what;
} others[] = {
	{0, MAGIC("\x1f\x8b"), "compressed by gzip: unpack it first (zcat FILE > Image)"},
	{0,
	 MAGIC("\xfd"
	       "7zXZ"),
	 "compressed by xz: unpack it first (xzcat FILE > Image)"},
	{0, MAGIC("\x28\xb5\x2f\xfd"),
	 "compressed by zstd: unpack it first (zstdcat FILE > Image)"},
	{0, MAGIC("BZh"), "compressed by bzip2: unpack it first (bzcat FILE > Image)"},
	{4, MAGIC("zimg"),
	 "an EFI zboot image: take the Image packed in it (arch/arm64/boot/Image)"},
	{0,
	 MAGIC("\x7f"
	       "ELF"),
	 "an ELF file: take arch/arm64/boot/Image instead of vmlinux"},
	{0, MAGIC("070701"), "a cpio archive: is it the initrd?"},
	{0, MAGIC("!<arch>"), "a package or library archive: unpack it first"},
};

static uint64_t get_le64(const uint8_t *p)
{
	uint64_t value = 0;
	int i;

	for (i = 7; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

static const char *what_else(const uint8_t *head, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (len >= others[i].at + others[i].len &&
		    memcmp(head + others[i].at, others[i].magic, others[i].len) == 0)
			return others[i].what;
	}
	return "no arm64 Image: the magic number \"ARM\\x64\" is not at byte 56";
}

static int refuse(const char *name, const char *why)
{
	return error_set(-EINVAL, "kernel %s is %s", name, why);
}

int image_parse(const char *name, const uint8_t *head, size_t head_len, uint64_t file_size,
		struct image *image)
{
	if (head_len < IMAGE_HEADER_SIZE)
		return refuse(name, head_len ? "too short for an arm64 Image" : "empty");
	if (memcmp(head + MAGIC_AT, "ARM\x64", 4))
		return refuse(name, what_else(head, head_len));
	if (head[FLAGS_AT] & FLAG_BE)
		return refuse(name, "big-endian; Realms are started little-endian");
	image->text_offset = get_le64(head + TEXT_OFFSET_AT);
	image->size = get_le64(head + IMAGE_SIZE_AT);
	if (image->size == 0)
		return refuse(name, "from before Linux 3.17; a Realm needs 6.13 or newer");
	if (image->text_offset >= MIB(2) || !is_aligned(image->text_offset, GRANULE_SIZE))
		return refuse(name, "damaged: its text offset is not a multiple of 4K below 2M");
	if (image->size > IMAGE_SIZE_MAX || file_size > IMAGE_SIZE_MAX)
		return refuse(name, "damaged: larger than 1G");
	if (image->size < file_size)
		image->size = file_size;
	return 0;
}
