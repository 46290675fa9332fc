/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secrets for one receiver: JWE in its flattened JSON form, ECDH-ES+A256KW on P-256 and A256GCM
 * (RFC 7516, 7518), byte by byte as the clients of Confidential Containers want it
 * (docs/spec/attestation.md section 3).
 */
#ifndef LIB_INCLUDE_KBS_JWE_H
#define LIB_INCLUDE_KBS_JWE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JWE_COORDINATE 32 /* of P-256 */
#define JWE_SECRET_MAX 65536

struct jwe_public {
	uint8_t x[JWE_COORDINATE], y[JWE_COORDINATE];
};

struct jwe_key {
	uint8_t d[JWE_COORDINATE];
	struct jwe_public public;
};

/* A new key; false if the machine has no random numbers. */
bool jwe_key_make(struct jwe_key *key);

/* The "tee-pubkey" of the protocol: a JWK with kty, crv, alg, x and y, and nothing else. */
json_t *jwe_public_json(const struct jwe_public *public);

/* NULL, or what is wrong with such a JWK. The point is on the curve. */
const char *jwe_public_read(const json_t *jwk, struct jwe_public *public);

/* At most JWE_SECRET_MAX bytes; NULL without memory or random numbers. */
json_t *jwe_encrypt(const struct jwe_public *to, const void *secret, size_t len);

/*
 * NULL, or what is wrong with the message. out has room for size bytes; *len of them are the
 * secret, and all are zero if something is wrong.
 */
const char *jwe_decrypt(const struct jwe_key *key, const json_t *jwe, void *out, size_t size,
			size_t *len);

#endif
