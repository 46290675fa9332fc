/* SPDX-License-Identifier: BSD-3-Clause */
/* Encodings of the tokens; for rmm/attest/ only. */
#ifndef RMM_ATTEST_CLAIMS_H
#define RMM_ATTEST_CLAIMS_H

#include "rmm/attest/attest.h"

/* The claims of a realm token with the key they are signed by. */
struct claims_realm {
	const struct attest_claims *claims;
	const uint8_t *cose_key; /* COSE_KEY_P384_SIZE bytes */
};

/* The token a Realm gets. */
struct claims_outer {
	const uint8_t *platform_token;
	size_t platform_token_len;
	const struct cose_sign1 *realm_token;
};

/* cbor_encode_fn of these. */
void claims_encode_realm(struct cbor *c, const void *arg);
void claims_encode_outer(struct cbor *c, const void *arg);

#endif
