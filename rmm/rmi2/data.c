/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_DATA_MAP_INIT, a page with content for a new Realm: abi/rmi-2.0.md section 8. */
#include "rmm/rmi2/handlers.h"

struct init_args {
	pa_t rd;
	pa_t data;
	ipa_t ipa;
	pa_t src;
	uint64_t flags;
};

/* Granule claimed, table and Realm locked: copy, measure, map. */
static uint64_t commit(struct realm_lock *realm, struct rtt_walk *walk, struct granule_lock *data,
		       const struct init_args *a)
{
	void *page = granule_mem(data);

	if (!arch_ns_read(page, a->src, GRANULE_SIZE)) {
		/* Not just unlocked: part of the page may have been written. */
		granule_unlock_to(data, GRANULE_DELEGATED);
		return RMI_ERROR_INPUT;
	}
	arch_simd_begin();
	measure_data(&realm->rd->measurements, a->ipa.v, a->flags, page);
	arch_simd_end();
	rtt_map_data_ram(walk, walk->index, a->data);
	arch_s2_sync();
	granule_unlock_to(data, GRANULE_DATA);
	return RMI_SUCCESS;
}

/* The table's entry is looked at before the page. */
static uint64_t map_init(struct realm_lock *realm, const struct init_args *a)
{
	struct granule_lock data;
	struct rtt_walk walk;
	enum granule_try result;
	uint64_t status;

	rtt_walk_to(&realm->rd->config.s2, a->ipa, RTT_LEVEL_LEAF, &walk);
	if (walk.level != RTT_LEVEL_LEAF || rtt_read(&walk, walk.index).kind != RTTE_UNASSIGNED) {
		status = rmi2_error_rtt(walk.level);
	} else {
		result = granule_trylock(a->data, GRANULE_DELEGATED, &data);
		status = result == GRANULE_TAKEN ? commit(realm, &walk, &data, a)
						 : rmi2_claim_error(result);
	}
	rtt_walk_end(&walk);
	return status;
}

/* The Realm stays locked to the end: the order of measurements is the order of calls. */
uint64_t rmi2_data_map_init(const uint64_t *x, uint64_t *out)
{
	const struct init_args a = {pa_of(x[1]), pa_of(x[2]), ipa_of(x[3]), pa_of(x[4]), x[5]};
	struct realm_lock realm;
	const struct s2 *s2;
	uint64_t status;

	if ((a.flags & ~(uint64_t)RMI_MEASURE_CONTENT) || a.data.v == a.rd.v ||
	    !rmi2_ns_page(a.src.v) || !realm_lock(a.rd, &realm))
		return RMI_ERROR_INPUT;
	s2 = &realm.rd->config.s2;
	if (realm.rd->state != REALM_NEW)
		status = RMI_ERROR_REALM;
	else if (!granule_aligned(a.ipa.v) || !s2_ipa_protected(s2, a.ipa) ||
		 a.data.v >= s2_pa_limit(s2))
		status = RMI_ERROR_INPUT;
	else
		status = map_init(&realm, &a);
	realm_unlock(&realm);
	return status;
}
