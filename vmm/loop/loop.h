/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The main thread's event loop: whoever has a descriptor to wait for registers it here with a
 * function, and the loop knows nothing else of them. Main thread only.
 */
#ifndef VMM_LOOP_LOOP_H
#define VMM_LOOP_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

/* A descriptor and what is to be done when it is ready. It belongs to whoever registers it. */
struct loop_source {
	int fd;
	short events; /* POLLIN, POLLOUT, ...; errors and hang-ups make it ready, too */
	bool paused;  /* registered, but not waited for; changed at any time */
	void (*ready)(void *owner);
	void *owner;
};

struct loop {
	struct loop_source **sources; /* NULL: removed while sources were being called */
	struct pollfd *fds;	      /* the end, then one for each source */
	size_t count, size;
};

/* -ENOMEM with an error text; loop_free() comes after either result. */
int loop_init(struct loop *l);

/* The sources belong to others and stay as they are. */
void loop_free(struct loop *l);

/*
 * From now on the source is waited for. It stays where it is until it is removed. -ENOMEM with an
 * error text. A source may add and remove any source while it is called, itself included.
 */
int loop_add(struct loop *l, struct loop_source *s);

/*
 * The source is not called any more, even if it is ready already. Does nothing if it is not
 * registered.
 */
void loop_remove(struct loop *l, struct loop_source *s);

/*
 * Calls sources that are ready, in the order of their registration, until the descriptor `end` is
 * readable. When it is, no other source is called any more.
 */
void loop_run(struct loop *l, int end);

#endif
