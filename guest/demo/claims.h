/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes a CCA attestation token apart (docs/spec/rsi.md section 6). No signature is verified here:
 * that is for somebody outside, who has the keys. The functions keep no state; everything they find
 * points into the token.
 */
#ifndef GUEST_DEMO_CLAIMS_H
#define GUEST_DEMO_CLAIMS_H

#include <stddef.h>
#include <stdint.h>

#define CLAIMS_REMS 4

/* A byte or text string of the token; data NULL if the claim is not there. */
struct claim {
	const uint8_t *data;
	size_t len;
};

struct realm_claims {
	struct claim challenge;
	struct claim rpv;
	struct claim rim;
	struct claim rem[CLAIMS_REMS];
	struct claim hash_alg; /* text, like "sha-256" */
	struct claim public_key;
	struct claim profile; /* text */
};

struct platform_claims {
	struct claim challenge; /* hash of the Realm's public key */
	struct claim implementation;
	struct claim instance;
	struct claim profile; /* text */
	int64_t lifecycle;    /* -1 if it is not there */
	size_t components;    /* measured pieces of software */
};

struct claims {
	struct realm_claims realm;
	struct platform_claims platform;
};

/*
 * NULL when all is well; else what is wrong with the token. The claims every Realm token has
 * (challenge, RPV, RIM, REMs, hash algorithm) are there when it is.
 */
const char *claims_parse(const void *token, size_t len, struct claims *claims);

/* Digest length in bytes of a hash algorithm's name; 0 for one that is not known. */
size_t claims_hash_size(const struct claim *name);

#endif
