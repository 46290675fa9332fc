/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the crypto library (Debian's libmbedcrypto.a) needs from freestanding code: memory and a
 * few names of the C library. lib/mbedtls_port/ supplies calloc() and free() over an arena, and
 * stands in for the rest; memory and string functions are lib/string.c's.
 *
 * The library also needs Normal memory with the MMU on (it makes unaligned accesses) and the V
 * registers.
 */
#ifndef LIB_MBEDTLS_PORT_H
#define LIB_MBEDTLS_PORT_H

#include <stddef.h>
#include <stdint.h>

/* A bounded heap in memory that somebody else owns. One context of execution uses it at a time. */
struct crypto_arena {
	uint8_t *base;
	uint32_t size;
	uint32_t first_free; /* offset below which no block is free */
	uint32_t used;	     /* bytes in use, heads included */
	uint32_t peak;	     /* most bytes ever in use */
};

/* mem is 8-byte aligned; size below 2 GiB, rounded down to a multiple of 8. */
void crypto_arena_init(struct crypto_arena *arena, void *mem, size_t size);

/* Zeroed memory, 8-byte aligned, or NULL. */
void *crypto_arena_calloc(struct crypto_arena *arena, size_t count, size_t size);

/* p: from the same arena, or NULL. Anything else is a broken invariant: crypto_port_panic(). */
void crypto_arena_free(struct crypto_arena *arena, void *p);

/*
 * Provided by the part: the arena of the running context, NULL when it has none (allocations then
 * fail). It must be the same one for as long as a computation lasts, also if that is interrupted
 * and resumed on another CPU.
 */
struct crypto_arena *crypto_arena_current(void);

/* Provided by the part: the library's memory is corrupt. */
_Noreturn void crypto_port_panic(const char *what);

/* The value that guards the library's stack frames; a part with entropy sets it before first use.
 */
extern uintptr_t __stack_chk_guard;

#endif
