/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Public keys of tokens. The algorithm of a signature follows from the curve of the key, never from
 * the message (RFC 9053 section 2.1 leaves that open; docs/spec/attestation.md section 4 says why).
 *
 * key.c is portable and needs no library. key_file.c reads PEM by the crypto library and JWK by
 * jansson.
 */
#ifndef LIB_INCLUDE_TOKEN_KEY_H
#define LIB_INCLUDE_TOKEN_KEY_H

#include <hash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_POINT_MAX	     133
#define TOKEN_COORDINATE_MAX 66

enum token_curve {
	TOKEN_P256,
	TOKEN_P384,
	TOKEN_P521,
	TOKEN_CURVES,
};

struct token_curve_info {
	const char *name; /* also that of JWK */
	const char *alg_name;
	int cose_curve, cose_alg;
	size_t coordinate; /* bytes */
	enum hash_alg hash;
};

extern const struct token_curve_info token_curves[TOKEN_CURVES];

struct token_key {
	enum token_curve curve;
	uint8_t point[TOKEN_POINT_MAX]; /* 0x04, x, y; whether it is on the curve is not known */
};

/* Bytes of the point of a key. */
size_t token_point_size(const struct token_key *key);

/* The curve whose algorithm a COSE header names; false if it is none that is known. */
bool token_curve_by_alg(int64_t alg, enum token_curve *curve);

bool token_key_equal(const struct token_key *a, const struct token_key *b);

/* Sets the key; both coordinates are as long as the curve has them. */
void token_key_set(struct token_key *key, enum token_curve curve, const uint8_t *x,
		   const uint8_t *y);

/*
 * A COSE_Key at buf[from, to). NULL, or the rule that was broken and *at, where: an offset in buf.
 * A private key, an algorithm that is not the curve's and a compressed point are refused; other
 * members are passed over.
 */
const char *token_key_cose(const uint8_t *buf, size_t from, size_t to, struct token_key *key,
			   size_t *at);

/*
 * A file of one public key: PEM or DER (SubjectPublicKeyInfo), JWK or COSE_Key, by its first bytes.
 * NULL, or what is wrong with it.
 */
const char *token_key_file(const void *buf, size_t len, struct token_key *key);

/* PEM alone; text[len] is 0. */
const char *token_key_pem(const char *text, size_t len, struct token_key *key);

/* JWK as a jansson object. */
struct json_t;
const char *token_key_jwk(const struct json_t *jwk, struct token_key *key);

/* Whose key it is, if its private half is known to everybody; NULL otherwise. */
const char *token_key_published(const struct token_key *key);

#endif
