/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The native coroutine: each computation is a thread that runs only while coroutine_run() waits for
 * it. What interrupts it is up to the test: a timer that strikes after so many nanoseconds, at any
 * instruction (a signal), or coroutine_native_yield() at chosen places. By default nothing does.
 *
 * Together with heap_native.c (link with -Wl,--wrap=calloc,--wrap=free) the crypto library's heap
 * is the job's arena, as in the firmware.
 */
#ifndef TESTS_COROUTINE_NATIVE_H
#define TESTS_COROUTINE_NATIVE_H

#include <stdint.h>

#include "rmm/crypto/coroutine.h"

/* Longest turn of every computation run by this thread from now on; 0: until it is done. */
void coroutine_native_set_turn(uint64_t nanoseconds);

/* Inside a computation: suspends it. Elsewhere: nothing. */
void coroutine_native_yield(void);

/* heap_native.c: suspend at every n-th call of calloc() or free() by any computation; 0: never. */
void heap_native_yield_every(unsigned int n);

#endif
