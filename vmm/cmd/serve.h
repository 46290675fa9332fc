/* SPDX-License-Identifier: BSD-3-Clause */
/* The name of a running VM, and its answers to those who ask by it. Main thread only. */
#ifndef VMM_CMD_SERVE_H
#define VMM_CMD_SERVE_H

#include "vmm/ctl/name.h"

struct console;
struct control;
struct devices;
struct loop;
struct options;
struct vm;

struct serve {
	const struct options *options;
	struct vm *vm;
	struct devices *devices;
	struct console *console;
	struct name name;
	struct control *control;
	long long started_ms;
	unsigned int restarts;
};

/*
 * Takes the name that the options give, or else vm-PID, without which the VM runs as well. An error
 * has a text; serve_end() comes after either result.
 */
int serve_begin(struct serve *s, const struct options *options);

/* From now on whoever asks is answered. An error has a text. */
int serve_open(struct serve *s, struct loop *loop, struct vm *vm, struct devices *devices,
	       struct console *console);

/*
 * Closes all connections, by which clients learn of the end, and gives the name back. When nothing
 * is left of the VM.
 */
void serve_end(struct serve *s);

#endif
