/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256, SHA-384 and SHA-512 (FIPS 180-4), incremental, without memory of their own. Shared by
 * the monitor's boot stage, the RMM and native tools.
 *
 * In firmware every call that hashes (update, zeroes, final, digest) uses the V registers: the
 * CPU's SHA instructions where ID_AA64ISAR0_EL1 says they exist, plain C otherwise. Those registers
 * belong to whoever was interrupted, so the caller makes them usable first and puts them back
 * afterwards, whole Z registers where SVE is live: a write to V clears the rest of Z.
 */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Encoded as RmiHashAlgorithm (docs/spec/rmi-2.0.md section 6). */
enum hash_alg {
	HASH_SHA256 = 0,
	HASH_SHA512 = 1,
	HASH_SHA384 = 2,
};

#define HASH_SIZE_MAX  64
#define SHA256_SIZE    32
#define SHA384_SIZE    48
#define SHA512_SIZE    64
#define HASH_BLOCK_MAX 128

struct hash {
	union {
		uint32_t h32[8];
		uint64_t h64[8];
	} state;
	uint8_t block[HASH_BLOCK_MAX];
	uint64_t bytes; /* hashed so far; inputs of 2^61 bytes and more are out of range */
	enum hash_alg alg;
};

bool hash_alg_valid(uint64_t alg);

/* Length of a digest in bytes: 32, 64 or 48. */
size_t hash_size(enum hash_alg alg);

/* The name tokens use: "sha-256", "sha-512" or "sha-384" (IANA Named Information registry). */
const char *hash_name(enum hash_alg alg);

void hash_init(struct hash *h, enum hash_alg alg);
void hash_update(struct hash *h, const void *data, size_t len);

/* hash_update() with len zeroes, cheaper than by a buffer of them. */
void hash_zeroes(struct hash *h, size_t len);
/* Writes hash_size() bytes; the context must be initialised again before its next use. */
void hash_final(struct hash *h, uint8_t *digest);

/* All of the above for one buffer. Whole blocks are hashed where they lie. */
void hash_digest(enum hash_alg alg, const void *data, size_t len, uint8_t *digest);

#endif
