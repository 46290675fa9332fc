/* SPDX-License-Identifier: BSD-3-Clause */
/* The incremental hash of hash.h: buffering, padding and byte order around the block functions. */
#include <hash.h>
#include <string.h>

#include "blocks.h"

#define SHA256_BLOCK 64
#define SHA512_BLOCK 128

/* FIPS 180-4 section 5.3. */
static const uint32_t sha256_start[8] __attribute__((aligned(8))) = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint64_t sha384_start[8] = {
	0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
	0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};

static const uint64_t sha512_start[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

bool hash_alg_valid(uint64_t alg)
{
	return alg <= HASH_SHA384;
}

size_t hash_size(enum hash_alg alg)
{
	switch (alg) {
	case HASH_SHA256:
		return SHA256_SIZE;
	case HASH_SHA384:
		return SHA384_SIZE;
	default:
		return SHA512_SIZE;
	}
}

const char *hash_name(enum hash_alg alg)
{
	switch (alg) {
	case HASH_SHA256:
		return "sha-256";
	case HASH_SHA384:
		return "sha-384";
	default:
		return "sha-512";
	}
}

static size_t block_size(const struct hash *h)
{
	return h->alg == HASH_SHA256 ? SHA256_BLOCK : SHA512_BLOCK;
}

static void put_blocks(struct hash *h, const uint8_t *data, size_t blocks)
{
	if (h->alg == HASH_SHA256)
		sha256_blocks(h->state.h32, data, blocks);
	else
		sha512_blocks(h->state.h64, data, blocks);
}

void hash_init(struct hash *h, enum hash_alg alg)
{
	h->alg = alg;
	h->bytes = 0;
	if (alg == HASH_SHA256)
		memcpy(h->state.h32, sha256_start, sizeof(sha256_start));
	else
		memcpy(h->state.h64, alg == HASH_SHA384 ? sha384_start : sha512_start,
		       sizeof(sha512_start));
}

/* Tops up a block begun by an earlier call; returns how many bytes of data that took. */
static size_t fill_block(struct hash *h, const uint8_t *data, size_t len)
{
	size_t size = block_size(h);
	size_t have = h->bytes & (size - 1);
	size_t take = size - have < len ? size - have : len;

	if (have == 0)
		return 0;
	memcpy(h->block + have, data, take);
	if (have + take == size)
		put_blocks(h, h->block, 1);
	return take;
}

void hash_update(struct hash *h, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t size = block_size(h);
	size_t take;

	if (len == 0)
		return;
	take = fill_block(h, p, len);
	h->bytes += len;
	p += take;
	len -= take;
	if (len >= size) {
		put_blocks(h, p, len / size);
		p += len & ~(size - 1);
		len &= size - 1;
	}
	if (len != 0)
		memcpy(h->block, p, len);
}

/*
 * Writes eight bytes, big-endian, at any address. Most digests are aligned, and get one store;
 * others get single bytes, because firmware makes no unaligned access.
 */
static void put_be64(uint8_t *p, uint64_t value)
{
	if (((uintptr_t)p & 7) == 0) {
		value = __builtin_bswap64(value);
		__builtin_memcpy(__builtin_assume_aligned(p, 8), &value, sizeof(value));
		return;
	}
	for (size_t i = 8; i != 0; value >>= 8)
		p[--i] = (uint8_t)value;
}

/* Zeroes block[from, to); memset() is fast from a multiple of 8 on. */
static void zero(uint8_t *block, size_t from, size_t to)
{
	for (; from % 8 != 0 && from < to; from++)
		block[from] = 0;
	memset(block + from, 0, to - from);
}

static void put_zero_blocks(struct hash *h, size_t blocks)
{
	static const uint8_t zeroes[SHA512_BLOCK];

	if (h->alg == HASH_SHA256)
		sha256_zero_blocks(h->state.h32, blocks);
	else
		for (; blocks != 0; blocks--)
			sha512_blocks(h->state.h64, zeroes, 1);
}

void hash_zeroes(struct hash *h, size_t len)
{
	size_t size = block_size(h);
	size_t have = h->bytes & (size - 1);
	size_t fill = size - have < len ? size - have : len;

	h->bytes += len;
	if (have != 0) {
		zero(h->block, have, have + fill);
		if (have + fill < size)
			return;
		put_blocks(h, h->block, 1);
		len -= fill;
	}
	if (len >= size)
		put_zero_blocks(h, len / size);
	zero(h->block, 0, len & (size - 1));
}

/* FIPS 180-4 section 5.1: a 1 bit, zeroes, and the length in bits at the end of the block. */
static void pad(struct hash *h)
{
	size_t size = block_size(h);
	size_t have = h->bytes & (size - 1);

	h->block[have++] = 0x80;
	if (have > size - size / 8) {
		zero(h->block, have, size);
		put_blocks(h, h->block, 1);
		have = 0;
	}
	zero(h->block, have, size - 8);
	put_be64(h->block + size - 8, h->bytes << 3);
	put_blocks(h, h->block, 1);
}

static void put_state(const struct hash *h, uint8_t *digest)
{
	size_t i;

	if (h->alg == HASH_SHA256) {
		for (i = 0; i < 8; i += 2)
			put_be64(digest + 4 * i,
				 (uint64_t)h->state.h32[i] << 32 | h->state.h32[i + 1]);
		return;
	}
	for (i = 0; i < hash_size(h->alg) / 8; i++)
		put_be64(digest + 8 * i, h->state.h64[i]);
}

void hash_final(struct hash *h, uint8_t *digest)
{
	pad(h);
	put_state(h, digest);
}

void hash_digest(enum hash_alg alg, const void *data, size_t len, uint8_t *digest)
{
	struct hash h;

	hash_init(&h, alg);
	hash_update(&h, data, len);
	hash_final(&h, digest);
}
