/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signatures interrupted by a timer at points that differ from turn to turn, several at once. Each
 * must come out as if nothing had happened, and the caller must get its registers back.
 */
#include <string.h>
#include <sysreg.h>

#include "payload.h"
#include "sign.h"

#define JOBS	  3
#define HEAP_SIZE 3200
#define LATE_MAX  1000 /* instructions from the interrupt to its handler */

static struct crypto_job jobs[JOBS];
static uint8_t stacks[JOBS][COROUTINE_SIZE] __attribute__((aligned(COROUTINE_SIZE)));
static uint8_t heaps[JOBS][HEAP_SIZE] __attribute__((aligned(16)));
static uint8_t signatures[JOBS][P384_SIGNATURE_SIZE];
static bool done[JOBS];

static uint64_t turns, longest_late;
static bool registers_kept, interrupts_were_timer;

static uint64_t random_next(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static bool v_registers_are_zero(void)
{
	uint64_t v[64], all = 0;
	size_t i;

	payload_read_v(v);
	for (i = 0; i < 64; i++)
		all |= v[i];
	return all == 0;
}

/* One turn of a job, ended by its end or by the timer after so many instructions. */
static bool turn(struct crypto_job *job, uint64_t ticks)
{
	uint64_t daif = read_sysreg(daif), late;
	bool finished;

	write_sysreg(sp_el0, 0x123456789abcdef0 + turns);
	timer_start(ticks);
	finished = crypto_job_run(job);
	late = timer_late();
	registers_kept &= v_registers_are_zero() && read_sysreg(daif) == daif &&
			  read_sysreg(sp_el0) == 0x123456789abcdef0 + turns;
	turns++;
	if (finished) {
		timer_stop();
		return true;
	}
	interrupts_were_timer &= timer_take();
	if (late > longest_late)
		longest_late = late;
	return false;
}

static void start_job(size_t i)
{
	memset(stacks[i], STACK_PATTERN, sizeof(stacks[i]));
	memset(signatures[i], 0, sizeof(signatures[i]));
	done[i] = false;
	crypto_job_init(&jobs[i], stacks[i], heaps[i], sizeof(heaps[i]), sample_sign,
			signatures[i]);
}

static bool signature_is_right(size_t i)
{
	return jobs[i].result == 0 &&
	       memcmp(signatures[i], sample_signature, sizeof(sample_signature)) == 0;
}

/* Turns of 1 to `most` instructions, a random job each time, until all are done. */
static bool run_all(uint64_t most)
{
	size_t left = JOBS, i;

	for (i = 0; i < JOBS; i++)
		start_job(i);
	while (left) {
		i = random_next() % JOBS;
		if (!done[i] && turn(&jobs[i], 1 + random_next() % most)) {
			done[i] = true;
			left--;
		}
	}
	for (i = 0; i < JOBS; i++) {
		if (!signature_is_right(i))
			return false;
	}
	return true;
}

static size_t deepest_stack(void)
{
	size_t deepest = 0, i;

	for (i = 0; i < JOBS; i++) {
		if (stack_used(stacks[i]) > deepest)
			deepest = stack_used(stacks[i]);
	}
	return deepest;
}

/* A job stopped for good, and another one in its memory. */
static bool cancelled_job_leaves_no_trace(void)
{
	start_job(0);
	turn(&jobs[0], 100000);
	crypto_job_cancel(&jobs[0]);
	start_job(0);
	while (!turn(&jobs[0], 1000000))
		;
	return signature_is_right(0);
}

void coroutine_tests(void)
{
	registers_kept = interrupts_were_timer = true;
	timer_init();
	ok(coroutine_self() == NULL, "outside of a job there is no job");
	ok(run_all(2000000), "three signatures, turns of up to 2,000,000 instructions");
	turns = 0;
	ok(run_all(3000), "three signatures, turns of up to 3,000 instructions");
	figure("turns", turns, "");
	ok(turns > 10000, "they were interrupted more than 10,000 times");
	ok(registers_kept, "DAIF and SP_EL0 are the caller's after every turn, V registers zero");
	ok(interrupts_were_timer, "every early end was the timer's interrupt, still pending");
	figure("interrupt_latency", longest_late, "instructions");
	ok(longest_late <= LATE_MAX, "an interrupt waits for at most 1,000 instructions");
	figure("stack", deepest_stack(), "bytes");
	ok(deepest_stack() + sizeof(struct coroutine) + 256 <= COROUTINE_SIZE,
	   "256 bytes of the stack were never used");
	ok(cancelled_job_leaves_no_trace(), "a job can be given up and its memory used again");
}
