/* SPDX-License-Identifier: BSD-3-Clause */
/* The generator of nonce.h. */
#include <string.h>

#include "nonce.h"

#define BLOCK 128 /* of SHA-384 */

/* One input of an HMAC, in pieces; absent ones are NULL. */
struct pieces {
	const uint8_t *separator; /* a byte */
	const uint8_t *d;
	const uint8_t *digest;
};

/* RFC 2104: a hash that begins with a block of the key, each byte xored with `pad`. */
static void start_keyed(struct hash *h, const uint8_t key[SHA384_SIZE], uint8_t pad)
{
	uint8_t part[16];
	size_t i, j;

	hash_init(h, HASH_SHA384);
	for (i = 0; i < BLOCK; i += sizeof(part)) {
		memset(part, pad, sizeof(part));
		for (j = 0; j < sizeof(part) && i < SHA384_SIZE; j++)
			part[j] ^= key[i + j];
		hash_update(h, part, sizeof(part));
	}
}

/* out = HMAC(K, V || pieces); out may be K or V. */
static void hmac(const struct nonce *n, const struct pieces *more, uint8_t out[SHA384_SIZE])
{
	uint8_t inner[SHA384_SIZE];
	struct hash h;

	start_keyed(&h, n->k, 0x36);
	hash_update(&h, n->v, sizeof(n->v));
	if (more->separator)
		hash_update(&h, more->separator, 1);
	if (more->d) {
		hash_update(&h, more->d, P384_SCALAR_SIZE);
		hash_update(&h, more->digest, SHA384_SIZE);
	}
	hash_final(&h, inner);
	start_keyed(&h, n->k, 0x5c);
	hash_update(&h, inner, sizeof(inner));
	hash_final(&h, out);
}

/* K = HMAC(K, V || separator || ...), V = HMAC(K, V) */
static void update(struct nonce *n, uint8_t separator, const uint8_t *d, const uint8_t *digest)
{
	const struct pieces seed = {.separator = &separator, .d = d, .digest = digest};
	const struct pieces none = {0};

	hmac(n, &seed, n->k);
	hmac(n, &none, n->v);
}

void nonce_init(struct nonce *n, const uint8_t d[P384_SCALAR_SIZE],
		const uint8_t digest[SHA384_SIZE], p384_random_fn random, void *arg)
{
	*n = (struct nonce){.random = random, .arg = arg};
	memset(n->v, 0x01, sizeof(n->v));
	update(n, 0x00, d, digest);
	update(n, 0x01, d, digest);
}

static void next_block(struct nonce *n)
{
	const struct pieces none = {0};

	hmac(n, &none, n->v);
}

/* Real random numbers, where there are any, on top of derived ones. */
static void mix_in_random(struct nonce *n, unsigned char *buf, size_t len)
{
	unsigned char mask[SHA384_SIZE];
	size_t i;

	if (!n->random || n->random(n->arg, mask, len))
		return;
	for (i = 0; i < len; i++)
		buf[i] ^= mask[i];
}

int nonce_bytes(void *arg, unsigned char *buf, size_t len)
{
	struct nonce *n = arg;
	size_t part;

	for (; len != 0; buf += part, len -= part) {
		next_block(n);
		part = len < sizeof(n->v) ? len : sizeof(n->v);
		memcpy(buf, n->v, part);
		if (n->given)
			mix_in_random(n, buf, part);
	}
	n->given = true;
	update(n, 0x00, NULL, NULL);
	return 0;
}

void nonce_wipe(struct nonce *n)
{
	memset(n, 0, sizeof(*n));
	__asm__ volatile("" : : "r"(n) : "memory"); /* not a dead store */
}
