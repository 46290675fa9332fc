// SPDX-License-Identifier: BSD-3-Clause
/* Coroutines as threads; coroutine_native.h. */
#include "coroutine_native.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define STRIKE SIGUSR1

struct native {
	void (*fn)(void *arg);
	void *arg;
	bool started, masked;
	atomic_bool done, cancelled;
	pthread_t thread;
	sem_t resume, stopped;
	sigjmp_buf way_out;
	volatile sig_atomic_t finishing;
};

static _Thread_local struct native *running; /* of the thread that is a computation */
static _Thread_local uint64_t turn_ns;

void coroutine_native_set_turn(uint64_t nanoseconds)
{
	turn_ns = nanoseconds;
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

/* Stops here until the next turn. */
static void suspend(struct native *n)
{
	int saved = errno;

	sem_post(&n->stopped);
	wait_for(&n->resume);
	errno = saved;
	if (n->cancelled)
		siglongjmp(n->way_out, 1);
}

void coroutine_native_yield(void)
{
	if (running && !running->masked)
		suspend(running);
}

static void struck(int signal)
{
	if (running && !running->finishing)
		suspend(running);
}

static void install_handler(void)
{
	struct sigaction action = {.sa_handler = struck, .sa_flags = SA_RESTART};

	sigaction(STRIKE, &action, NULL);
}

static void *thread_main(void *arg)
{
	struct native *n = arg;

	running = n;
	if (sigsetjmp(n->way_out, 1) == 0)
		n->fn(n->arg);
	n->finishing = 1;
	n->done = true;
	sem_post(&n->stopped);
	return NULL;
}

/* The thread's structure hangs off the first word of the granule. */
static struct native **native_of(struct coroutine *co)
{
	return (struct native **)&co->x[0];
}

struct coroutine *coroutine_init(void *granule, void (*fn)(void *arg), void *arg)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct coroutine *co = granule;
	struct native *n = malloc(sizeof(*n));

	pthread_once(&once, install_handler);
	if (!n)
		abort();
	*n = (struct native){.fn = fn, .arg = arg};
	sem_init(&n->resume, 0, 0);
	sem_init(&n->stopped, 0, 0);
	*native_of(co) = n;
	return co;
}

static void release(struct coroutine *co)
{
	struct native *n = *native_of(co);

	if (n->started)
		pthread_join(n->thread, NULL);
	sem_destroy(&n->resume);
	sem_destroy(&n->stopped);
	free(n);
	*native_of(co) = NULL;
}

/* Waits for the end of the turn, and makes it end in time. */
static void wait_for_stop(struct native *n)
{
	struct timespec until;

	if (turn_ns == 0 || n->masked) {
		wait_for(&n->stopped);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)turn_ns;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	if (sem_timedwait(&n->stopped, &until) == 0)
		return;
	pthread_kill(n->thread, STRIKE);
	wait_for(&n->stopped);
}

bool coroutine_run(struct coroutine *co)
{
	struct native *n = *native_of(co);

	if (n->started) {
		sem_post(&n->resume);
	} else {
		n->started = true;
		if (pthread_create(&n->thread, NULL, thread_main, n))
			abort();
	}
	wait_for_stop(n);
	if (!n->done)
		return false;
	release(co);
	return true;
}

void coroutine_finish(struct coroutine *co)
{
	(*native_of(co))->masked = true;
	coroutine_run(co);
}

void coroutine_cancel(struct coroutine *co)
{
	struct native *n = *native_of(co);

	if (n->started) {
		n->cancelled = true;
		sem_post(&n->resume);
	}
	release(co);
}

void *coroutine_self(void)
{
	return running ? running->arg : NULL;
}
