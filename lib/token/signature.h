/* SPDX-License-Identifier: BSD-3-Clause */
/* ECDSA of tokens by the crypto library; for lib/token/ and its tests. */
#ifndef LIB_TOKEN_SIGNATURE_H
#define LIB_TOKEN_SIGNATURE_H

#include <token/token.h>

/* Whether the point lies on its curve (and is not its infinity). */
bool token_key_on_curve(const struct token_key *key);

/*
 * Whether the signature of a COSE_Sign1 is that of the key: over its Sig_structure (RFC 9052
 * section 4.4), by the algorithm of the key's curve. A header that names another algorithm is
 * refused. The point must be on the curve.
 */
bool token_signature_good(const struct token_sign1 *sign1, const struct token_key *key);

#endif
