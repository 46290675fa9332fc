/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tells a user at a terminal how far a slow start has come: one line on standard error, which goes
 * away at the end. Nothing is said that takes less than a second, nor to what is no terminal. Main
 * thread only.
 */
#ifndef VMM_LIB_PROGRESS_H
#define VMM_LIB_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;
	uint64_t total, done;
	long long said_ms; /* when the line was written last, and at first when it began */
	bool terminal, said;
};

/* `what` is done to `total` bytes. */
void progress_begin(struct progress *p, const char *what, uint64_t total);

/* So many more are done. */
void progress_add(struct progress *p, uint64_t count);

void progress_end(struct progress *p);

#endif
