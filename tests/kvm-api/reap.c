// SPDX-License-Identifier: BSD-3-Clause
/*
 * Memory of a VMM that the OOM killer has chosen. The kernel's reaper takes the memory of a process
 * that does not come to its end, and asks the MMU notifiers not to block. process_mrelease(2) does
 * the same on demand.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "machine.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static int to_parent;

/* The Realm has written its shared page: from here on its VMM does nothing. */
static void on_ready(struct machine *m, unsigned int report, uint32_t value)
{
	(void)m, (void)value;
	if (report != REPORT_READY)
		return;
	if (write(to_parent, "r", 1) == 1)
		for (;;)
			pause();
}

static void vmm(void)
{
	struct machine m;

	if (machine_try_create(&m, 1, JOB_SHARE)) {
		m.on_report = on_ready;
		machine_run(&m.vcpu[0]);
	}
	_exit(1);
}

static bool comes_up(pid_t pid, int from_child)
{
	char c;

	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT))
		return false;
	return read(from_child, &c, 1) == 1;
}

/* Kills the VMM and holds it, by ptrace, before it gives up its memory by itself. */
static bool dies(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) &&
	       status >> 16 == PTRACE_EVENT_EXIT;
}

static long resident(pid_t pid)
{
	char path[64], text[64] = "";
	long size = -1, pages = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 ||
	    sscanf(text, "%ld %ld", &size, &pages) != 2)
		pages = -1;
	close(fd);
	return pages;
}

/* A lock may keep a try out. The kernel's own reaper tries as often and pauses as long. */
#define REAP_TRIES 10
#define REAP_PAUSE 100000 /* us */

static int reap(int pidfd)
{
	int i, ret = -1;

	for (i = 0; i < REAP_TRIES && ret; i++) {
		if (i)
			usleep(REAP_PAUSE);
		ret = (int)syscall(SYS_process_mrelease, pidfd, 0);
		if (ret && errno != EAGAIN)
			break;
	}
	return ret;
}

void test_reap(void)
{
	int ends[2], i, pidfd;
	long before;
	pid_t pid;

	if (pipe(ends))
		return ok(false, "a pipe");
	to_parent = ends[1];
	pid = fork();
	if (!pid)
		vmm();
	close(ends[1]);
	ok(comes_up(pid, ends[0]), "a Realm has a page of its VMM mapped");
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	ok(dies(pid), "the VMM is killed and does not get further");
	before = resident(pid);
	expect(reap(pidfd), 0, "its memory is reaped");
	ok(resident(pid) < before, "it has less (%ld of %ld pages)", resident(pid), before);
	ptrace(PTRACE_CONT, pid, 0, 0);
	waitpid(pid, NULL, 0);
	for (i = 0; i < 1000 && counter("vms"); i++)
		usleep(10000);
	expect_nothing_left("it");
}
