/* SPDX-License-Identifier: BSD-3-Clause */
/* See confine.h. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "vmm/confine/confine.h"
#include "vmm/lib/error.h"

static void (*restore)(void);

/* Decimal digits without anything that a handler of signals may not call. */
static void say_number(unsigned int number)
{
	char digits[12];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	(void)!write(STDERR_FILENO, digits + at, sizeof(digits) - at);
}

static void say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

/* The default action is back by SA_RESETHAND. */
static void on_forbidden(int signal, siginfo_t *info, void *context)
{
	restore();
	say("realm: ended at system call ");
	say_number((unsigned int)info->si_syscall);
	say(", which it may not make: this is a fault of realm's, or somebody attacks it\n");
	raise(signal);
}

int confine(int dir, void (*before_end)(void))
{
	struct sigaction action = {.sa_sigaction = on_forbidden,
				   .sa_flags = SA_SIGINFO | (int)SA_RESETHAND};
	int ret;

	restore = before_end;
	if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return error_set(-errno, "the process could not be confined: %s", strerror(errno));
	ret = landlock_hold(dir);
	return ret < 0 ? ret : filter_hold(ret > 0);
}
