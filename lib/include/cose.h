/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * COSE_Sign1 with ES384 and COSE_Key for P-384 (RFC 9052, RFC 9053), as realm and platform tokens
 * use them (docs/spec/rsi.md section 6). The payload is described by a cbor_encode_fn and is
 * nowhere stored: it is produced once for the digest and again for every part of the message that
 * is wanted, so both may be far apart in time with a signature in between.
 *
 * cose_sign1_digest() hashes: the V registers must be usable, see hash.h.
 */
#ifndef LIB_COSE_H
#define LIB_COSE_H

#include <cbor.h>
#include <p384.h>

#define COSE_TAG_SIGN1 18
#define COSE_ALG_ES384 (-35)

#define COSE_KEY_P384_SIZE 107

struct cose_sign1 {
	cbor_encode_fn payload;
	const void *arg;
	uint8_t signature[P384_SIGNATURE_SIZE];
};

/*
 * SHA-384 of the Sig_structure over the payload (RFC 9052 section 4.4, no external data): what is
 * to be signed. The signature field is not looked at.
 */
void cose_sign1_digest(const struct cose_sign1 *msg, uint8_t digest[SHA384_SIZE]);

/* A cbor_encode_fn: arg is a struct cose_sign1 with its signature; writes the tagged message. */
void cose_sign1_encode(struct cbor *c, const void *arg);

/*
 * Signs a digest with the key that `key` stands for. Returns 0 or a negative error number, which
 * cose_sign1_build() hands on.
 */
typedef int (*cose_sign_fn)(const void *key, const uint8_t digest[SHA384_SIZE],
			    uint8_t signature[P384_SIGNATURE_SIZE]);

/*
 * Digest, signature and message in one go, for callers that may wait for the signature.
 * Returns the length of the message in buf, -ENOSPC if it does not fit, or the signer's error.
 */
int cose_sign1_build(void *buf, size_t size, cbor_encode_fn payload, const void *arg,
		     cose_sign_fn sign, const void *key);

/*
 * Takes a message apart without copying: payload and signature point into buf. False for anything
 * but a tagged COSE_Sign1 with exactly the protected header this file writes and an empty
 * unprotected one. The signature is not checked.
 */
struct cose_sign1_view {
	const uint8_t *payload;
	size_t payload_len;
	const uint8_t *signature;
};

bool cose_sign1_parse(const void *buf, size_t len, struct cose_sign1_view *view);

/* The digest the signature of a parsed message must be over. */
void cose_sign1_view_digest(const struct cose_sign1_view *view, uint8_t digest[SHA384_SIZE]);

/* Encodes an uncompressed point (0x04, x, y) as COSE_Key: kty EC2, crv P-384, x, y. */
void cose_key_p384(const uint8_t point[P384_POINT_SIZE], uint8_t key[COSE_KEY_P384_SIZE]);

/* The reverse, exact: false unless key is just what cose_key_p384() writes. */
bool cose_key_p384_point(const uint8_t *key, size_t len, uint8_t point[P384_POINT_SIZE]);

#endif
