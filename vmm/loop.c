/* SPDX-License-Identifier: BSD-3-Clause */
/* The main thread's loop over descriptors, see loop.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "console.h"
#include "error.h"
#include "escape.h"
#include "loop.h"
#include "terminal.h"
#include "vm.h"

enum { FD_END, FD_SIGNAL, FD_ROOM, FD_OUT_EVENT, FD_INPUT, FD_OUT, FD_COUNT };

struct loop {
	struct vm *vm;
	struct console *console;
	struct escape escape;
	struct pollfd fds[FD_COUNT];
	bool escapes;	/* input comes from a terminal */
	bool gathering; /* output waits for more of it */
	int signal;
};

int loop_take_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? error_set(-errno, "no signalfd: %s", strerror(errno)) : fd;
}

static void take_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	if (read(l->fds[FD_SIGNAL].fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGTSTP) {
		l->signal = (int)info.ssi_signo;
		vm_end(l->vm, VM_END_SIGNAL);
		return;
	}
	terminal_restore();
	raise(SIGSTOP);
	terminal_raw(l->console->in);
}

/* Input is read no faster than the guest takes it. */
static void take_input(struct loop *l)
{
	uint8_t bytes[UART8250_FIFO];
	size_t room = console_room(l->console), count;
	ssize_t got;

	if (room == 0) {
		l->fds[FD_INPUT].fd = -1;
		return;
	}
	got = read(l->console->in, bytes, room);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		l->console->in = -1;
		l->fds[FD_INPUT].fd = -1;
		return;
	}
	count = (size_t)got;
	if (l->escapes && escape_filter(&l->escape, bytes, &count))
		vm_end(l->vm, VM_END_CONSOLE);
	console_input(l->console, bytes, count);
}

static void take_room(struct loop *l)
{
	uint64_t events;

	if (read(l->fds[FD_ROOM].fd, &events, sizeof(events)) == sizeof(events))
		l->fds[FD_INPUT].fd = l->console->in;
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

static void step(struct loop *l)
{
	int ready = poll(l->fds, FD_COUNT, l->gathering ? CONSOLE_GATHER_MS : -1);

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

int loop_run(struct vm *vm, struct console *console, int signals)
{
	struct loop l = {
		.vm = vm,
		.console = console,
		.escapes = console->in >= 0 && isatty(console->in),
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

	while (vm_ended(vm) == VM_END_NONE)
		step(&l);
	return l.signal;
}
