/* SPDX-License-Identifier: BSD-3-Clause */
/* Granule ranges, tracking, regions of the GPT: docs/spec/rmi-2.0.md sections 3, 4 and 18. */
#include "rmm/core/delegate.h"
#include "rmm/core/life.h"
#include "rmm/rmi2/handlers.h"

#define STEP_SIZE MIB(2)

/* Granules of one step: up to the next 2 MiB border, or the end. */
static size_t step_granules(uint64_t pa, uint64_t top)
{
	uint64_t end = align_down(pa, STEP_SIZE) + STEP_SIZE;

	return ((end < top ? end : top) - pa) >> GRANULE_SHIFT;
}

/*
 * Moves a range in steps. Granules that are in the target state already count as done. It ends
 * early when an interrupt waits, and at a granule that cannot be moved.
 */
static uint64_t move_range(const uint64_t *x, uint64_t *out, enum granule_state target,
			   size_t (*step)(pa_t pa, size_t n, enum granule_try *why))
{
	uint64_t base = x[1], top = x[2], pa = base;
	enum granule_try why = GRANULE_TAKEN;

	out[1] = base;
	if (!granule_range_valid(base, top))
		return RMI_ERROR_INPUT;
	while (pa < top) {
		size_t n = step_granules(pa, top);
		size_t done = step(pa_of(pa), n, &why);

		if (done < n)
			done += granule_count_state(pa_of(pa + (done << GRANULE_SHIFT)), n - done,
						    target);
		pa += done << GRANULE_SHIFT;
		if (done == 0 || arch_irq_pending())
			break;
	}
	out[1] = pa;
	if (pa > base)
		return RMI_SUCCESS;
	/* Another CPU may have deactivated the RMM since this command was let through. */
	return life_active() ? rmi_claim_error(why) : RMI_ERROR_GLOBAL;
}

uint64_t rmi2_range_delegate(const uint64_t *x, uint64_t *out)
{
	return move_range(x, out, GRANULE_DELEGATED, delegate_run);
}

uint64_t rmi2_range_undelegate(const uint64_t *x, uint64_t *out)
{
	return move_range(x, out, GRANULE_NS, undelegate_run);
}

/* Where there is no memory there is nothing to track; memory is tracked from RMM_ACTIVATE on. */
uint64_t rmi2_tracking_get(const uint64_t *x, uint64_t *out)
{
	uint64_t start = x[1], end = x[2], bytes;

	if (!granule_range_valid(start, end) || end > BIT(arch_features.pa_bits))
		return RMI_ERROR_INPUT;
	if (granule_tracked(pa_of(start), &bytes)) {
		out[1] = RMI_TRACKING_CONVENTIONAL;
		out[2] = life_active() ? RMI_TRACKING_FINE : RMI_TRACKING_NONE;
	} else {
		out[1] = RMI_TRACKING_NO_CATEGORY;
		out[2] = RMI_TRACKING_RESERVED;
	}
	out[3] = bytes < end - start ? start + bytes : end;
	return RMI_SUCCESS;
}

/* Bytes that one entry of the level 0 GPT stands for. */
static uint64_t region_size(void)
{
	return BIT(RMI_L0GPT_BITS_MIN + arch_features.l0gptsz);
}

static bool region_valid(uint64_t pa)
{
	return is_aligned(pa, region_size()) && pa < BIT(arch_features.pa_bits);
}

/*
 * A region with memory in it has a level 1 table that EL3 made (PLAT). The others are not for the
 * host. *bytes: how far the same is true from pa on, at least a region.
 */
static uint64_t region_state(uint64_t pa, uint64_t *bytes)
{
	bool tracked = granule_tracked(pa_of(pa), bytes);

	if (!tracked && *bytes >= region_size()) {
		*bytes = align_down(*bytes, region_size());
		return RMI_GPT_RESERVED;
	}
	*bytes = tracked ? align_up(*bytes, region_size()) : region_size();
	return RMI_GPT_PLAT;
}

/* Finds the longest part with one state, a bank or a hole between banks at a time. */
uint64_t rmi2_gpt_info(const uint64_t *x, uint64_t *out)
{
	uint64_t base = x[1], top = x[2], at = base, state, bytes;

	if (!region_valid(base) || !region_valid(top) || top <= base)
		return RMI_ERROR_INPUT;
	state = region_state(base, &bytes);
	do
		at += bytes < top - at ? bytes : top - at;
	while (at < top && region_state(at, &bytes) == state);
	out[1] = at;
	out[2] = state;
	return RMI_SUCCESS;
}

/*
 * EL3 made all level 1 tables. Hosts of older drafts expect ERROR_GPT, "exists already", where
 * there is one. Newer drafts say ERROR_GLOBAL, which older hosts take for a failure.
 */
uint64_t rmi2_gpt_l1_create(const uint64_t *x, uint64_t *out)
{
	uint64_t bytes;

	if (!region_valid(x[1]))
		return RMI_ERROR_INPUT;
	return region_state(x[1], &bytes) == RMI_GPT_PLAT ? RMI_ERROR_GPT : RMI_ERROR_GLOBAL;
}

/* No table is the host's to destroy. */
uint64_t rmi2_gpt_l1_destroy(const uint64_t *x, uint64_t *out)
{
	return region_valid(x[1]) ? RMI_ERROR_GLOBAL : RMI_ERROR_INPUT;
}
