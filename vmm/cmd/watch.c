/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals, terminal and the silent guest, see watch.h. */
#include <signal.h>

#include "vmm/cmd/signals.h"
#include "vmm/cmd/terminal.h"
#include "vmm/cmd/watch.h"
#include "vmm/dev/console.h"
#include "vmm/lib/error.h"
#include "vmm/loop/event.h"
#include "vmm/vm/vm.h"

/*
 * While the process is stopped the terminal is the shell's. This is for SIGTSTP; a stop by SIGSTOP
 * is only noticed when SIGCONT ends it.
 */
static void stop(struct watch *w)
{
	terminal_restore();
	signals_stop();
	terminal_raw(w->console->in);
}

static void take_signal(void *owner)
{
	struct watch *w = owner;
	int signal = signals_next(w->signals.fd);

	switch (signal) {
	case 0:
		break;
	case SIGTSTP:
		stop(w);
		break;
	case SIGCONT:
		terminal_again();
		break;
	default:
		w->signal = signal;
		vm_end(w->vm, VM_END_SIGNAL);
	}
}

static void advise_if_silent(void *owner)
{
	struct watch *w = owner;

	event_take(w->silence.fd);
	if (!console_has_said(w->console))
		error_advise(w->advice, terminal_is_raw());
}

static int add_sources(struct watch *w)
{
	int ret = loop_add(w->loop, &w->signals);

	return ret < 0 ? ret : loop_add(w->loop, &w->silence);
}

int watch_begin(struct watch *w, struct vm *vm, struct loop *loop, struct console *console,
		const char *advice, unsigned int silence_ms)
{
	*w = (struct watch){
		.vm = vm,
		.loop = loop,
		.console = console,
		.advice = advice,
		.signals = {.fd = -1, .events = POLLIN, .ready = take_signal, .owner = w},
		.silence = {.fd = -1, .events = POLLIN, .ready = advise_if_silent, .owner = w},
	};
	w->signals.fd = signals_take();
	if (w->signals.fd < 0)
		return w->signals.fd;
	w->silence.fd = event_create_timer();
	if (w->silence.fd < 0)
		return w->silence.fd;
	event_start_timer(w->silence.fd, silence_ms);
	terminal_raw(console->in);
	return add_sources(w);
}

int watch_run(struct watch *w)
{
	loop_run(w->loop, w->vm->end_event);
	return w->signal;
}

void watch_end(struct watch *w)
{
	terminal_restore();
	loop_remove(w->loop, &w->signals);
	loop_remove(w->loop, &w->silence);
	event_close(&w->signals.fd);
	event_close(&w->silence.fd);
}
