/* SPDX-License-Identifier: BSD-3-Clause */
/* Crypto jobs of job.h. */
#include "rmm/crypto/job.h"

static void start(void *arg)
{
	struct crypto_job *job = arg;

	job->result = job->fn(job->arg);
}

void crypto_job_init(struct crypto_job *job, void *granule, void *heap, size_t heap_size,
		     int (*fn)(void *arg), void *arg)
{
	job->fn = fn;
	job->arg = arg;
	job->result = 0;
	crypto_arena_init(&job->arena, heap, heap_size);
	job->co = coroutine_init(granule, start, job);
}

bool crypto_job_run(struct crypto_job *job)
{
	return coroutine_run(job->co);
}

int crypto_job_finish(struct crypto_job *job)
{
	coroutine_finish(job->co);
	return job->result;
}

void crypto_job_cancel(struct crypto_job *job)
{
	coroutine_cancel(job->co);
}
