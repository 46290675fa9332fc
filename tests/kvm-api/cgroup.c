// SPDX-License-Identifier: BSD-3-Clause
/* See cgroup.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cgroup.h"
#include "kvm_api.h"

#define ROOT  "/sys/fs/cgroup"
#define GROUP ROOT "/kvm-api-test"

/* At the limit no file can be opened, so cgroup_allow() does it before. */
static int current_file = -1, max_file = -1;

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text);
}

static bool put_number(const char *path, long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", n);
	return put(path, text);
}

static bool limit(long bytes)
{
	return bytes < 0 ? put(GROUP "/memory.max", "max") : put_number(GROUP "/memory.max", bytes);
}

bool cgroup_make(void)
{
	bool made;

	mkdir(ROOT, 0755);
	if (access(ROOT "/cgroup.procs", F_OK))
		mount("none", ROOT, "cgroup2", 0, NULL);
	made = put(ROOT "/cgroup.subtree_control", "+memory") &&
	       (!mkdir(GROUP, 0755) || errno == EEXIST) && limit(-1);
	ok(made, "a memory cgroup");
	return made;
}

void cgroup_enter(void)
{
	put_number(GROUP "/cgroup.procs", getpid());
}

long cgroup_current(void)
{
	char text[32] = "";
	int fd = open(GROUP "/memory.current", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	return n > 0 ? atol(text) : -1;
}

/*
 * The OOM killer spares the caller (see child()), so at the limit a page fault that needs memory
 * would be tried again without end. Locked memory is there and the caller's own: also what it would
 * share with its parent until it writes there, as it does to errno.
 */
static void own_memory(void)
{
	if (!mlockall(MCL_CURRENT | MCL_FUTURE))
		return;
	perror("# mlockall");
	_exit(1);
}

/* The first look gives the open file its memory. */
static void open_files(void)
{
	char text[32];

	if (current_file < 0) {
		current_file = open(GROUP "/memory.current", O_RDONLY);
		max_file = open(GROUP "/memory.max", O_WRONLY);
	}
	(void)!pread(current_file, text, sizeof(text), 0);
}

void cgroup_tighten(void)
{
	char text[32];
	ssize_t n = pread(current_file, text, sizeof(text), 0);

	if (n <= 0 || pwrite(max_file, text, (size_t)n, 0) != n)
		perror("# the limit could not be tightened");
}

void cgroup_allow(long bytes)
{
	if (bytes >= 0) {
		own_memory();
		open_files();
	}
	limit(bytes < 0 ? -1 : cgroup_current() + bytes);
}

/* The test lowers its OOM score, so that the OOM killer does not choose it at its limit. */
static void child(bool (*test)(void))
{
	put("/proc/self/oom_score_adj", "-1000");
	cgroup_enter();
	_exit(!test());
}

bool cgroup_run(bool (*test)(void), long *kept)
{
	int status, i;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		child(test);
	waitpid(pid, &status, 0);
	cgroup_allow(-1);
	for (i = 0; i < 1000 && counter("vms"); i++)
		usleep(10000);
	/* The kernel frees some pages in batches, and so later. */
	for (i = 0; i < 100 && cgroup_current() > 1 << 20; i++)
		usleep(10000);
	*kept = cgroup_current();
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
