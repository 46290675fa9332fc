/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Points and ECDSA by a crypto library; for lib/token/ only. The build takes ecdsa_mbedtls.c or
 * ecdsa_openssl.c (lib/crypto.mk), which also have token_key_on_curve() of token/signature.h.
 */
#ifndef LIB_TOKEN_ECDSA_H
#define LIB_TOKEN_ECDSA_H

#include <token/key.h>

/*
 * Whether a signature, r and s one after the other in as many bytes as the curve's coordinates
 * have, is the key's over a digest by the hash of its curve. False for a point that is not on its
 * curve.
 */
bool ecdsa_good(const struct token_key *key, const uint8_t *digest, const uint8_t *signature);

#endif
