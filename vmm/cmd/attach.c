/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm console`, see control.h: a terminal at the console of a running VM. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/cmd/control.h"
#include "vmm/cmd/signals.h"
#include "vmm/cmd/status.h"
#include "vmm/cmd/terminal.h"
#include "vmm/ctl/client.h"
#include "vmm/dev/uart/escape.h"
#include "vmm/lib/error.h"

#define ANSWER_MS 5000
#define PART	  4096

struct attached {
	int vm;
	int signals;
	int in; /* -1: its end has come */
	bool terminal;
	struct escape escape;
	bool over;
	int signal;
};

static void take_signal(struct attached *a)
{
	int signal = signals_next(a->signals);

	switch (signal) {
	case 0:
		break;
	case SIGTSTP:
		terminal_restore();
		signals_stop();
		terminal_raw(a->in);
		break;
	case SIGCONT:
		terminal_again();
		break;
	default:
		a->signal = signal;
		a->over = true;
	}
}

static void write_all(const uint8_t *bytes, size_t count)
{
	while (count) {
		ssize_t done = write(STDOUT_FILENO, bytes, count);

		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (done > 0) {
			bytes += done;
			count -= (size_t)done;
		}
	}
}

static void take_output(struct attached *a)
{
	uint8_t bytes[PART];
	ssize_t got = recv(a->vm, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (got > 0)
		write_all(bytes, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		a->over = true;
}

/* Waits while the guest takes nothing: what is typed meanwhile stays with the terminal. */
static void take_input(struct attached *a)
{
	uint8_t bytes[PART];
	ssize_t got = read(a->in, bytes, sizeof(bytes));
	size_t count = got > 0 ? (size_t)got : 0;

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		a->in = -1;
	if (a->terminal && escape_filter(&a->escape, bytes, &count))
		a->over = true;
	if (count && send(a->vm, bytes, count, MSG_NOSIGNAL) < 0)
		a->over = true;
}

static void turn(struct attached *a)
{
	struct pollfd p[] = {
		{.fd = a->signals, .events = POLLIN},
		{.fd = a->vm, .events = POLLIN},
		{.fd = a->in, .events = POLLIN},
	};

	if (poll(p, 3, -1) < 0)
		return;
	if (p[0].revents)
		take_signal(a);
	if (p[1].revents)
		take_output(a);
	if (p[2].revents)
		take_input(a);
}

static int attach(int vm)
{
	struct attached a = {.vm = vm, .in = STDIN_FILENO, .terminal = isatty(STDIN_FILENO)};
	int ret;

	json_decref(client_ask(vm, "console", ANSWER_MS, &ret));
	if (ret < 0)
		return STATUS_NOT_STARTED;
	a.signals = signals_take();
	if (a.signals < 0)
		return STATUS_NOT_STARTED;
	terminal_raw(a.in);
	while (!a.over)
		turn(&a);
	terminal_restore();
	close(a.signals);
	return a.signal ? STATUS_SIGNAL + a.signal : STATUS_OK;
}

int control_attach(int count, char **words)
{
	int vm, status;

	if (count != 1 || words[0][0] == '-') {
		error_set(-EINVAL, "console takes one word, the name of a VM (see `realm list`)");
		return STATUS_USAGE;
	}
	vm = client_connect(words[0]);
	if (vm < 0)
		return STATUS_NOT_STARTED;
	status = attach(vm);
	close(vm);
	return status;
}
