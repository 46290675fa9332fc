/* SPDX-License-Identifier: BSD-3-Clause */
/* What the main thread does while the guest runs: input, signals, the end. */
#ifndef VMM_LOOP_LOOP_H
#define VMM_LOOP_LOOP_H

struct vm;
struct console;

/*
 * Runs until the VM has ended; `signals` is what signals_take() returned. When the guest has said
 * nothing at all for silence_ms, the user is given the advice. Returns the signal that ended it, 0
 * without one.
 */
int loop_run(struct vm *vm, struct console *console, int signals, const char *advice,
	     int silence_ms);

#endif
