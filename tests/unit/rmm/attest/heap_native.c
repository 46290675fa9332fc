// SPDX-License-Identifier: BSD-3-Clause
/*
 * calloc() and free() of the crypto library, as the firmware has them: inside a computation from
 * its arena. Link with -Wl,--wrap=calloc,--wrap=free.
 */
#include "coroutine_native.h"
#include <mbedtls_port.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void *__real_calloc(size_t count, size_t size);
void __real_free(void *p);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *p);

static atomic_uint every, calls;

void heap_native_yield_every(unsigned int n)
{
	every = n;
	calls = 0;
}

static void maybe_yield(void)
{
	if (every != 0 && ++calls % every == 0)
		coroutine_native_yield();
}

void *__wrap_calloc(size_t count, size_t size)
{
	struct crypto_arena *arena = crypto_arena_current();

	if (!arena)
		return __real_calloc(count, size);
	maybe_yield();
	return crypto_arena_calloc(arena, count, size);
}

void __wrap_free(void *p)
{
	struct crypto_arena *arena = crypto_arena_current();

	if (!arena) {
		__real_free(p);
		return;
	}
	maybe_yield();
	crypto_arena_free(arena, p);
}

void crypto_port_panic(const char *what)
{
	fprintf(stderr, "panic: %s\n", what);
	abort();
}
