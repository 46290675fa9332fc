/* SPDX-License-Identifier: BSD-3-Clause */
/* See progress.h. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "vmm/lib/progress.h"

#define PERIOD_MS 1000

static long long now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, const char *what, uint64_t total)
{
	*p = (struct progress){
		.what = what,
		.total = total,
		.said_ms = now_ms(),
		.terminal = isatty(STDERR_FILENO),
	};
}

void progress_add(struct progress *p, uint64_t count)
{
	long long now = now_ms();

	p->done += count;
	if (!p->terminal || now - p->said_ms < PERIOD_MS || !p->total)
		return;
	p->said_ms = now;
	p->said = true;
	fprintf(stderr, "\rrealm: %s: %3u%%", p->what, (unsigned int)(p->done * 100 / p->total));
}

void progress_end(struct progress *p)
{
	if (p->said)
		fprintf(stderr, "\r\033[K");
	p->said = false;
}
