/* SPDX-License-Identifier: BSD-3-Clause */
/* Delegation and its end. See delegate.h. */
#include "rmm/arch/arch.h"
#include "rmm/core/delegate.h"
#include "rmm/core/life.h"

#define SCRUB_GRANULES 64 /* between two looks for an interrupt */

/* Unlocks a claimed run: the first `moved` granules have the new state, the others the old one. */
static void finish(pa_t pa, size_t claimed, size_t moved, enum granule_state state)
{
	granule_publish(pa, moved, state);
	if (moved < claimed)
		granule_release(pa_add(pa, moved << GRANULE_SHIFT), claimed - moved);
}

size_t delegate_run(pa_t pa, size_t n, enum granule_try *why)
{
	size_t claimed = granule_claim(pa, n, GRANULE_NS, why);
	size_t moved = 0;

	if (claimed && life_take(claimed)) {
		moved = arch_gpi_to_realm(pa, claimed);
		life_give_back(claimed - moved);
	}
	finish(pa, claimed, moved, GRANULE_DELEGATED);
	return moved;
}

/* Zeroes claimed granules until an interrupt waits: how many are done, at least some of them. */
static size_t scrub_some(pa_t pa, size_t claimed)
{
	size_t done = 0;

	while (done < claimed) {
		size_t n = claimed - done < SCRUB_GRANULES ? claimed - done : SCRUB_GRANULES;

		granule_scrub(pa_add(pa, done << GRANULE_SHIFT), n);
		done += n;
		if (arch_irq_pending())
			break;
	}
	return done;
}

size_t undelegate_run(pa_t pa, size_t n, enum granule_try *why)
{
	size_t claimed = granule_claim(pa, n, GRANULE_DELEGATED, why);
	size_t scrubbed = scrub_some(pa, claimed);
	size_t moved = scrubbed ? arch_gpi_to_ns(pa, scrubbed) : 0;

	finish(pa, claimed, moved, GRANULE_NS);
	life_give_back(moved);
	return moved;
}
