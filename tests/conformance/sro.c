/* SPDX-License-Identifier: BSD-3-Clause */
/* Stateful RMI operations, as a host sees them to their end (RMI 2.0, SRO protocol). */
#include "tests/conformance/conformance.h"

#define STEPS_MAX 64 /* more is no progress */

static uint64_t list[RMI_LIST_ENTRIES_MAX] __attribute__((aligned(4096)));

/* Single granules of the requested kind; nothing but delegated 4K is ever asked for. */
static struct smc_regs donate(uint64_t handle, uint64_t request)
{
	uint64_t count = (request >> RMI_DONATE_COUNT_SHIFT) & RMI_DONATE_COUNT_MASK;

	if (count > RMI_LIST_ENTRIES_MAX)
		count = RMI_LIST_ENTRIES_MAX;
	for (uint64_t i = 0; i < count; i++)
		list[i] = range_of(take_delegated(1), 1, 3);
	return RMI(RMI_OP_MEM_DONATE, handle, (uint64_t)list, count);
}

static struct smc_regs reclaim(uint64_t handle)
{
	struct smc_regs r = RMI(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list, RMI_LIST_ENTRIES_MAX);

	if (RMI_STATUS(r.x[0]) != RMI_INCOMPLETE)
		return r;
	for (uint64_t i = 0; i < r.x[1] && i < RMI_LIST_ENTRIES_MAX; i++)
		give_delegated(list[i] & RMI_DESC_ADDR_MASK, RMI_DESC_COUNT(list[i]));
	return r;
}

uint64_t sro_finish(const struct smc_regs *first)
{
	struct smc_regs r = *first;
	uint64_t handle = r.x[1];

	for (unsigned int i = 0; i < STEPS_MAX && RMI_STATUS(r.x[0]) == RMI_INCOMPLETE; i++) {
		switch (RMI_OP_MEM(r.x[0])) {
		case RMI_OP_MEM_WANTS_DONATE:
			r = donate(handle, r.x[2]);
			break;
		case RMI_OP_MEM_WANTS_RECLAIM:
			r = reclaim(handle);
			break;
		default:
			r = RMI(RMI_OP_CONTINUE, handle, 0);
		}
	}
	return r.x[0];
}
