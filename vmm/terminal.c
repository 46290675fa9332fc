/* SPDX-License-Identifier: BSD-3-Clause */
/* Raw mode and its end, see terminal.h. */
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include <util.h>

#include "terminal.h"

static volatile sig_atomic_t raw_fd = -1;
static struct termios saved;

/* tcsetattr() may be called from a signal handler (POSIX). */
void terminal_restore(void)
{
	if (raw_fd >= 0)
		tcsetattr(raw_fd, TCSANOW, &saved);
	raw_fd = -1;
}

static void on_fatal(int signal)
{
	terminal_restore();
	raise(signal); /* the default action is back by SA_RESETHAND */
}

/* What ends the process by its own fault; the others are asked for and handled by the main loop. */
static void catch_fatal(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};
	struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

void terminal_raw(int fd)
{
	static int prepared;
	struct termios raw;

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
