/* SPDX-License-Identifier: BSD-3-Clause */
/* Taking signals over, see signals.h. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <util.h>

#include "vmm/cmd/signals.h"
#include "vmm/lib/error.h"

/*
 * Signals that are not taken over. Those for faults of the process itself are caught in terminal.c
 * and vmm/confine/. With SIGUSR1 vmm/vm/thread.c interrupts its threads. For the rest the default
 * action is right: SIGTTIN and SIGTTOU stop a process that uses the terminal from the background,
 * and the last three do nothing.
 */
static const int left[] = {SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,  SIGABRT, SIGSYS,	 SIGTRAP,
			   SIGUSR1, SIGTTIN, SIGTTOU, SIGCHLD, SIGURG,	SIGWINCH};

/*
 * Signals that a write raises when nobody reads the pipe any more, or when the file may not grow
 * (ulimit -f). While they are ignored the write fails instead, and the guest goes on.
 */
static const int of_writes[] = {SIGPIPE, SIGXFSZ};

static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/*
 * A process that ignores SIGCONT is continued by it all the same and has to set the terminal's mode
 * again, so SIGCONT is taken over in any case.
 */
static void leave_ignored(sigset_t *set)
{
	int signal;

	for (signal = 1; signal <= SIGRTMAX; signal++) {
		if (signal != SIGCONT && is_ignored(signal))
			sigdelset(set, signal);
	}
}

int signals_take(void)
{
	sigset_t set;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(of_writes); i++)
		signal(of_writes[i], SIG_IGN);
	sigfillset(&set);
	for (i = 0; i < ARRAY_SIZE(left); i++)
		sigdelset(&set, left[i]);
	leave_ignored(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? error_set(-errno, "no signalfd: %s", strerror(errno)) : fd;
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

/* SIGTSTP is blocked, so that it stops the process only at the moment in which it is unblocked. */
void signals_stop(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}
