/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm console`, see control.h: a terminal at the console of a running VM. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
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
#define OUT_PART  256 /* what a terminal that is ready takes without blocking */

/* Bytes on their way, which the other side has not taken yet. */
struct waiting {
	uint8_t bytes[PART];
	size_t count;
};

struct attached {
	int vm; /* -1: it has ended */
	int signals;
	int in; /* -1: its end has come */
	bool terminal;
	struct escape escape;
	struct waiting typed, shown;
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

static bool is_passing(ssize_t got)
{
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static void take_away(struct waiting *w, size_t count)
{
	w->count -= count;
	memmove(w->bytes, w->bytes + count, w->count);
}

static void take_output(struct attached *a)
{
	ssize_t got = recv(a->vm, a->shown.bytes, sizeof(a->shown.bytes), MSG_DONTWAIT);

	if (got > 0)
		a->shown.count = (size_t)got;
	else if (!is_passing(got))
		a->vm = -1;
}

/* What nobody reads any more is dropped: the guest goes on. */
static void show(struct attached *a)
{
	size_t part = a->shown.count < OUT_PART ? a->shown.count : OUT_PART;
	ssize_t done = write(STDOUT_FILENO, a->shown.bytes, part);

	if (!is_passing(done))
		take_away(&a->shown, done > 0 ? (size_t)done : part);
}

static void take_input(struct attached *a)
{
	uint8_t *start = a->typed.bytes + a->typed.count;
	ssize_t got = read(a->in, start, sizeof(a->typed.bytes) - a->typed.count);
	size_t count = got > 0 ? (size_t)got : 0;

	if (got <= 0 && !is_passing(got))
		a->in = -1;
	if (a->terminal && escape_filter(&a->escape, start, &count))
		a->over = true;
	a->typed.count += count;
}

static void give(struct attached *a)
{
	ssize_t done = send(a->vm, a->typed.bytes, a->typed.count, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (done > 0)
		take_away(&a->typed, (size_t)done);
	else if (!is_passing(done))
		a->typed.count = 0;
}

/*
 * No side waits for the other. Input is read ahead while there is room, so that the escape is seen
 * while the guest takes nothing; what is typed after that stays with the terminal.
 */
static void turn(struct attached *a)
{
	struct pollfd p[] = {
		{.fd = a->signals, .events = POLLIN},
		{.fd = a->shown.count ? -1 : a->vm, .events = POLLIN},
		{.fd = a->shown.count ? STDOUT_FILENO : -1, .events = POLLOUT},
		{.fd = a->typed.count < PART ? a->in : -1, .events = POLLIN},
		{.fd = a->typed.count ? a->vm : -1, .events = POLLOUT},
	};

	if (poll(p, 5, -1) < 0)
		return;
	if (p[0].revents)
		take_signal(a);
	if (p[1].revents)
		take_output(a);
	if (p[2].revents)
		show(a);
	if (p[3].revents)
		take_input(a);
	if (p[4].revents && a->vm >= 0)
		give(a);
	a->over |= a->vm < 0 && !a->shown.count;
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
	vm = client_connect(words[0], ANSWER_MS);
	if (vm < 0)
		return STATUS_NOT_STARTED;
	status = attach(vm);
	close(vm);
	return status;
}
