/* SPDX-License-Identifier: BSD-3-Clause */
/* The main thread's loop over descriptors, see loop.h. */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "vmm/cmd/signals.h"
#include "vmm/cmd/terminal.h"
#include "vmm/dev/console.h"
#include "vmm/dev/uart/input.h"
#include "vmm/lib/error.h"
#include "vmm/loop/loop.h"
#include "vmm/vm/vm.h"

enum { FD_END, FD_SIGNAL, FD_ROOM, FD_OUT_EVENT, FD_INPUT, FD_OUT, FD_COUNT };

struct loop {
	struct vm *vm;
	struct console *console;
	struct input input;
	struct pollfd fds[FD_COUNT];
	bool gathering; /* output waits for more of it */
	const char
		*advice; /* for a silent guest; NULL when it is not silent, or the user was told */
	int64_t advise_at; /* when the user is told, in ms of the monotonic clock */
	int signal;
};

/* Stopped, the terminal is the shell's; a stop by SIGSTOP shows only when SIGCONT ends it. */
static void stop(struct loop *l)
{
	terminal_restore();
	signals_stop();
	terminal_raw(l->console->in);
}

static void take_signal(struct loop *l)
{
	int signal = signals_next(l->fds[FD_SIGNAL].fd);

	switch (signal) {
	case 0:
		break;
	case SIGTSTP:
		stop(l);
		break;
	case SIGCONT:
		terminal_again();
		break;
	default:
		l->signal = signal;
		vm_end(l->vm, VM_END_SIGNAL);
	}
}

static void poll_input(struct loop *l)
{
	l->fds[FD_INPUT].fd = l->input.wanted ? l->input.fd : -1;
}

static void take_input(struct loop *l)
{
	if (input_take(&l->input, l->console))
		vm_end(l->vm, VM_END_CONSOLE);
	poll_input(l);
}

static void take_room(struct loop *l)
{
	uint64_t events;

	if (read(l->fds[FD_ROOM].fd, &events, sizeof(events)) != sizeof(events))
		return;
	input_give(&l->input, l->console);
	poll_input(l);
}

/* The first byte of output: from now on it is gathered for a moment. */
static void take_out_event(struct loop *l)
{
	uint64_t events;

	if (read(l->fds[FD_OUT_EVENT].fd, &events, sizeof(events)) == sizeof(events))
		l->gathering = true;
}

static void take_out_ready(struct loop *l)
{
	if (!console_flush(l->console))
		l->fds[FD_OUT].fd = -1;
}

/* Input may come all the time: output must not wait for a pause in it. */
static void end_gathering(struct loop *l)
{
	l->gathering = false;
	l->fds[FD_OUT].fd = l->console->out;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void advise(struct loop *l)
{
	if (console_has_said(l->console)) {
		l->advice = NULL;
	} else if (now_ms() >= l->advise_at) {
		error_advise(l->advice, terminal_is_raw());
		l->advice = NULL;
	}
}

static int patience(struct loop *l)
{
	int64_t left = l->advise_at - now_ms();

	if (l->gathering)
		return CONSOLE_GATHER_MS;
	if (!l->advice)
		return -1;
	return left > 0 ? (int)left : 0;
}

static void step(struct loop *l)
{
	int ready = poll(l->fds, FD_COUNT, patience(l));

	if (l->advice)
		advise(l);
	if (l->gathering)
		end_gathering(l);
	if (ready <= 0)
		return;
	if (l->fds[FD_SIGNAL].revents)
		take_signal(l);
	if (l->fds[FD_ROOM].revents)
		take_room(l);
	if (l->fds[FD_INPUT].revents)
		take_input(l);
	if (l->fds[FD_OUT].revents)
		take_out_ready(l);
	if (l->fds[FD_OUT_EVENT].revents)
		take_out_event(l);
}

int loop_run(struct vm *vm, struct console *console, int signals, const char *advice,
	     int silence_ms)
{
	struct loop l = {
		.vm = vm,
		.console = console,
		.advice = advice,
		.advise_at = now_ms() + silence_ms,
		.fds =
			{
				[FD_END] = {.fd = vm->end_event, .events = POLLIN},
				[FD_SIGNAL] = {.fd = signals, .events = POLLIN},
				[FD_ROOM] = {.fd = console->room_event, .events = POLLIN},
				[FD_OUT_EVENT] = {.fd = console->out_event, .events = POLLIN},
				[FD_OUT] = {.fd = -1, .events = POLLOUT},
				[FD_INPUT] = {.fd = console->in, .events = POLLIN},
			},
	};

	input_open(&l.input, console->in);
	while (vm_ended(vm) == VM_END_NONE)
		step(&l);
	return l.signal;
}
