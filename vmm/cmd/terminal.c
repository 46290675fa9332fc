/* SPDX-License-Identifier: BSD-3-Clause */
/* Raw mode and its end, see terminal.h. */
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include <util.h>

#include "vmm/cmd/terminal.h"

static volatile sig_atomic_t raw_fd = -1;
static struct termios saved, raw;

/*
 * True if another process group has the terminal. The mode is then that group's, and a process that
 * sets it from the background is stopped.
 */
static bool in_background(int fd)
{
	pid_t foreground = tcgetpgrp(fd);

	return foreground >= 0 && foreground != getpgrp();
}

/* Handlers of signals call this: all functions it uses are async-signal-safe. */
void terminal_restore(void)
{
	if (raw_fd >= 0 && !in_background(raw_fd))
		tcsetattr(raw_fd, TCSANOW, &saved);
	raw_fd = -1;
}

static void on_fatal(int signal)
{
	terminal_restore();
	raise(signal); /* the default action is back by SA_RESETHAND */
}

/*
 * Signals for faults of the process itself; signals.c takes those that others send, and SIGSYS is
 * caught in vmm/confine/.
 */
static void catch_fatal(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
	struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

void terminal_raw(int fd)
{
	static int prepared;

	if (fd < 0 || !isatty(fd) || tcgetattr(fd, &saved))
		return;
	if (!prepared) {
		prepared = 1;
		catch_fatal();
		atexit(terminal_restore);
	}
	raw = saved;
	cfmakeraw(&raw);
	raw_fd = fd;
	tcsetattr(fd, TCSANOW, &raw);
}

void terminal_again(void)
{
	if (raw_fd >= 0)
		tcsetattr(raw_fd, TCSANOW, &raw);
}

bool terminal_is_raw(void)
{
	return raw_fd >= 0;
}
