/* SPDX-License-Identifier: BSD-3-Clause */
/* ECDSA of COSE_Sign1 by the crypto library: of tokens, and of what else is signed so. */
#ifndef LIB_INCLUDE_TOKEN_SIGNATURE_H
#define LIB_INCLUDE_TOKEN_SIGNATURE_H

#include <token/token.h>

/* Whether the point lies on its curve (and is not its infinity). */
bool token_key_on_curve(const struct token_key *key);

/* What is signed: the hash of the Sig_structure (RFC 9052 section 4.4), hash_size(alg) bytes. */
void token_sign1_digest(const struct token_sign1 *sign1, enum hash_alg alg, uint8_t *digest);

/*
 * Whether the signature of a COSE_Sign1 is that of the key, by the algorithm of the key's curve. A
 * header that names another algorithm is refused. The point must be on the curve.
 */
bool token_signature_good(const struct token_sign1 *sign1, const struct token_key *key);

#endif
