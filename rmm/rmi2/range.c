/* SPDX-License-Identifier: BSD-3-Clause */
/* Range descriptors and lists of them. See range.h. */
#include "rmm/rmi2/range.h"

uint64_t range_desc(int level, pa_t pa, uint64_t count, unsigned int state)
{
	return (uint64_t)(RTT_LEVEL_LEAF - level) | count << RMI_DESC_COUNT_SHIFT | pa.v |
	       (uint64_t)state << RMI_DESC_STATE_SHIFT;
}

bool range_list_valid(uint64_t pa)
{
	return is_aligned(pa, 8) && rmi_ns_page(align_down(pa, GRANULE_SIZE));
}

size_t range_list_clip(uint64_t pa, uint64_t count)
{
	size_t room = (GRANULE_SIZE - pa % GRANULE_SIZE) / sizeof(uint64_t);

	return count < room ? count : room;
}

bool range_list_read(uint64_t pa, uint64_t count, uint64_t *list, size_t max, size_t *entries)
{
	*entries = range_list_clip(pa, count);
	if (*entries > max)
		*entries = max;
	return range_list_valid(pa) &&
	       (*entries == 0 || arch_ns_read(list, pa_of(pa), *entries * sizeof(*list)));
}

bool range_list_write(uint64_t pa, const uint64_t *list, size_t *n)
{
	*n = range_list_clip(pa, *n);
	return *n == 0 || arch_ns_write(pa_of(pa), list, *n * sizeof(*list));
}
