/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the measured guest and its stopwatch on the host (tests/bench) say to each other over the
 * guest's console: lines "bench: NAME VALUE" from the guest, empty lines to it.
 */
#ifndef REALM_BENCH_SAY_H
#define REALM_BENCH_SAY_H

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* The guest's virtual counter. */
static inline uint64_t now(void)
{
	uint64_t count;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count)::"memory");
	return count;
}

static inline void say(const char *what, uint64_t value)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "bench: %s %llu\n", what, (unsigned long long)value);

	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(1);
}

static inline void wait_line(void)
{
	char byte = 0;

	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
		;
}

#endif
