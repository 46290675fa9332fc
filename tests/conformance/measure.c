/* SPDX-License-Identifier: BSD-3-Clause */
/* Measurements as the Realm reads and extends them, against those computed here. RSI section 3. */
#include <string.h>
#include "tests/conformance/conformance.h"

/* FIPS 180-4 example values of "abc", first eight bytes, then the last four. */
static void check_hashes(void)
{
	static const struct {
		enum hash_alg alg;
		uint8_t first[8], last[4];
	} known[] = {
		{HASH_SHA256,
		 {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea},
		 {0xf2, 0x00, 0x15, 0xad}},
		{HASH_SHA384,
		 {0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b},
		 {0x34, 0xc8, 0x25, 0xa7}},
		{HASH_SHA512,
		 {0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba},
		 {0xa5, 0x4c, 0xa4, 0x9f}},
	};
	uint8_t digest[HASH_SIZE_MAX];

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		hash_digest(known[i].alg, "abc", 3, digest);
		check(!memcmp(digest, known[i].first, 8) &&
			      !memcmp(digest + hash_size(known[i].alg) - 4, known[i].last, 4),
		      "this payload's %s of \"abc\" is the published one", hash_name(known[i].alg));
	}
}

/* One slot, with everything behind the hash zero. */
static void check_slot(struct realm *realm, unsigned int index, const char *what)
{
	const uint64_t *x = guest_smc(&realm->rec[0], RSI_MEASUREMENT_READ, index);

	check(x[0] == RSI_SUCCESS && !memcmp(&x[1], realm->expected.slot[index], HASH_SIZE_MAX),
	      "MEASUREMENT_READ %u: %s", index, what);
}

/* Like an RMM that leaves the caller's registers behind a short hash. */
static void check_tail(struct realm *realm)
{
	const uint64_t mark = 0x4141414141414141;
	const uint64_t *x = guest_smc(&realm->rec[0], RSI_MEASUREMENT_READ, 1, mark, mark, mark,
				      mark, mark, mark, mark, mark);
	bool clean = x[0] == RSI_SUCCESS;

	for (unsigned int i = 1; i <= 8; i++)
		clean = clean && x[i] != mark;
	check(clean, "MEASUREMENT_READ: nothing of the caller's is left in X1 to X8");
}

static uint64_t extend(struct realm *realm, uint64_t index, uint64_t size)
{
	uint64_t v[8];

	for (unsigned int i = 0; i < 8; i++)
		v[i] = pattern_word(index * 100 + size, i);
	if (index < 5 && size <= 64)
		expect_extend(&realm->expected, (unsigned int)index, v, size);
	return guest_smc(&realm->rec[0], RSI_MEASUREMENT_EXTEND, index, size, v[0], v[1], v[2],
			 v[3], v[4], v[5], v[6], v[7])[0];
}

static void check_extend(struct realm *realm)
{
	static const uint64_t sizes[] = {0, 1, 7, 8, 31, 32, 48, 63, 64};
	uint8_t rim[HASH_SIZE_MAX];

	memcpy(rim, realm->expected.slot[0], sizeof(rim));
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned int index = 1 + i % 4;

		check_eq(extend(realm, index, sizes[i]), RSI_SUCCESS,
			 "MEASUREMENT_EXTEND of REM %u by %lu bytes", index - 1, sizes[i]);
		check_slot(realm, index, "the hash of the old value and those bytes");
	}
	check_eq(guest_smc(&realm->rec[0], RSI_MEASUREMENT_EXTEND, 0, 8)[0], RSI_ERROR_INPUT,
		 "MEASUREMENT_EXTEND of the RIM is ERROR_INPUT");
	check_eq(guest_smc(&realm->rec[0], RSI_MEASUREMENT_EXTEND, 5, 8)[0], RSI_ERROR_INPUT,
		 "MEASUREMENT_EXTEND of index 5 is ERROR_INPUT");
	check_eq(guest_smc(&realm->rec[0], RSI_MEASUREMENT_EXTEND, 1, 65)[0], RSI_ERROR_INPUT,
		 "MEASUREMENT_EXTEND by 65 bytes is ERROR_INPUT");
	check_eq(guest_smc(&realm->rec[0], RSI_MEASUREMENT_READ, 5)[0], RSI_ERROR_INPUT,
		 "MEASUREMENT_READ of index 5 is ERROR_INPUT");
	for (unsigned int i = 0; i < 5; i++)
		check_slot(realm, i, "unchanged by what was refused");
}

static void check_realm(uint8_t algorithm, uint32_t runnable, const char *what)
{
	const struct realm_options options = {
		.algorithm = algorithm, .nr_recs = 2, .runnable = runnable};
	struct realm realm;

	if (realm_start(&realm, &options, what)) {
		check_slot(&realm, 0, "the RIM of parameters, pages and runnable RECs");
		for (unsigned int i = 1; i < 5; i++)
			check_slot(&realm, i, "zero at first");
		check_tail(&realm);
		check_extend(&realm);
	}
	realm_end(&realm);
}

void test_measurement(void)
{
	check_hashes();
	check_realm(RMI_HASH_SHA_256, 1, "a Realm with SHA-256");
	check_realm(RMI_HASH_SHA_512, 3, "a Realm with SHA-512 and two runnable RECs");
	check_realm(RMI_HASH_SHA_384, 1, "a Realm with SHA-384");
}
