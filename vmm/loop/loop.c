/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waits by poll(2), see loop.h. Not by epoll(7), which refuses regular files: the guest's console
 * may read from one and write to one.
 */
#include <errno.h>
#include <stdlib.h>

#include "vmm/lib/error.h"
#include "vmm/loop/loop.h"

#define SIZE_STEP 16

static int grow(struct loop *l)
{
	size_t size = l->size + SIZE_STEP;
	struct loop_source **sources = realloc(l->sources, size * sizeof(struct loop_source *));
	struct pollfd *fds;

	if (!sources)
		return error_set(-ENOMEM, "out of memory");
	l->sources = sources;
	fds = realloc(l->fds, (size + 1) * sizeof(*fds));
	if (!fds)
		return error_set(-ENOMEM, "out of memory");
	l->fds = fds;
	l->size = size;
	return 0;
}

int loop_init(struct loop *l)
{
	*l = (struct loop){0};
	return grow(l);
}

void loop_free(struct loop *l)
{
	free(l->sources);
	free(l->fds);
	*l = (struct loop){0};
}

/*
 * The new source goes behind those that are there, so that one that is added by another is waited
 * for from the next turn on.
 */
int loop_add(struct loop *l, struct loop_source *s)
{
	if (l->count == l->size && grow(l) < 0)
		return -ENOMEM;
	l->sources[l->count++] = s;
	return 0;
}

/* Its place stays empty until the next turn, so that no other source gets its readiness. */
void loop_remove(struct loop *l, struct loop_source *s)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (l->sources[i] == s)
			l->sources[i] = NULL;
	}
}

static void close_gaps(struct loop *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->count; i++) {
		if (l->sources[i])
			l->sources[kept++] = l->sources[i];
	}
	l->count = kept;
}

static int wait_for_any(struct loop *l, int end)
{
	size_t i;

	l->fds[0] = (struct pollfd){.fd = end, .events = POLLIN};
	for (i = 0; i < l->count; i++) {
		const struct loop_source *s = l->sources[i];

		/* poll() takes no notice of negative ones. */
		l->fds[i + 1] = (struct pollfd){.fd = s->paused ? -1 : s->fd, .events = s->events};
	}
	return poll(l->fds, l->count + 1, -1);
}

static void call_ready(struct loop *l)
{
	size_t i, waited_for = l->count;

	for (i = 0; i < waited_for; i++) {
		struct loop_source *s = l->sources[i];

		if (s && !s->paused && l->fds[i + 1].revents)
			s->ready(s->owner);
	}
}

/* One turn. False at the end. */
static bool turn(struct loop *l, int end)
{
	close_gaps(l);
	if (wait_for_any(l, end) <= 0)
		return true;
	if (l->fds[0].revents)
		return false;
	call_ready(l);
	return true;
}

void loop_run(struct loop *l, int end)
{
	while (turn(l, end))
		;
}
