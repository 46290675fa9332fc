/* SPDX-License-Identifier: BSD-3-Clause */
/* Alignment and bit arithmetic used by all firmware parts. Portable. */
#ifndef LIB_UTIL_H
#define LIB_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

#define BIT(n)		    (UINT64_C(1) << (n))
#define MASK(high, low)	    ((~UINT64_C(0) >> (63 - (high))) & (~UINT64_C(0) << (low)))
#define FIELD(v, high, low) (((v)&MASK(high, low)) >> (low))
#define ARRAY_SIZE(a)	    (sizeof(a) / sizeof((a)[0]))

#define GRANULE_SHIFT 12
#define GRANULE_SIZE  (UINT64_C(1) << GRANULE_SHIFT)

/* `align` is a power of two. */
static inline bool is_aligned(uint64_t v, uint64_t align)
{
	return (v & (align - 1)) == 0;
}

static inline uint64_t align_down(uint64_t v, uint64_t align)
{
	return v & ~(align - 1);
}

/* The caller knows that v + align - 1 does not wrap. */
static inline uint64_t align_up(uint64_t v, uint64_t align)
{
	return align_down(v + align - 1, align);
}

/*
 * Returns the index if it is below size, else 0, without a branch. It stands behind the check of an
 * index that comes from the other side of a boundary: a CPU that speculates past the check then
 * loads nothing of the other side's choice. size is not 0, both are below 2^63.
 */
static inline uint64_t index_nospec(uint64_t index, uint64_t size)
{
	/* The compiler must not use what the check before has told it about the index. */
	__asm__("" : "+r"(index));
	/* Where the index is too large, the difference to the last valid one has bit 63 set. */
	return index & (((index | (size - 1 - index)) >> 63) - 1);
}

#endif
