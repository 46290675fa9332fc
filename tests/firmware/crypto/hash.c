/* SPDX-License-Identifier: BSD-3-Clause */
/* SHA-2 on the machine: vectors, the instructions against the library's C, and what they cost. */
#include <hash.h>
#include <measure.h>
#include <string.h>

#include "lib/hash/blocks.h"
#include "payload.h"

static uint8_t data[4096] __attribute__((aligned(4096)));

static const uint8_t sha256_abc[] = {
	0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
	0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
	0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};
static const uint8_t sha384_abc[] = {
	0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b, 0xb5, 0xa0, 0x3d, 0x69,
	0x9a, 0xc6, 0x50, 0x07, 0x27, 0x2c, 0x32, 0xab, 0x0e, 0xde, 0xd1, 0x63,
	0x1a, 0x8b, 0x60, 0x5a, 0x43, 0xff, 0x5b, 0xed, 0x80, 0x86, 0x07, 0x2b,
	0xa1, 0xe7, 0xcc, 0x23, 0x58, 0xba, 0xec, 0xa1, 0x34, 0xc8, 0x25, 0xa7,
};
static const uint8_t sha512_abc[] = {
	0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba, 0xcc, 0x41, 0x73, 0x49, 0xae,
	0x20, 0x41, 0x31, 0x12, 0xe6, 0xfa, 0x4e, 0x89, 0xa9, 0x7e, 0xa2, 0x0a, 0x9e,
	0xee, 0xe6, 0x4b, 0x55, 0xd3, 0x9a, 0x21, 0x92, 0x99, 0x2a, 0x27, 0x4f, 0xc1,
	0xa8, 0x36, 0xba, 0x3c, 0x23, 0xa3, 0xfe, 0xeb, 0xbd, 0x45, 0x4d, 0x44, 0x23,
	0x64, 0x3c, 0xe8, 0x0e, 0x2a, 0x9a, 0xc9, 0x4f, 0xa5, 0x4c, 0xa4, 0x9f,
};

static bool digest_is(enum hash_alg alg, const char *text, const uint8_t *want)
{
	uint8_t digest[HASH_SIZE_MAX];

	hash_digest(alg, text, strlen(text), digest);
	return memcmp(digest, want, hash_size(alg)) == 0;
}

/* Both implementations over 1 to 8 blocks, starting at every alignment. */
static bool blocks_agree(void)
{
	uint32_t a32[8], b32[8];
	uint64_t a64[8], b64[8];
	size_t blocks, shift;

	for (blocks = 1; blocks <= 8; blocks++) {
		for (shift = 0; shift < 16; shift++) {
			memcpy(a32, data + shift, sizeof(a32));
			memcpy(b32, a32, sizeof(b32));
			memcpy(a64, data + shift, sizeof(a64));
			memcpy(b64, a64, sizeof(b64));
			sha256_blocks_cpu(a32, data + shift, blocks);
			sha256_blocks_c(b32, data + shift, blocks);
			if (memcmp(a32, b32, sizeof(a32)))
				return false;
			sha256_zero_blocks_cpu(a32, blocks);
			sha256_zero_blocks_c(b32, blocks);
			sha512_blocks_cpu(a64, data + shift, blocks);
			sha512_blocks_c(b64, data + shift, blocks);
			if (memcmp(a32, b32, sizeof(a32)) || memcmp(a64, b64, sizeof(a64)))
				return false;
		}
	}
	return true;
}

static uint64_t measured_page_cost(enum hash_alg alg)
{
	static const struct measure_realm realm;
	struct measurements m;
	uint64_t start;

	measure_realm_create(&m, alg, &realm);
	start = timer_now();
	measure_data(&m, 0x1000, MEASURE_DATA_CONTENT, data);
	return timer_now() - start;
}

unsigned int sha2_instructions(void)
{
	uint64_t isar0;

	__asm__("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
	return (isar0 >> 12) & 0xf;
}

static void instruction_tests(void)
{
	uint64_t cost;

	ok(blocks_agree(), "instructions and plain C agree, at every alignment");
	cost = measured_page_cost(HASH_SHA256);
	figure("measure_data_sha256", cost, "instructions");
	ok(cost <= 8500, "measuring a page by SHA-256 costs at most 8,500 instructions");
	figure("measure_data_sha384", measured_page_cost(HASH_SHA384), "instructions");
	figure("measure_data_sha512", measured_page_cost(HASH_SHA512), "instructions");
}

void hash_tests(void)
{
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 29 + (i >> 7));
	ok(digest_is(HASH_SHA256, "abc", sha256_abc), "SHA-256 of abc");
	ok(digest_is(HASH_SHA384, "abc", sha384_abc), "SHA-384 of abc");
	ok(digest_is(HASH_SHA512, "abc", sha512_abc), "SHA-512 of abc");
	if (sha2_instructions() == 2)
		instruction_tests();
}
