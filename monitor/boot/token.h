/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform token: a COSE_Sign1 with the claims that docs/spec/attestation.md section 1 has for
 * profile 2024, signed by the platform's key.
 *
 * Boot stage only. Needs what p384.h needs, and p384_init() done.
 */
#ifndef MONITOR_BOOT_TOKEN_H
#define MONITOR_BOOT_TOKEN_H

#include <cose.h>
#include <hash.h>

#define IMPLEMENTATION_ID_SIZE 32

/* Enough for any token this file builds: challenge of 64 bytes, two components, long texts. */
#define TOKEN_SIZE_MAX 1024

/* One measured image. */
struct token_image {
	const uint8_t *measurement; /* SHA-256; NULL: there is none, the component is left out */
	const char *type;	    /* at most 64 characters, like the version */
	const char *version;	    /* NULL: not known */
};

struct token_input {
	const uint8_t *implementation_id; /* IMPLEMENTATION_ID_SIZE bytes */
	uint16_t lifecycle;
	const uint8_t *config;
	size_t config_len;     /* at most 128 */
	const uint8_t *signer; /* of both components, SHA-256 */
	struct token_image monitor, rmm;
	const uint8_t *challenge;
	size_t challenge_len; /* 32, 48 or 64 */
};

/*
 * Builds the token. key: the platform's, a raw P-384 scalar. Returns its length in buf, -EINVAL for
 * a challenge of another length, -ENOSPC, or an error of p384_sign().
 */
int token_build(const struct token_input *in, const uint8_t key[P384_SCALAR_SIZE], void *buf,
		size_t size);

/*
 * The challenge an RMM will ask the platform token for when it is given this realm attestation key
 * (raw scalar): `alg` over the key's COSE_Key. Writes hash_size(alg) bytes. 0 or an error of
 * p384_public().
 */
int token_realm_key_challenge(const uint8_t realm_key[P384_SCALAR_SIZE], enum hash_alg alg,
			      uint8_t *challenge);

#endif
