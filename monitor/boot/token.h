/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform token: a COSE_Sign1 with the claims of docs/spec/rsi.md section 6, signed by the
 * development key of this build. It says in several places that it is one; nobody may trust it
 * beyond development.
 *
 * Boot stage only. Needs what p384.h needs, and p384_init() done.
 */
#ifndef MONITOR_BOOT_TOKEN_H
#define MONITOR_BOOT_TOKEN_H

#include <cose.h>
#include <hash.h>

/* Enough for any token this file builds: challenge of 64 bytes, two components, long versions. */
#define TOKEN_SIZE_MAX 1024

/* One measured image. */
struct token_image {
	const uint8_t *hash; /* SHA-256 */
	uint64_t size;	     /* bytes */
	const char *version; /* at most 64 characters */
};

struct token_input {
	struct token_image monitor;
	struct token_image rmm; /* hash NULL: no RMM was loaded, the component is left out */
	const uint8_t *challenge;
	size_t challenge_len; /* 32, 48 or 64 */
};

/*
 * Builds the token. key: the development key (gen-devkey). Returns its length in buf, -EINVAL for
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
