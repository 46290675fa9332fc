// SPDX-License-Identifier: BSD-3-Clause
/*
 * Measurements against an independent computation: each event's input is written out here as flat
 * bytes at the offsets of docs/spec/rmi-2.0.md section 12 and hashed by the crypto library's
 * one-shot functions; the last test compares whole sequences with digests made by another program.
 */
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>
#include <measure.h>

#include "unit.h"

#define PAGE 4096

static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA512, HASH_SHA384};

static const struct measure_realm realm = {
	.flags0 = 0x8000000000000182,
	.s2sz = 40,
	.sve_vl = 3,
	.num_bps = 5,
	.num_wps = 6,
	.pmu_num_ctrs = 0x80000007,
};

static const uint64_t gprs[8] = {1, 2, 0x8877665544332211, 4, 5, 6, 7, 0xfedcba9876543210};

static void put64(uint8_t *at, uint64_t value)
{
	int i;

	for (i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void digest(enum hash_alg alg, const void *data, size_t len, uint8_t out[64])
{
	memset(out, 0, 64);
	if (alg == HASH_SHA256)
		assert_int_equal(mbedtls_sha256_ret(data, len, out, 0), 0);
	else
		assert_int_equal(mbedtls_sha512_ret(data, len, out, alg == HASH_SHA384), 0);
}

/* Type, length and RIM of a descriptor. */
static void start_desc(uint8_t desc[256], uint8_t type, const uint8_t rim[64])
{
	memset(desc, 0, 256);
	desc[0] = type;
	put64(desc + 8, 0x100);
	memcpy(desc + 0x10, rim, 64);
}

static void expect_initial_rim(enum hash_alg alg, uint8_t rim[64])
{
	uint8_t page[PAGE] = {0};

	put64(page + 0x00, 0x8000000000000182);
	put64(page + 0x08, 40);
	put64(page + 0x10, 3);
	put64(page + 0x18, 5);
	put64(page + 0x20, 6);
	put64(page + 0x28, 0x80000007);
	page[0x30] = (uint8_t)alg;
	digest(alg, page, sizeof(page), rim);
}

static void realm_create_hashes_the_parameters(void **state)
{
	static const uint8_t zero[64];
	struct measurements m;
	uint8_t rim[64];
	size_t i, slot;

	for (i = 0; i < 3; i++) {
		memset(&m, 0xff, sizeof(m));
		measure_realm_create(&m, algs[i], &realm);
		expect_initial_rim(algs[i], rim);
		assert_memory_equal(m.slot[MEASURE_RIM], rim, 64);
		for (slot = 1; slot < MEASURE_SLOTS; slot++)
			assert_memory_equal(m.slot[slot], zero, 64);
	}
}

static void fill_page(uint8_t page[PAGE])
{
	size_t i;

	for (i = 0; i < PAGE; i++)
		page[i] = (uint8_t)(i * 7 + (i >> 8));
}

static void data_extends_by_descriptor_and_content(void **state)
{
	uint8_t page[PAGE], desc[256], rim[64];
	struct measurements m;
	size_t i;

	fill_page(page);
	for (i = 0; i < 3; i++) {
		measure_realm_create(&m, algs[i], &realm);
		start_desc(desc, 0, m.slot[MEASURE_RIM]);
		put64(desc + 0x50, 0x7fff0000);
		put64(desc + 0x58, 1);
		digest(algs[i], page, PAGE, desc + 0x60);
		digest(algs[i], desc, sizeof(desc), rim);
		measure_data(&m, 0x7fff0000, MEASURE_DATA_CONTENT, page);
		assert_memory_equal(m.slot[MEASURE_RIM], rim, 64);
	}
}

static void unmeasured_data_extends_by_descriptor_alone(void **state)
{
	uint8_t desc[256], rim[64];
	struct measurements m;
	size_t i;

	for (i = 0; i < 3; i++) {
		measure_realm_create(&m, algs[i], &realm);
		start_desc(desc, 0, m.slot[MEASURE_RIM]);
		put64(desc + 0x50, 0x1000);
		digest(algs[i], desc, sizeof(desc), rim);
		measure_data(&m, 0x1000, 0, NULL);
		assert_memory_equal(m.slot[MEASURE_RIM], rim, 64);
	}
}

static void rec_extends_by_its_parameters(void **state)
{
	uint8_t page[PAGE] = {0}, desc[256], rim[64];
	struct measurements m;
	size_t i, reg;

	put64(page, 0x8000000000000001);
	put64(page + 0x200, 0x40200000);
	for (reg = 0; reg < 8; reg++)
		put64(page + 0x300 + 8 * reg, gprs[reg]);
	for (i = 0; i < 3; i++) {
		measure_realm_create(&m, algs[i], &realm);
		start_desc(desc, 1, m.slot[MEASURE_RIM]);
		digest(algs[i], page, PAGE, desc + 0x50);
		digest(algs[i], desc, sizeof(desc), rim);
		measure_rec(&m, 0x8000000000000001, 0x40200000, gprs);
		assert_memory_equal(m.slot[MEASURE_RIM], rim, 64);
	}
}

static void ripas_extends_by_base_and_top(void **state)
{
	uint8_t desc[256], rim[64];
	struct measurements m;
	size_t i;

	for (i = 0; i < 3; i++) {
		measure_realm_create(&m, algs[i], &realm);
		start_desc(desc, 2, m.slot[MEASURE_RIM]);
		put64(desc + 0x50, 0x40000000);
		put64(desc + 0x58, 0x48000000);
		digest(algs[i], desc, sizeof(desc), rim);
		measure_ripas(&m, 0x40000000, 0x48000000);
		assert_memory_equal(m.slot[MEASURE_RIM], rim, 64);
	}
}

/* New REM = H(old REM || value), for every size, other slots untouched. */
static void extend_appends_the_value(void **state)
{
	uint8_t value[64], input[128], want[64];
	struct measurements m, before;
	size_t i, size, slot, len;

	for (i = 0; i < 64; i++)
		value[i] = (uint8_t)(0xa0 + i);
	for (i = 0; i < 3; i++) {
		len = hash_size(algs[i]);
		measure_realm_create(&m, algs[i], &realm);
		for (size = 0; size <= 64; size++) {
			slot = 1 + size % 4;
			before = m;
			memcpy(input, m.slot[slot], len);
			memcpy(input + len, value, size);
			digest(algs[i], input, len + size, want);
			assert_true(measure_extend(&m, slot, value, size));
			assert_memory_equal(m.slot[slot], want, 64);
			memcpy(before.slot[slot], want, 64);
			assert_memory_equal(&m, &before, sizeof(m));
		}
	}
}

static void extend_refuses_what_is_out_of_range(void **state)
{
	static const uint8_t value[64];
	struct measurements m, before;

	measure_realm_create(&m, HASH_SHA512, &realm);
	before = m;
	assert_false(measure_extend(&m, MEASURE_RIM, value, 1));
	assert_false(measure_extend(&m, 5, value, 1));
	assert_false(measure_extend(&m, (UINT64_C(1) << 32) + 1, value, 1));
	assert_false(measure_extend(&m, 1, value, 65));
	assert_false(measure_extend(&m, 1, value, UINT64_MAX));
	assert_memory_equal(&m, &before, sizeof(m));
}

static void read_returns_the_slot_padded_with_zeroes(void **state)
{
	struct measurements m;
	uint64_t words[8];

	measure_realm_create(&m, HASH_SHA256, &realm);
	assert_true(measure_extend(&m, 4, "x", 1));
	assert_true(measure_read(&m, 4, words));
	assert_memory_equal(words, m.slot[4], 64);
	assert_true((words[4] | words[5] | words[6] | words[7]) == 0);
	assert_false(measure_read(&m, 5, words));
	assert_false(measure_read(&m, UINT64_MAX, words));
}

/*
 * Realm, measured page, unmeasured page, RIPAS, REC; digests from Python's hashlib over bytes put
 * together by a script of a few lines.
 */
/* A text of RMM 2.0: nothing is measured of the parameters. */
static void the_beta_starts_at_zero(void **state)
{
	static const uint8_t zero[MEASURE_SIZE];
	uint8_t page[PAGE], desc[256], rim[64] = {0}, content[64];
	struct measurements m, same;
	size_t i;

	fill_page(page);
	for (i = 0; i < 3; i++) {
		measure_start(&m, MEASURE_2_0_BETA, algs[i], &realm);
		assert_memory_equal(m.slot[MEASURE_RIM], zero, MEASURE_SIZE);
		measure_data(&m, 0x40000000, MEASURE_DATA_CONTENT, page);
		memset(rim, 0, sizeof(rim));
		start_desc(desc, 0, rim);
		put64(desc + 0x50, 0x40000000);
		put64(desc + 0x58, 1);
		digest(algs[i], page, PAGE, content);
		memcpy(desc + 0x60, content, 64);
		digest(algs[i], desc, sizeof(desc), rim);
		assert_memory_equal(m.slot[MEASURE_RIM], rim, MEASURE_SIZE);
		measure_start(&m, MEASURE_2_0, algs[i], &realm);
		measure_realm_create(&same, algs[i], &realm);
		assert_memory_equal(&m, &same, sizeof(m));
	}
}

/* H(the whole slot || the value, filled up with zeros): 128 bytes, whatever the hash. */
static void the_beta_extends_by_whole_slots(void **state)
{
	uint8_t value[64], input[128], want[64] = {0};
	struct measurements m, same;
	size_t i, size;

	memset(value, 0xa5, sizeof(value));
	for (i = 0; i < 3; i++) {
		measure_start(&m, MEASURE_2_0_BETA, algs[i], &realm);
		memset(want, 0, sizeof(want));
		for (size = 0; size <= 64; size += 16) {
			memset(input, 0, sizeof(input));
			memcpy(input, want, 64);
			memcpy(input + 64, value, size);
			assert_true(measure_extend_by(&m, MEASURE_2_0_BETA, 4, value, size));
			digest(algs[i], input, sizeof(input), want);
			assert_memory_equal(m.slot[4], want, MEASURE_SIZE);
		}
		assert_false(measure_extend_by(&m, MEASURE_2_0_BETA, 0, value, 1));
		assert_false(measure_extend_by(&m, MEASURE_2_0_BETA, 5, value, 1));
		assert_false(measure_extend_by(&m, MEASURE_2_0_BETA, 1, value, 65));
		same = m;
		assert_true(measure_extend_by(&m, MEASURE_2_0, 2, value, 5));
		assert_true(measure_extend(&same, 2, value, 5));
		assert_memory_equal(&m, &same, sizeof(m));
	}
}

static void whole_sequence_gives_the_known_rim(void **state)
{
	static const char *const want[] = {
		[HASH_SHA256] = "0716e2eff6c9e4fa06b5c86d255712931257b993e3637d7725b2d62569c0a023",
		[HASH_SHA512] = "79787776a1e9df715cf6be2f60980e23790f36b6ddcba1f0efce242ca8cbe283"
				"a3f5cd254e36b1fe41d22cee297707a43b75f0e7531ba2c85bbf1b9eb7ec2e37",
		[HASH_SHA384] = "3ea1d2dc18e330f90a25c2d75f8a74327e7ab8e86b71cb4488f05e46edc0ca99"
				"9d6842d2679a3aa1d2fae9decae701dd",
	};
	struct measurements m;
	uint8_t page[PAGE];
	size_t i;

	fill_page(page);
	for (i = 0; i < 3; i++) {
		measure_realm_create(&m, algs[i], &realm);
		measure_data(&m, 0x40000000, MEASURE_DATA_CONTENT, page);
		measure_data(&m, 0x40001000, 0, NULL);
		measure_ripas(&m, 0x40000000, 0x50000000);
		measure_rec(&m, 1, 0x40000000, gprs);
		assert_hex_equal(m.slot[MEASURE_RIM], hash_size(algs[i]), want[algs[i]]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(realm_create_hashes_the_parameters),
		cmocka_unit_test(data_extends_by_descriptor_and_content),
		cmocka_unit_test(unmeasured_data_extends_by_descriptor_alone),
		cmocka_unit_test(rec_extends_by_its_parameters),
		cmocka_unit_test(ripas_extends_by_base_and_top),
		cmocka_unit_test(extend_appends_the_value),
		cmocka_unit_test(extend_refuses_what_is_out_of_range),
		cmocka_unit_test(read_returns_the_slot_padded_with_zeroes),
		cmocka_unit_test(the_beta_starts_at_zero),
		cmocka_unit_test(the_beta_extends_by_whole_slots),
		cmocka_unit_test(whole_sequence_gives_the_known_rim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
