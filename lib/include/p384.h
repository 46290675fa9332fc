/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ECDSA over P-384 by the crypto library, for the realm and platform tokens. Signatures are
 * deterministic (RFC 6979 with SHA-384): no random number can leak the key.
 *
 * All functions need the V registers (see hash.h) and the crypto library's memory (see
 * mbedtls_port.h). A signature takes milliseconds on hardware; p384_sign() and p384_public() hold
 * no lock and touch nothing another caller does, so they may be interrupted and resumed anywhere.
 */
#ifndef LIB_P384_H
#define LIB_P384_H

#include <stddef.h>
#include <stdint.h>

#include <hash.h>

#define P384_SCALAR_SIZE    48
#define P384_SIGNATURE_SIZE 96 /* r, then s, big-endian */
#define P384_POINT_SIZE	    97 /* 0x04, x, y */

/* Fills a buffer with random bytes; 0 or non-zero when none can be had. Blinding only. */
typedef int (*p384_random_fn)(void *arg, unsigned char *buf, size_t len);

/*
 * Loads the curve and the table of multiples of its base point, once, before any other function
 * and before a second CPU can call one. They stay for good: 1.5 KiB of the crypto library's memory
 * (3.5 KiB while it works), read only from here on. 0 or -ENOMEM.
 */
int p384_init(void);

/* Public key, 0x04 x y, of a private scalar. 0, -EINVAL if d is not in [1, n), or -ENOMEM. */
int p384_public(const uint8_t d[P384_SCALAR_SIZE], uint8_t point[P384_POINT_SIZE]);

/*
 * Signs a SHA-384 digest. The computation is blinded against side channels by values derived from
 * the key and the digest, and by `random` on top, unless that is NULL or fails.
 * 0, -EINVAL if d is not in [1, n), or -ENOMEM; the signature is then all zero.
 */
int p384_sign(const uint8_t d[P384_SCALAR_SIZE], const uint8_t digest[SHA384_SIZE],
	      uint8_t signature[P384_SIGNATURE_SIZE], p384_random_fn random, void *arg);

/* lib/p384/verify.c. 0 if the signature is good, -EBADMSG if not, -EINVAL if the point is not on
 * the curve. */
int p384_verify(const uint8_t point[P384_POINT_SIZE], const uint8_t digest[SHA384_SIZE],
		const uint8_t signature[P384_SIGNATURE_SIZE]);

#endif
