/* SPDX-License-Identifier: BSD-3-Clause */
/* Address types of the RMM: a physical address and an IPA are never mixed up. */
#ifndef RMM_CORE_TYPES_H
#define RMM_CORE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <util.h>

typedef struct {
	uint64_t v;
} pa_t;

typedef struct {
	uint64_t v;
} ipa_t;

static inline pa_t pa_of(uint64_t v)
{
	return (pa_t){v};
}

static inline ipa_t ipa_of(uint64_t v)
{
	return (ipa_t){v};
}

static inline pa_t pa_add(pa_t pa, uint64_t bytes)
{
	return (pa_t){pa.v + bytes};
}

static inline bool granule_aligned(uint64_t v)
{
	return is_aligned(v, GRANULE_SIZE);
}

/* [base, top), of physical addresses or of IPAs, is made of whole granules, one at least. */
static inline bool granule_range_valid(uint64_t base, uint64_t top)
{
	return granule_aligned(base) && granule_aligned(top) && top > base;
}

#endif
