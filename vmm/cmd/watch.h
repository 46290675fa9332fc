/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the command does for its user while the guest runs: it has the terminal, takes signals, and
 * explains a guest that says nothing. Main thread only.
 */
#ifndef VMM_CMD_WATCH_H
#define VMM_CMD_WATCH_H

#include "vmm/loop/loop.h"

struct console;
struct vm;

struct watch {
	struct vm *vm;
	struct loop *loop;
	struct console *console;
	const char *advice;
	struct loop_source signals;
	struct loop_source silence; /* timer: the guest should have said something by now */
	int signal;		    /* that ended the VM, 0 for none */
};

/*
 * Takes signals and terminal. Before any other thread is started, because threads inherit which
 * signals are blocked. When the guest has said nothing at all for silence_ms, the user is given the
 * advice. An error has a text; watch_end() comes after either result.
 */
int watch_begin(struct watch *w, struct vm *vm, struct loop *loop, struct console *console,
		const char *advice, unsigned int silence_ms);

/* Runs the loop until the VM has ended. Returns the signal that ended it, 0 without one. */
int watch_run(struct watch *w);

/* Gives the terminal back. */
void watch_end(struct watch *w);

#endif
