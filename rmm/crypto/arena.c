/* SPDX-License-Identifier: BSD-3-Clause */
/* Binds the crypto library's heap to the running job. Outside of jobs there is none. */
#include "rmm/crypto/job.h"

struct crypto_arena *crypto_arena_current(void)
{
	struct crypto_job *job = coroutine_self();

	return job ? &job->arena : NULL;
}
