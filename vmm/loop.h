/* SPDX-License-Identifier: BSD-3-Clause */
/* What the main thread does while the guest runs: input, signals, the end. */
#ifndef VMM_LOOP_H
#define VMM_LOOP_H

struct vm;
struct console;

/*
 * Takes signals over from their default actions. Before any thread is started, so that all leave
 * them to the loop. A descriptor, or an error with a text.
 */
int loop_take_signals(void);

/* Runs until the VM has ended. Returns the signal that ended it, 0 without one. */
int loop_run(struct vm *vm, struct console *console, int signals);

#endif
