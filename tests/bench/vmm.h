/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A VMM that a stopwatch on the host starts, with the guest's console on pipes, and what the guest
 * says there (tests/realm/bench/say.h). Whatever fails ends the program.
 */
#ifndef TESTS_BENCH_VMM_H
#define TESTS_BENCH_VMM_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct vmm {
	pid_t pid;
	FILE *out; /* the guest's console */
	int in;
	uint64_t started;
};

_Noreturn void die(const char *what);
uint64_t now(void);

/* Sum of the values of all lines of a file that start with a word (behind blanks). */
uint64_t sum_of(const char *path, const char *word);

void start(struct vmm *v, char **command);

/* The next line meant for this program; 0 at the console's end. All others go to stderr. */
int next_line(struct vmm *v, char name[32], uint64_t *value, uint64_t *arrival);

/* Sends the line that the guest waits for. */
void go_on(const struct vmm *v);

/* Waits for the VMM's end; its status as waitpid() has it. */
int end(struct vmm *v);

/* A figure, for tests/lib. */
void say(const char *name, uint64_t value);

#endif
