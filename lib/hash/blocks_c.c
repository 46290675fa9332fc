/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Block functions in plain C: all there is natively, and what firmware uses on a CPU without the
 * SHA instructions. The message schedule is kept as a window of 16 words (FIPS 180-4
 * section 6.1.3).
 */
#include <string.h>

#include "blocks.h"

#define WINDOW 16

static uint32_t ror32(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static uint64_t ror64(uint64_t x, unsigned int n)
{
	return x >> n | x << (64 - n);
}

/* Word t of the schedule; w[t % 16] holds word t - 16. */
static uint32_t next_word32(uint32_t w[WINDOW], unsigned int t)
{
	uint32_t w2 = w[(t - 2) % WINDOW], w15 = w[(t - 15) % WINDOW];

	w[t % WINDOW] += (ror32(w2, 17) ^ ror32(w2, 19) ^ w2 >> 10) + w[(t - 7) % WINDOW] +
			 (ror32(w15, 7) ^ ror32(w15, 18) ^ w15 >> 3);
	return w[t % WINDOW];
}

static uint64_t next_word64(uint64_t w[WINDOW], unsigned int t)
{
	uint64_t w2 = w[(t - 2) % WINDOW], w15 = w[(t - 15) % WINDOW];

	w[t % WINDOW] += (ror64(w2, 19) ^ ror64(w2, 61) ^ w2 >> 6) + w[(t - 7) % WINDOW] +
			 (ror64(w15, 1) ^ ror64(w15, 8) ^ w15 >> 7);
	return w[t % WINDOW];
}

/*
 * Round t; kw is the sum of constant and message word. The letters move by one place each round:
 * a is v[-t % 8], b the one behind it, and so on; what was h becomes the new a.
 */
static void round32(uint32_t v[8], unsigned int t, uint32_t kw)
{
	uint32_t a = v[-t % 8], b = v[(1 - t) % 8], c = v[(2 - t) % 8];
	uint32_t e = v[(4 - t) % 8], f = v[(5 - t) % 8], g = v[(6 - t) % 8];
	uint32_t *d = &v[(3 - t) % 8], *h = &v[(7 - t) % 8];
	uint32_t t1 = *h + (ror32(e, 6) ^ ror32(e, 11) ^ ror32(e, 25)) + ((e & f) ^ (~e & g)) + kw;

	*d += t1;
	*h = t1 + (ror32(a, 2) ^ ror32(a, 13) ^ ror32(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
}

static void round64(uint64_t v[8], unsigned int t, uint64_t kw)
{
	uint64_t a = v[-t % 8], b = v[(1 - t) % 8], c = v[(2 - t) % 8];
	uint64_t e = v[(4 - t) % 8], f = v[(5 - t) % 8], g = v[(6 - t) % 8];
	uint64_t *d = &v[(3 - t) % 8], *h = &v[(7 - t) % 8];
	uint64_t t1 = *h + (ror64(e, 14) ^ ror64(e, 18) ^ ror64(e, 41)) + ((e & f) ^ (~e & g)) + kw;

	*d += t1;
	*h = t1 + (ror64(a, 28) ^ ror64(a, 34) ^ ror64(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
}

static void block32(uint32_t state[8], const uint8_t *data)
{
	uint32_t w[WINDOW], v[8];
	unsigned int i;

	memcpy(w, data, sizeof(w));
	memcpy(v, state, sizeof(v));
	for (i = 0; i < WINDOW; i++) {
		w[i] = __builtin_bswap32(w[i]);
		round32(v, i, sha256_k[i] + w[i]);
	}
	for (; i < 64; i++)
		round32(v, i, sha256_k[i] + next_word32(w, i));
	for (i = 0; i < 8; i++)
		state[i] += v[i];
}

static void block64(uint64_t state[8], const uint8_t *data)
{
	uint64_t w[WINDOW], v[8];
	unsigned int i;

	memcpy(w, data, sizeof(w));
	memcpy(v, state, sizeof(v));
	for (i = 0; i < WINDOW; i++) {
		w[i] = __builtin_bswap64(w[i]);
		round64(v, i, sha512_k[i] + w[i]);
	}
	for (; i < 80; i++)
		round64(v, i, sha512_k[i] + next_word64(w, i));
	for (i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_blocks_c(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	for (; blocks != 0; blocks--, data += 64)
		block32(state, data);
}

void sha512_blocks_c(uint64_t state[8], const uint8_t *data, size_t blocks)
{
	for (; blocks != 0; blocks--, data += 128)
		block64(state, data);
}

void sha256_zero_blocks_c(uint32_t state[8], size_t blocks)
{
	static const uint8_t zeroes[64];

	for (; blocks != 0; blocks--)
		block32(state, zeroes);
}
