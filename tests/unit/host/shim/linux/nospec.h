/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clamping of an index that was checked. No processor goes wrong here, so the shim keeps what it
 * was asked for, and the test looks at that; an index that was not checked is an error.
 */
#ifndef SHIM_NOSPEC_H
#define SHIM_NOSPEC_H

#include <stdlib.h>

struct shim_clamp {
	unsigned long index;
	unsigned long size;
};

/* The last one. */
extern struct shim_clamp shim_clamp;

static inline unsigned long array_index_nospec(unsigned long index, unsigned long size)
{
	shim_clamp.index = index;
	shim_clamp.size = size;
	if (index >= size)
		abort();
	return index;
}

#endif
