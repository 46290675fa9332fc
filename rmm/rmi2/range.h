/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address range descriptors and lists of them in host memory: docs/spec/rmi-2.0.md section 5.
 */
#ifndef RMM_RMI2_RANGE_H
#define RMM_RMI2_RANGE_H

#include "rmm/rmi2/handlers.h"

/* Entries of a donation that are looked at: more than one operation needs, if some are empty. */
#define SRO_DONATE_LIST 64

/* The descriptor of count blocks of `level` from pa on. */
uint64_t range_desc(int level, pa_t pa, uint64_t count, unsigned int state);

/* Level of a descriptor's blocks: 3 to 0. */
static inline int range_level(uint64_t desc)
{
	return RTT_LEVEL_LEAF - (int)RMI_DESC_SIZE(desc);
}

/* True if a list may start at pa: it is 8-byte aligned, in a Non-secure page. */
bool range_list_valid(uint64_t pa);

/* How many of `count` entries lie before the end of the list's page. */
size_t range_list_clip(uint64_t pa, uint64_t count);

/*
 * Reads a whole list, clipped at its page's end and at max. False: pa is not valid, or not
 * readable.
 */
bool range_list_read(uint64_t pa, uint64_t count, uint64_t *list, size_t max, size_t *entries);

/* Writes *n entries, clipped (*n is reduced); false when the page is not writable. */
bool range_list_write(uint64_t pa, const uint64_t *list, size_t *n);

#endif
