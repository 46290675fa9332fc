/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VM's side of its control socket (docs/control.md): lines of JSON, each answered by one. The
 * clients are of the same user, and still none of them can hold up the VM: lines, answers and
 * clients have limits, and nothing here waits. Main thread only.
 */
#ifndef VMM_CTL_SERVER_H
#define VMM_CTL_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "vmm/loop/loop.h"

#define CONTROL_VERSION	    1
#define CONTROL_CLIENTS	    8
#define CONTROL_LINE_MAX    4096
#define CONTROL_ANSWERS_MAX 65536 /* bytes that a client has not taken yet */

/* What can be asked of a VM. */
struct control_ops {
	/* What there is to know; a new reference, NULL if there is no memory. */
	json_t *(*status)(void *owner);
	json_t *(*stats)(void *owner);
	/* Presses the power key. NULL, or why not. */
	const char *(*stop)(void *owner);
	/* Ends the VM. */
	void (*kill)(void *owner);
	/*
	 * From now on the guest reads from this descriptor, too, and control_console() is given its
	 * output; -1: not any more.
	 */
	void (*attach)(void *owner, int fd);
};

struct control;

struct control_client {
	struct control *control;
	struct loop_source source; /* fd -1: free */
	unsigned long age;	   /* when it spoke last, counted in lines */
	bool is_last;		   /* closed when its answers are gone */
	size_t in_count, out_count;
	char in[CONTROL_LINE_MAX];
	char out[CONTROL_ANSWERS_MAX];
};

struct control {
	struct loop *loop;
	const struct control_ops *ops;
	void *owner;
	unsigned long lines;
	struct loop_source listener;
	struct control_client clients[CONTROL_CLIENTS];
	struct control_client *console; /* who has it, NULL: nobody */
};

/* Serves clients of a socket that listens and stays the caller's. -ENOMEM with an error text. */
int control_open(struct control *c, struct loop *loop, int socket, const struct control_ops *ops,
		 void *owner);

/* Output of the guest's console, for the client that has it. */
void control_console(struct control *c, const void *bytes, size_t count);

/* May be called whether control_open() worked or not, and without it for a zeroed one. */
void control_close(struct control *c);

#endif
