/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What both sides of the exchange of secrets must write alike: the KBS protocol of Confidential
 * Containers, version 0.4.0 (docs/keyserver.md, facts in docs/spec/attestation.md
 * section 3).
 */
#ifndef LIB_INCLUDE_KBS_PROTOCOL_H
#define LIB_INCLUDE_KBS_PROTOCOL_H

#include <hash.h>
#include <jansson.h>
#include <stdbool.h>

#define KBS_VERSION  "0.4.0"
#define KBS_TEE	     "cca"
#define KBS_AUTH     "/kbs/v0/auth"
#define KBS_ATTEST   "/kbs/v0/attest"
#define KBS_RESOURCE "/kbs/v0/resource/"

#define KBS_NONCE_SIZE	   32
#define KBS_CHALLENGE_SIZE 64

/*
 * The challenge of the token that answers a nonce (as its text) and binds a key (as JWK): SHA-384
 * of the canonical JSON (RFC 8785) of both, and zeros. False without memory.
 */
bool kbs_challenge(const char *nonce, const json_t *tee_pubkey,
		   uint8_t challenge[KBS_CHALLENGE_SIZE]);

/* A resource's path: three names of letters, digits, '.', '_' and '-'. */
bool kbs_resource_valid(const char *path);

#endif
