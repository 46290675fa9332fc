// SPDX-License-Identifier: BSD-3-Clause
/*
 * Random calls by several threads on descriptors they share: VMs, guest_memfds, vCPUs, vGICs, ITSs,
 * eventfds and the device. Most calls are nearly right, so that Realms come to life and run; some
 * are anything at all. Descriptors are closed meanwhile. FUZZ_SECONDS says how long, FUZZ_SEED
 * where the random numbers begin.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz.h"

#define THREADS	  4
#define SIGNAL_NS 5000000 /* a vCPU that runs holds up its thread */
#define ENOUGH	  300	  /* calls of a kind, of which one is good for certain */

static int fds[KINDS][EACH];
static volatile bool over;

struct kvm_run *fuzz_runs[EACH];
char *fuzz_user;

unsigned int rnd(struct fuzzer *f, unsigned int n)
{
	return (unsigned int)rand_r(&f->seed) % n;
}

bool often(struct fuzzer *f)
{
	return rnd(f, 8);
}

uint64_t odd(struct fuzzer *f)
{
	static const uint64_t values[] = {
		0,
		1,
		PAGE,
		BLOCK,
		BLOCK - PAGE,
		RAM_BASE,
		1UL << 31,
		1UL << 39,
		1UL << 40,
		-PAGE,
		~0UL,
		1UL << 63,
		DIST_BASE,
		REDIST_BASE,
		8UL << 20,
		1UL << 56,
		1 + (1UL << 32),
	};

	return values[rnd(f, sizeof(values) / sizeof(values[0]))];
}

uint64_t place(struct fuzzer *f)
{
	return often(f) ? RAM_BASE + rnd(f, FILE_SIZE / PAGE) * PAGE : odd(f);
}

uint64_t length(struct fuzzer *f)
{
	return often(f) ? (1 + rnd(f, rnd(f, 4) ? 16 : FILE_SIZE / PAGE)) * PAGE : odd(f);
}

int nth(enum kind kind, unsigned int i)
{
	return __atomic_load_n(&fds[kind][i], __ATOMIC_SEQ_CST);
}

int any(struct fuzzer *f, enum kind kind)
{
	return nth(kind, rnd(f, EACH));
}

void keep(enum kind kind, unsigned int i, int fd)
{
	int old = __atomic_exchange_n(&fds[kind][i], fd, __ATOMIC_SEQ_CST);

	if (old >= 0)
		close(old);
}

int keep_any(struct fuzzer *f, enum kind kind, int fd)
{
	if (fd >= 0)
		keep(kind, rnd(f, EACH), fd);
	return fd;
}

/* ---- steps ---- */

static struct step *const all_steps[] = {fuzz_memory_steps, fuzz_vcpu_steps, fuzz_event_steps};

#define TABLES (sizeof(all_steps) / sizeof(all_steps[0]))

static struct step *choose(struct fuzzer *f)
{
	unsigned int i, sum = 0, at;
	struct step *step;

	for (i = 0; i < TABLES; i++)
		for (step = all_steps[i]; step->name; step++)
			sum += step->weight;
	at = rnd(f, sum);
	for (i = 0; i < TABLES; i++) {
		for (step = all_steps[i]; step->name; step++) {
			if (at < step->weight)
				return step;
			at -= step->weight;
		}
	}
	return NULL;
}

static void *fuzz(void *arg)
{
	struct fuzzer *f = arg;

	f->tid = gettid();
	while (!over) {
		struct step *step = choose(f);
		int ret;

		f->doing = step->name;
		ret = step->call(f);
		__atomic_fetch_add(&step->all, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&step->good, ret >= 0, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* ---- around it ---- */

static void on_signal(int signal)
{
}

static long number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

/* Waits for the thread's end, at most SIGNAL_NS. */
static bool joined(struct fuzzer *f)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += SIGNAL_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return !pthread_timedjoin_np(f->thread, NULL, &until);
}

/* Where the kernel has a thread that does not end, as far as it tells. */
static void show(const struct fuzzer *f)
{
	static const char *const files[] = {"syscall", "status", "stack"};
	char path[64], line[256];
	unsigned int i;
	FILE *file;

	printf("# a thread is in: %s\n", f->doing);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/%s", (int)f->tid, files[i]);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file))
			printf("# %s", line);
		if (file)
			fclose(file);
	}
}

static void set_up(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	unsigned int i;

	sigaction(SIGUSR1, &action, NULL);
	fuzz_memory_begin();
	memset(fds, -1, sizeof(fds));
	for (i = 0; i < EACH; i++)
		fuzz_runs[i] = user_memory(2 * PAGE);
}

static void clear_up(void)
{
	unsigned int i;
	enum kind kind;

	for (i = 0; i < EACH; i++) {
		for (kind = 0; kind < KINDS; kind++)
			keep(kind, i, -1);
		munmap(fuzz_runs[i], 2 * PAGE);
	}
	fuzz_memory_end();
	/* Random calls have made descriptors that nobody keeps track of. */
	closefrom(dev + 1);
}

static void report(void)
{
	const struct step *step;
	unsigned int i;

	for (i = 0; i < TABLES; i++)
		for (step = all_steps[i]; step->name; step++)
			ok(step->good || !step->must || step->all < ENOUGH,
			   "%s: %lu of %lu calls were good", step->name, step->good, step->all);
}

static void interrupt_from(const struct fuzzer *f, unsigned int first)
{
	unsigned int i;

	for (i = first; i < THREADS; i++)
		pthread_kill(f[i].thread, SIGUSR1);
}

/*
 * Pulls all threads out of KVM_RUN until the time is over, and then until they have ended: a thread
 * that waits for a vCPU goes on only when the thread that runs this vCPU does.
 */
static bool run_until(struct fuzzer *f, long seconds)
{
	struct timespec start, now;
	unsigned int i;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		interrupt_from(f, 0);
		joined(&f[0]);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec < seconds);
	over = true;
	for (i = 0; i < THREADS; i++) {
		while (!joined(&f[i])) {
			interrupt_from(f, i);
			clock_gettime(CLOCK_MONOTONIC, &now);
			if (now.tv_sec - start.tv_sec > seconds + 120) {
				show(&f[i]);
				return false;
			}
		}
	}
	return true;
}

void test_fuzz(void)
{
	long seed = number("FUZZ_SEED", time(NULL)), seconds = number("FUZZ_SECONDS", 20);
	long exits = counter("exit_sync") + counter("exit_irq");
	static struct fuzzer fuzzers[THREADS];
	unsigned int i;

	set_up();
	printf("# FUZZ_SEED=%ld\n", seed);
	for (i = 0; i < THREADS; i++) {
		fuzzers[i].seed = (unsigned int)(seed * THREADS + i);
		pthread_create(&fuzzers[i].thread, NULL, fuzz, &fuzzers[i]);
	}
	if (!run_until(fuzzers, seconds)) {
		ok(false, "no call lasts longer than a signal lets it");
		return;
	}
	clear_up();
	report();
	exits = counter("exit_sync") + counter("exit_irq") - exits;
	ok(exits > 0, "Realms ran meanwhile (%ld exits)", exits);
	expect_nothing_left("random calls");
}
