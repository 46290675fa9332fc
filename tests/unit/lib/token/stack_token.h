/* SPDX-License-Identifier: BSD-3-Clause */
/* The monitor's and the RMM's side of a token, apart from lib/token/, which has names in common. */
#ifndef TESTS_UNIT_LIB_TOKEN_STACK_TOKEN_H
#define TESTS_UNIT_LIB_TOKEN_STACK_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#define STACK_CHALLENGE 0x5c /* each byte of it */
#define STACK_ROOM	4096

/*
 * Makes a token as the stack does: the monitor signs for the RMM's key, the RMM for a Realm.
 * Returns its length, and the platform's public key (0x04, x, y).
 */
size_t stack_token(uint8_t token[STACK_ROOM], uint8_t platform_key[97]);

#endif
