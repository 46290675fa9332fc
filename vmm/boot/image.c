/* SPDX-License-Identifier: BSD-3-Clause */
/* Recognises an arm64 Image and what is often taken for one, see image.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <util.h>

#include "vmm/boot/image.h"
#include "vmm/lib/error.h"
#include "vmm/vm/map.h"

#define TEXT_OFFSET_AT 8
#define IMAGE_SIZE_AT  16
#define FLAGS_AT       24
#define MAGIC_AT       56
#define PE_AT	       60
#define FLAG_BE	       1
#define IMAGE_SIZE_MAX (1ULL << 30)

/*
 * Kernels before 3.17 do not state their size, and state their text offset in either byte order.
 * The boot protocol says what to assume of them.
 */
#define OLD_TEXT_OFFSET 0x80000
#define OLD_BSS_MAX	MIB(16)

/* The first release that can be a Realm. */
#define REALM_MAJOR 6
#define REALM_MINOR 13

#define MAGIC(text) text, sizeof(text) - 1

/* Files that people give instead of an Image: the bytes they have, and what to do about it. */
static const struct {
	size_t at;
	const char *magic;
	size_t len;
	const char *what;
} others[] = {
	{0,
	 MAGIC("\xfd"
	       "7zXZ"),
	 "compressed by xz: unpack it first (xzcat FILE > Image)"},
	{0, MAGIC("BZh"), "compressed by bzip2: unpack it first (bzcat FILE > Image)"},
	/* Both of lz4's formats: frames, and the older one that kernels use. */
	{0, MAGIC("\x04\x22\x4d\x18"), "compressed by lz4: unpack it first (lz4 -d FILE Image)"},
	{0, MAGIC("\x02\x21\x4c\x18"), "compressed by lz4: unpack it first (lz4 -d FILE Image)"},
	{0, MAGIC("\x89LZO"), "compressed by lzop: unpack it first (lzop -dc FILE > Image)"},
	{0, MAGIC("LZIP"), "compressed by lzip: unpack it first (lzip -dc FILE > Image)"},
	/* The coder's usual properties in one byte, then the dictionary's size, whole 64 KiB. */
	{0, MAGIC("\x5d\0\0"), "compressed by lzma: unpack it first (xzcat FILE > Image)"},
	{0, MAGIC("\x27\x05\x19\x56"),
	 "a U-Boot image: take the Image packed in it (dumpimage, or arch/arm64/boot/Image)"},
	{0, MAGIC("\xd0\x0d\xfe\xed"),
	 "a device tree or a FIT image: take the Image packed in it (dumpimage)"},
	{0, MAGIC("ANDROID!"),
	 "an Android boot image: take the kernel packed in it (unpack_bootimg)"},
	{0x202, MAGIC("HdrS"), "a bzImage, a kernel for x86: a Realm runs arm64 kernels"},
	{0,
	 MAGIC("\x7f"
	       "ELF"),
	 "an ELF file: take arch/arm64/boot/Image instead of vmlinux"},
	{0, MAGIC("070701"), "a cpio archive: is it the initrd?"},
	{0, MAGIC("!<arch>"), "a package or library archive: unpack it first"},
};

static uint32_t get_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get_le64(const uint8_t *p)
{
	uint64_t value = 0;
	int i;

	for (i = 7; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

static bool is_at(const uint8_t *head, size_t len, size_t at, const char *magic, size_t magic_len)
{
	return len >= magic_len && at <= len - magic_len &&
	       memcmp(head + at, magic, magic_len) == 0;
}

/* True for a PE file: byte 60 says where its header is. */
static bool is_pe(const uint8_t *head, size_t len)
{
	return is_at(head, len, 0, "MZ", 2) && len >= IMAGE_HEADER_SIZE &&
	       is_at(head, len, get_le32(head + PE_AT), "PE\0", 4);
}

static const char *what_else(const uint8_t *head, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (is_at(head, len, others[i].at, others[i].magic, others[i].len))
			return others[i].what;
	}
	if (is_pe(head, len))
		return "an EFI program, perhaps a unified kernel image: take the Image packed in "
		       "it (objcopy -O binary --only-section=.linux FILE Image)";
	return "no arm64 Image: the magic number \"ARM\\x64\" is not at byte 56";
}

static int refuse(const char *name, const char *why)
{
	return error_set(-EINVAL, "kernel %s is %s", name, why);
}

/* Linux Documentation/arch/arm64/booting.rst, "Call the kernel image", where image_size is 0. */
static void assume_old_rule(struct image *image, uint64_t file_size)
{
	image->text_offset = OLD_TEXT_OFFSET;
	image->size = file_size + OLD_BSS_MAX;
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
		assume_old_rule(image, file_size);
	if (!is_aligned(image->text_offset, GRANULE_SIZE))
		return refuse(name, "damaged: its text offset is not a multiple of 4K");
	if (image->size > IMAGE_SIZE_MAX || file_size > IMAGE_SIZE_MAX)
		return refuse(name, "damaged: larger than 1G");
	if (image->text_offset > MAP_RAM_MAX - IMAGE_SIZE_MAX - OLD_BSS_MAX)
		return refuse(name, "damaged: its text offset is beyond any memory");
	if (image->size < file_size)
		image->size = file_size;
	return 0;
}

/*
 * Looks for the kernel's banner. A kernel contains its words in other places, too, but there no
 * number follows them.
 */
struct image_linux image_find_linux(const uint8_t *data, uint64_t size)
{
	static const char words[] = "Linux version ";
	const size_t len = sizeof(words) - 1;
	const uint8_t *at, *next = data, *end = data + size;
	struct image_linux v;

	while ((at = memmem(next, (size_t)(end - next), words, len)) != NULL) {
		char text[16] = "";

		next = at + len;
		memcpy(text, next, (size_t)(end - next) < 15 ? (size_t)(end - next) : 15);
		if (sscanf(text, "%5u.%5u", &v.major, &v.minor) == 2)
			return v;
	}
	return (struct image_linux){0};
}

int image_check_realm(const char *name, const struct image_linux *v, const uint8_t *data,
		      uint64_t size)
{
	static const char rsi[] = "RSI version";

	if (v->major == 0 || v->major > REALM_MAJOR ||
	    (v->major == REALM_MAJOR && v->minor >= REALM_MINOR) ||
	    memmem(data, size, rsi, sizeof(rsi) - 1))
		return 0;
	return error_set(-EINVAL,
			 "kernel %s is Linux %u.%u, which cannot be a Realm: that takes %u.%u or "
			 "newer (--type normal runs it as an ordinary VM)",
			 name, v->major, v->minor, REALM_MAJOR, REALM_MINOR);
}
