/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A use of the crypto library as a coroutine with its own heap: the only way the RMM uses it. The
 * library's calloc() finds the heap through the running computation, so any number of jobs may be
 * suspended or run at once. Contract of the machine layer: coroutine.h.
 */
#ifndef RMM_CRYPTO_JOB_H
#define RMM_CRYPTO_JOB_H

#include <mbedtls_port.h>

#include "rmm/crypto/coroutine.h"

struct crypto_job {
	struct coroutine *co;
	struct crypto_arena arena;
	int (*fn)(void *arg);
	void *arg;
	int result; /* of fn, once crypto_job_run() returned true */
};

/*
 * Prepares fn(arg). granule: for the coroutine; heap: 8-byte aligned. Both belong to the job until
 * it is done or cancelled, and hold secrets until the caller clears them.
 */
void crypto_job_init(struct crypto_job *job, void *granule, void *heap, size_t heap_size,
		     int (*fn)(void *arg), void *arg);

/*
 * Runs the job until it is done (true) or an interrupt is pending (false). The caller brackets the
 * call with arch_simd_begin() and arch_simd_end() and holds no lock.
 */
bool crypto_job_run(struct crypto_job *job);

/* Runs the job to its end, interrupts masked; for boot. Returns its result. */
int crypto_job_finish(struct crypto_job *job);

void crypto_job_cancel(struct crypto_job *job);

#endif
