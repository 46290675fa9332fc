/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/unpack.c: packed kernels become what was packed, and damaged ones are refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <util.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/unpack.h"

#define SIZE	  300001 /* not whole pages */
#define HEAD_SIZE 64

static uint8_t plain[SIZE], packed[2 * SIZE];
static size_t packed_size;
static char path[32];
static struct file f;

static void pack_gzip(void)
{
	z_stream z = {.next_in = plain,
		      .avail_in = SIZE,
		      .next_out = packed + HEAD_SIZE,
		      .avail_out = sizeof(packed) - HEAD_SIZE};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_size = z.total_out;
	deflateEnd(&z);
}

/* As Linux packs it: with the size behind the frame. */
static void pack_zstd(void)
{
	uint32_t size = SIZE;

	packed_size =
		ZSTD_compress(packed + HEAD_SIZE, sizeof(packed) - HEAD_SIZE - 4, plain, SIZE, 19);
	assert_false(ZSTD_isError(packed_size));
	memcpy(packed + HEAD_SIZE + packed_size, &size, 4);
	packed_size += 4;
}

static int begin(void **state)
{
	size_t i;

	error_clear();
	memset(packed, 0, sizeof(packed));
	for (i = 0; i < SIZE; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	f = (struct file){0};
	return 0;
}

static int finish(void **state)
{
	file_unmap(&f);
	return 0;
}

/* Writes a file and maps it, as the plan does. */
static int give_within(const uint8_t *data, size_t size, uint64_t most)
{
	file_unmap(&f);
	make_file(path, data, size);
	assert_no_error(file_map(&f, "kernel", path));
	unlink(path);
	return unpack_within(&f, "K", most);
}

static int give(const uint8_t *data, size_t size)
{
	return give_within(data, size, UNPACK_SIZE_MAX);
}

static void assert_plain(void)
{
	size_t i;

	assert_int_equal(f.size, SIZE);
	assert_memory_equal(f.data, plain, SIZE);
	assert_true(is_aligned((uintptr_t)f.data, 4096));
	for (i = SIZE; i < align_up(SIZE, 4096); i++)
		assert_int_equal(f.data[i], 0);
	assert_true(file_is_unchanged(&f));
}

static void make_zboot(const char *method)
{
	uint32_t offset = HEAD_SIZE, size = (uint32_t)packed_size;

	memset(packed, 0, HEAD_SIZE);
	memcpy(packed, "MZ\0\0zimg", 8);
	memcpy(packed + 8, &offset, 4);
	memcpy(packed + 12, &size, 4);
	strncpy((char *)packed + 24, method, 32);
}

static void what_is_not_packed_stays(void **state)
{
	const uint8_t *before;

	assert_no_error(give(plain, SIZE));
	before = f.data;
	assert_no_error(unpack_kernel(&f, "K"));
	assert_ptr_equal(f.data, before);
	assert_plain();
	assert_no_error(give((const uint8_t *)"MZ", 2));
	assert_int_equal(f.size, 2);
}

static void an_image_is_unpacked(void **state)
{
	pack_gzip();
	assert_no_error(give(packed + HEAD_SIZE, packed_size));
	assert_plain();
	pack_zstd();
	assert_no_error(give(packed + HEAD_SIZE, packed_size));
	assert_plain();
}

static void a_zboot_image_is_unpacked(void **state)
{
	pack_gzip();
	make_zboot("gzip");
	assert_no_error(give(packed, HEAD_SIZE + packed_size));
	assert_plain();
	pack_zstd();
	make_zboot("zstd22");
	assert_no_error(give(packed, HEAD_SIZE + packed_size));
	assert_plain();
	/* Whether the size behind the frame counts or not. */
	packed_size -= 4;
	make_zboot("zstd");
	assert_no_error(give(packed, HEAD_SIZE + packed_size));
	assert_plain();
}

static void other_zboot_images_are_named(void **state)
{
	pack_gzip();
	make_zboot("xzkern");
	assert_error(give(packed, HEAD_SIZE + packed_size), -EINVAL, "compressed by xzkern, not");
	make_zboot("0123456789012345678901234567890123456789");
	assert_error(give(packed, HEAD_SIZE + packed_size), -EINVAL, "compressed by 0123");
}

static void damage_is_found(void **state)
{
	size_t size;

	pack_gzip();
	assert_error(give(packed + HEAD_SIZE, packed_size - 9), -EINVAL, "kernel K is damaged");
	packed[HEAD_SIZE + packed_size / 2] ^= 0x55;
	assert_error(give(packed + HEAD_SIZE, packed_size), -EINVAL, "kernel K is damaged");
	pack_zstd();
	assert_error(give(packed + HEAD_SIZE, packed_size / 2), -EINVAL, "kernel K is damaged");
	for (size = 2; size < 64; size++)
		assert_error(give((const uint8_t *)"\x1f\x8b\x08\0\0\0\0\0\0\0", 2 + size % 9),
			     -EINVAL, "damaged");
	make_zboot("gzip");
	assert_error(give(packed, HEAD_SIZE + packed_size / 2), -EINVAL, "cut off");
	memset(packed + 8, 0xff, 8);
	assert_error(give(packed, sizeof(packed)), -EINVAL, "cut off");
}

/* What it fits into exactly is enough, and with a byte less it is given up. */
static void what_grows_too_large_is_given_up(void **state)
{
	const uint64_t enough = align_up(SIZE, 4096);

	pack_gzip();
	assert_error(give_within(packed + HEAD_SIZE, packed_size, enough - 4096), -EINVAL,
		     "K is too large");
	pack_zstd();
	assert_error(give_within(packed + HEAD_SIZE, packed_size, enough - 4096), -EINVAL,
		     "K is too large");
	assert_no_error(give_within(packed + HEAD_SIZE, packed_size, enough));
	assert_plain();
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_packed_stays),	 TEST(an_image_is_unpacked),
		TEST(a_zboot_image_is_unpacked), TEST(other_zboot_images_are_named),
		TEST(damage_is_found),		 TEST(what_grows_too_large_is_given_up),
	};

	return cmocka_run_group_tests_name("vmm/boot/unpack", tests, NULL, NULL);
}
