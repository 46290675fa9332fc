/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The deterministic random bits of one signature: HMAC-DRBG with SHA-384, seeded as RFC 6979
 * section 3.2 says. The first P384_SCALAR_SIZE bytes are the candidate for the nonce; a rejected
 * one is followed by the next candidate; everything after that blinds the computation. For
 * lib/p384/ only.
 */
#ifndef LIB_P384_NONCE_H
#define LIB_P384_NONCE_H

#include <p384.h>

struct nonce {
	uint8_t k[SHA384_SIZE];
	uint8_t v[SHA384_SIZE];
	bool given; /* the first candidate is out */
	p384_random_fn random;
	void *arg;
};

/* digest is already reduced modulo the curve's order (bits2octets of the RFC). */
void nonce_init(struct nonce *n, const uint8_t d[P384_SCALAR_SIZE],
		const uint8_t digest[SHA384_SIZE], p384_random_fn random, void *arg);

/* In the form of the crypto library's generators: arg is a struct nonce, always returns 0. */
int nonce_bytes(void *arg, unsigned char *buf, size_t len);

void nonce_wipe(struct nonce *n);

#endif
