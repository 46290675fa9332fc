/* SPDX-License-Identifier: BSD-3-Clause */
/* AES key wrap (RFC 3394) of a 256-bit key by another, which Debian's mbedTLS leaves out. For
 * jwe.c. */
#ifndef LIB_KBS_KEYWRAP_H
#define LIB_KBS_KEYWRAP_H

#include <stdbool.h>
#include <stdint.h>

#define KEYWRAP_KEY  32
#define KEYWRAP_SIZE (KEYWRAP_KEY + 8)

bool keywrap(const uint8_t kek[KEYWRAP_KEY], const uint8_t key[KEYWRAP_KEY],
	     uint8_t wrapped[KEYWRAP_SIZE]);

/* False, and the key is zero, if it was wrapped by another. */
bool keywrap_open(const uint8_t kek[KEYWRAP_KEY], const uint8_t wrapped[KEYWRAP_SIZE],
		  uint8_t key[KEYWRAP_KEY]);

#endif
