/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The outside of the guest's console: where its output goes, where its input comes from. A device
 * (the UART) stands between it and the guest.
 *
 * vCPU threads send bytes, the main loop writes them. Output is gathered for a moment first: where
 * it goes (a host's own UART) each write may cost the vCPU an exit.
 */
#ifndef VMM_DEV_CONSOLE_H
#define VMM_DEV_CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/loop/loop.h"

#define CONSOLE_GATHER_MS 8
#define CONSOLE_OUT_SIZE  4096

struct vm;

/* The guest's side of the console: the device that reads its input. */
struct console_guest {
	void *owner;
	/* From now on input comes from this descriptor, too; -1: not any more. Main thread. */
	void (*attach)(void *owner, int fd);
};

/* Whoever else is shown the output; `show` may be NULL. Main thread. */
struct console_watcher {
	void *owner;
	void (*show)(void *owner, const void *bytes, size_t count);
};

struct console {
	struct vm *vm;
	struct loop *loop;
	int in;	  /* -1: no input */
	int out;  /* the bytes the guest sends */
	bool own; /* out and own_in were opened here */
	int own_in;

	struct console_guest guest;
	struct console_watcher watcher;

	struct loop_source first;    /* event: a byte has come since all was written */
	struct loop_source gathered; /* timer: it has been gathered for long enough */
	struct loop_source writable; /* `out`; paused while there is nothing to write */

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t room;
	bool said;    /* the guest has sent something */
	int lost_err; /* errno of the first bytes that could not be written, 0 if none were lost */
	uint8_t bytes[CONSOLE_OUT_SIZE];
	size_t count;
};

/*
 * path NULL: standard input and output; a terminal: both from there; else: output only. The VM is
 * only looked at when its guest uses the console. console_close() comes after either result.
 */
int console_open(struct console *c, struct vm *vm, struct loop *loop, const char *path);

/* Sends a byte; waits while nobody takes the output, but not past the VM's end. vCPU threads. */
void console_send(struct console *c, uint8_t byte);

/* True once the guest has sent something. Any thread. */
bool console_has_said(struct console *c);

/* Writes a part of the output, as `out` is ready for it. True while there is more. Main thread. */
bool console_flush(struct console *c);

/*
 * Writes what is left when the VM has ended, unless nobody takes it within a second. Sets an error
 * text if output was lost for another reason than that its reader has gone.
 */
void console_finish(struct console *c);

void console_close(struct console *c);

#endif
