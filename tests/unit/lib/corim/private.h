/* SPDX-License-Identifier: BSD-3-Clause */
/* A private key for tests, as a file, and its public half. */
#ifndef TESTS_UNIT_LIB_CORIM_PRIVATE_H
#define TESTS_UNIT_LIB_CORIM_PRIVATE_H

#include <token/key.h>

#define PRIVATE_MAX 2048

/* The same key in each run, as PEM or DER. Returns the length of the file. */
size_t private_key(enum token_curve curve, bool pem, uint8_t file[PRIVATE_MAX],
		   struct token_key *public);

/* A public key as PEM. */
void public_pem(const struct token_key *key, char pem[PRIVATE_MAX]);

#endif
