/* SPDX-License-Identifier: BSD-3-Clause */
/* See vmm.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/vmm.h"

_Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

uint64_t now(void)
{
	uint64_t count;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count)::"memory");
	return count;
}

uint64_t sum_of(const char *path, const char *word)
{
	FILE *f = fopen(path, "r");
	char line[256];
	uint64_t sum = 0;

	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		const char *at = line + strspn(line, " \t");

		if (!strncmp(at, word, strlen(word)))
			sum += strtoull(at + strlen(word), NULL, 10);
	}
	fclose(f);
	return sum;
}

void start(struct vmm *v, char **command)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		die("pipe");
	v->started = now();
	v->pid = fork();
	if (v->pid < 0)
		die("fork");
	if (v->pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execvp(command[0], command);
		die(command[0]);
	}
	close(to[0]);
	close(from[1]);
	v->in = to[1];
	v->out = fdopen(from[0], "r");
	if (!v->out)
		die("fdopen");
}

int next_line(struct vmm *v, char name[32], uint64_t *value, uint64_t *arrival)
{
	unsigned long long number;
	char line[512];

	while (fgets(line, sizeof(line), v->out)) {
		*arrival = now();
		if (sscanf(line, "bench: %31s %llu", name, &number) == 2) {
			*value = number;
			return 1;
		}
		fputs(line, stderr);
	}
	return 0;
}

void go_on(const struct vmm *v)
{
	if (write(v->in, "\n", 1) != 1)
		die("console");
}

int end(struct vmm *v)
{
	int status;

	if (waitpid(v->pid, &status, 0) < 0)
		die("waitpid");
	return status;
}

void say(const char *name, uint64_t value)
{
	printf("%s %llu\n", name, (unsigned long long)value);
}
