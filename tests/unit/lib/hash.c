// SPDX-License-Identifier: BSD-3-Clause
/* SHA-2: vectors of FIPS 180-4, every length around the block sizes, every way to cut the input. */
#include "unit.h"
#include <hash.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};

/* The crypto library's own one-shot functions: their padding and buffering, not ours. */
static void reference(enum hash_alg alg, const void *data, size_t len, uint8_t *digest)
{
	if (alg == HASH_SHA256)
		assert_int_equal(mbedtls_sha256_ret(data, len, digest, 0), 0);
	else
		assert_int_equal(mbedtls_sha512_ret(data, len, digest, alg == HASH_SHA384), 0);
}

static void expect_digest(enum hash_alg alg, const char *text, const char *hex)
{
	uint8_t digest[HASH_SIZE_MAX];

	hash_digest(alg, text, strlen(text), digest);
	assert_hex_equal(digest, hash_size(alg), hex);
}

static void published_vectors(void **state)
{
	expect_digest(HASH_SHA256, "abc",
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_digest(HASH_SHA256, "",
		      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_digest(HASH_SHA384, "abc",
		      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
		      "8086072ba1e7cc2358baeca134c825a7");
	expect_digest(HASH_SHA512, "abc",
		      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void sizes_and_names(void **state)
{
	assert_int_equal(hash_size(HASH_SHA256), 32);
	assert_int_equal(hash_size(HASH_SHA384), 48);
	assert_int_equal(hash_size(HASH_SHA512), 64);
	assert_string_equal(hash_name(HASH_SHA256), "sha-256");
	assert_string_equal(hash_name(HASH_SHA384), "sha-384");
	assert_string_equal(hash_name(HASH_SHA512), "sha-512");
	assert_true(hash_alg_valid(2));
	assert_false(hash_alg_valid(3));
	assert_false(hash_alg_valid(UINT64_C(1) << 32));
}

static void fill(uint8_t *data, size_t len)
{
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
}

static void every_length_to_four_blocks(void **state)
{
	uint8_t data[512], ours[HASH_SIZE_MAX], want[HASH_SIZE_MAX];
	size_t len, i;

	fill(data, sizeof(data));
	for (i = 0; i < 3; i++) {
		for (len = 0; len <= sizeof(data); len++) {
			hash_digest(algs[i], data, len, ours);
			reference(algs[i], data, len, want);
			assert_memory_equal(ours, want, hash_size(algs[i]));
		}
	}
}

static void every_cut_into_three_parts(void **state)
{
	uint8_t data[300], ours[HASH_SIZE_MAX], want[HASH_SIZE_MAX];
	struct hash h;
	size_t i, a, b;

	fill(data, sizeof(data));
	for (i = 0; i < 3; i++) {
		reference(algs[i], data, sizeof(data), want);
		for (a = 0; a <= sizeof(data); a += 3) {
			for (b = a; b <= sizeof(data); b++) {
				hash_init(&h, algs[i]);
				hash_update(&h, data, a);
				hash_update(&h, data + a, b - a);
				hash_update(&h, data + b, sizeof(data) - b);
				hash_final(&h, ours);
				assert_memory_equal(ours, want, hash_size(algs[i]));
			}
		}
	}
}

/* Zeroes that nobody has in memory, behind anything and before anything. */
static void zeroes_count_like_any_bytes(void **state)
{
	static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	static const size_t before[] = {0, 1, 8, 55, 63, 64, 65, 120, 127, 128, 200};
	uint8_t text[200 + 400 + 3], ours[HASH_SIZE_MAX], want[HASH_SIZE_MAX];

	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++) {
			for (size_t n = 0; n <= 400; n++) {
				struct hash h;

				memset(text, 0xa5, sizeof(text));
				memset(text + before[k], 0, n);
				reference(algs[i], text, before[k] + n + 3, want);
				hash_init(&h, algs[i]);
				hash_update(&h, text, before[k]);
				hash_zeroes(&h, n);
				hash_update(&h, text + before[k] + n, 3);
				hash_final(&h, ours);
				assert_memory_equal(ours, want, hash_size(algs[i]));
			}
		}
	}
}

/* A digest may be put at any address. */
static void digests_at_any_address(void **state)
{
	uint8_t ours[HASH_SIZE_MAX + 8] __attribute__((aligned(8))), want[HASH_SIZE_MAX];

	for (size_t shift = 0; shift < 8; shift++) {
		reference(HASH_SHA256, "y", 1, want);
		hash_digest(HASH_SHA256, "y", 1, ours + shift);
		assert_memory_equal(ours + shift, want, SHA256_SIZE);
		reference(HASH_SHA384, "y", 1, want);
		hash_digest(HASH_SHA384, "y", 1, ours + shift);
		assert_memory_equal(ours + shift, want, SHA384_SIZE);
	}
}

static void an_empty_update_may_have_no_data(void **state)
{
	uint8_t ours[HASH_SIZE_MAX], want[HASH_SIZE_MAX];
	struct hash h;

	reference(HASH_SHA384, "x", 1, want);
	hash_init(&h, HASH_SHA384);
	hash_update(&h, NULL, 0);
	hash_update(&h, "x", 1);
	hash_update(&h, NULL, 0);
	hash_final(&h, ours);
	assert_memory_equal(ours, want, SHA384_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors),
		cmocka_unit_test(sizes_and_names),
		cmocka_unit_test(every_length_to_four_blocks),
		cmocka_unit_test(every_cut_into_three_parts),
		cmocka_unit_test(zeroes_count_like_any_bytes),
		cmocka_unit_test(digests_at_any_address),
		cmocka_unit_test(an_empty_update_may_have_no_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
