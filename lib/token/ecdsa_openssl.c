/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Points and ECDSA (ecdsa.h) over OpenSSL, for tools on machines that have it as a shared library.
 * Its functions for keys of curves are deprecated, but the newer ones do the same after a search
 * for their algorithm. docs/performance.md has what both libraries take.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <token/signature.h>

#include "lib/token/ecdsa.h"

/* NULL for a point that is not on its curve. */
static EC_KEY *load_key(const struct token_key *key)
{
	static const int curves[TOKEN_CURVES] = {
		[TOKEN_P256] = NID_X9_62_prime256v1,
		[TOKEN_P384] = NID_secp384r1,
		[TOKEN_P521] = NID_secp521r1,
	};
	EC_KEY *ec;

	/* The machine's configuration of OpenSSL has no say in verdicts, and takes time to read. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ec = EC_KEY_new_by_curve_name(curves[key->curve]);
	if (ec && EC_KEY_oct2key(ec, key->point, token_point_size(key), NULL) != 1) {
		EC_KEY_free(ec);
		return NULL;
	}
	return ec;
}

bool token_key_on_curve(const struct token_key *key)
{
	EC_KEY *ec = load_key(key);

	EC_KEY_free(ec);
	return ec != NULL;
}

static ECDSA_SIG *load_signature(const uint8_t *signature, int coordinate)
{
	BIGNUM *r = BN_bin2bn(signature, coordinate, NULL);
	BIGNUM *s = BN_bin2bn(signature + coordinate, coordinate, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();

	if (sig && ECDSA_SIG_set0(sig, r, s) == 1)
		return sig;
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return NULL;
}

bool ecdsa_good(const struct token_key *key, const uint8_t *digest, const uint8_t *signature)
{
	const struct token_curve_info *curve = &token_curves[key->curve];
	ECDSA_SIG *sig = load_signature(signature, (int)curve->coordinate);
	EC_KEY *ec = load_key(key);
	bool good = sig && ec && ECDSA_do_verify(digest, (int)hash_size(curve->hash), sig, ec) == 1;

	EC_KEY_free(ec);
	ECDSA_SIG_free(sig);
	return good;
}
