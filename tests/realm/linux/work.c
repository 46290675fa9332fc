// SPDX-License-Identifier: BSD-3-Clause
/*
 * Work for the CPUs of a guest: work THREADS SECONDS. Each thread computes something twice, holds
 * values in the vector registers for a while, passes a token to its neighbour (a wake-up on another
 * CPU) and sleeps; whatever comes out wrong, or a thread that no longer moves on, is a failure.
 * It ends after SECONDS, but not before each thread has done it all once. SIGTERM ends it early and
 * well. A line every two seconds says how far it is.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define BUFFER	    (64 << 10)
#define HOLD_NS	    3000000
#define SLEEP_NS    2000000
#define STUCK_S	    90
#define PASSES	    16

struct worker {
	pthread_t thread;
	unsigned int index;
	atomic_ulong rounds;
	atomic_uint token; /* futex */
	uint8_t buffer[BUFFER];
};

static struct worker workers[MAX_THREADS];
static unsigned int count;
static atomic_bool stop, wrong;

static void fail(const struct worker *w, const char *what)
{
	printf("work: thread %u: %s\n", w->index, what);
	atomic_store(&wrong, true);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccd;
	x ^= x >> 33;
	return x;
}

static uint64_t fill_and_sum(struct worker *w, uint64_t seed)
{
	uint64_t *p = (uint64_t *)w->buffer, sum = 0;
	size_t i;

	for (i = 0; i < BUFFER / 8; i++)
		p[i] = mix(seed + i);
	for (i = 0; i < BUFFER / 8; i++)
		sum = mix(sum ^ p[i]);
	return sum;
}

static void compute(struct worker *w, uint64_t seed)
{
	if (fill_and_sum(w, seed) != fill_and_sum(w, seed))
		fail(w, "the same sum came out different");
}

#define ALL_V                                                                                      \
	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"

/* Values in all vector registers while the counter runs on: switches between worlds keep them. */
static void hold(struct worker *w, uint64_t seed)
{
	uint64_t in[64], out[64], end, t, *from = in, *to = out;
	unsigned int i;

	for (i = 0; i < 64; i++)
		in[i] = mix(seed * 64 + i);
	memset(out, 0, sizeof(out));
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(end));
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(t));
	end += t / 1000000 * (HOLD_NS / 1000);
	__asm__ volatile(".irp n, " ALL_V "\n"
			 "ldr q\\n, [%0, #16 * \\n]\n"
			 ".endr\n"
			 "1: mrs %2, cntvct_el0\n"
			 "cmp %2, %3\n"
			 "b.lo 1b\n"
			 ".irp n, " ALL_V "\n"
			 "str q\\n, [%1, #16 * \\n]\n"
			 ".endr\n"
			 : "+&r"(from), "+&r"(to), "=&r"(t)
			 : "r"(end)
			 : "memory", "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",
			   "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18",
			   "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28",
			   "v29", "v30", "v31");
	if (memcmp(in, out, sizeof(in)))
		fail(w, "vector registers changed");
}

static void futex(atomic_uint *word, int op, unsigned int value)
{
	struct timespec limit = {.tv_sec = 1};

	syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, &limit, NULL, 0);
}

/* Even threads give a token to the odd one beside them and wait until it is back. */
static void pass_token(struct worker *w)
{
	struct worker *other = &workers[w->index ^ 1];
	unsigned int i;

	if (w->index & 1 || (w->index ^ 1) >= count)
		return;
	for (i = 0; i < PASSES && !atomic_load(&stop); i++) {
		atomic_store(&other->token, 1);
		futex(&other->token, FUTEX_WAKE, 1);
		while (atomic_load(&other->token) && !atomic_load(&stop))
			futex(&other->token, FUTEX_WAIT, 1);
	}
}

static void return_token(struct worker *w)
{
	unsigned int i;

	for (i = 0; w->index & 1 && i < PASSES && !atomic_load(&stop); i++) {
		while (!atomic_load(&w->token) && !atomic_load(&stop))
			futex(&w->token, FUTEX_WAIT, 0);
		atomic_store(&w->token, 0);
		futex(&w->token, FUTEX_WAKE, 1);
	}
}

static void sleep_a_bit(struct worker *w)
{
	struct timespec t = {.tv_nsec = SLEEP_NS};
	uint64_t start = now_ns();

	if (nanosleep(&t, NULL) == 0 && now_ns() - start < SLEEP_NS)
		fail(w, "slept less than asked for");
}

/* A CPU may be off: then the thread runs where it can. */
static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *run(void *arg)
{
	struct worker *w = arg;

	while (!atomic_load(&stop)) {
		uint64_t seed = (uint64_t)w->index << 32 | atomic_load(&w->rounds);

		pin(w->index % count);
		compute(w, seed);
		hold(w, seed);
		pass_token(w);
		return_token(w);
		sleep_a_bit(w);
		atomic_fetch_add(&w->rounds, 1);
	}
	return NULL;
}

static void on_term(int signal)
{
	atomic_store(&stop, true);
}

/* Rounds of the slowest thread. */
static unsigned long slowest(void)
{
	unsigned long least = -1UL;
	unsigned int i;

	for (i = 0; i < count; i++) {
		unsigned long rounds = atomic_load(&workers[i].rounds);

		least = rounds < least ? rounds : least;
	}
	return least;
}

static void watch(unsigned int seconds)
{
	uint64_t start = now_ns(), moved = start;
	unsigned long seen = 0;

	while (!atomic_load(&stop) && !atomic_load(&wrong)) {
		uint64_t now;

		sleep(2);
		now = now_ns();
		if (slowest() > seen)
			moved = now;
		seen = slowest();
		printf("work: %lu s, at least %lu rounds each\n",
		       (unsigned long)((now - start) / 1000000000), seen);
		if (now - moved > STUCK_S * 1000000000ULL) {
			printf("work: a thread does not move on\n");
			exit(1);
		}
		if (now - start >= seconds * 1000000000ULL && seen)
			atomic_store(&stop, true);
	}
	atomic_store(&stop, true);
}

int main(int argc, char **argv)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	count = argc == 3 ? (unsigned int)atoi(argv[1]) : 0;
	if (!count || count > MAX_THREADS)
		return 2;
	signal(SIGTERM, on_term);
	for (i = 0; i < count; i++) {
		workers[i].index = i;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]))
			return 2;
	}
	watch((unsigned int)atoi(argv[2]));
	for (i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	printf("work: %s\n", atomic_load(&wrong) ? "failed" : "done");
	return atomic_load(&wrong) || !slowest();
}
