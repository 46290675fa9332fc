/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RTT_DATA_MAP_INIT, pages with content for a new Realm: docs/spec/rmi-2.0.md section 8, and its
 * form for a range of pages, abi/rmi_ext.h.
 */
#include "abi/rmi_ext.h"
#include "rmm/rmi2/range.h"

/* Maps one page. The table's entry is checked before the page. */
static uint64_t map_page(struct realm_lock *realm, struct rtt_walk *walk, unsigned int index,
			 const struct realm_page *p)
{
	struct granule_lock data;
	enum granule_try result;

	if (rtt_read(walk, index).kind != RTTE_UNASSIGNED)
		return rmi_error_rtt(walk->level);
	result = granule_trylock(p->data, GRANULE_DELEGATED, &data);
	if (result != GRANULE_TAKEN)
		return rmi_claim_error(result);
	return realm_add_page(realm, walk, index, &data, p) ? RMI_SUCCESS : RMI_ERROR_INPUT;
}

static uint64_t map_init(struct realm_lock *realm, const struct realm_page *p)
{
	struct rtt_walk walk;
	uint64_t status;

	rtt_walk_to(&realm->rd->config.s2, p->ipa, RTT_LEVEL_LEAF, &walk);
	status = walk.level == RTT_LEVEL_LEAF ? map_page(realm, &walk, walk.index, p)
					      : rmi_error_rtt(walk.level);
	rtt_walk_end(&walk);
	return status;
}

_Static_assert(RMI_MEASURE_CONTENT == MEASURE_DATA_CONTENT, "the flag that is measured");

static bool flags_valid(uint64_t flags)
{
	return !(flags & ~(uint64_t)RMI_MEASURE_CONTENT);
}

/* The Realm stays locked to the end: the order of measurements is the order of calls. */
uint64_t rmi2_data_map_init(const uint64_t *x, uint64_t *out)
{
	const struct realm_page p = {pa_of(x[2]), ipa_of(x[3]), pa_of(x[4]), x[5]};
	struct realm_lock realm;
	const struct s2 *s2;
	uint64_t status;

	if (!flags_valid(p.flags) || x[2] == x[1] || !rmi_ns_page(p.src.v) ||
	    !realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	s2 = &realm.rd->config.s2;
	if (realm.rd->state != REALM_NEW)
		status = RMI_ERROR_REALM;
	else if (!granule_aligned(p.ipa.v) || !s2_ipa_protected(s2, p.ipa) ||
		 p.data.v >= s2_pa_limit(s2))
		status = RMI_ERROR_INPUT;
	else
		status = map_init(&realm, &p);
	realm_unlock(&realm);
	return status;
}

/* Maps the page that p says. The address of its source is in an entry of the list. */
static uint64_t map_listed(struct realm_lock *realm, struct rtt_walk *walk, unsigned int index,
			   struct realm_page *p, uint64_t entry)
{
	if (p->data.v >= s2_pa_limit(walk->s2) ||
	    !arch_ns_read(&p->src, pa_of(entry), sizeof(p->src)) || !rmi_ns_page(p->src.v))
		return RMI_ERROR_INPUT;
	return map_page(realm, walk, index, p);
}

/* Maps pages from p on, to the end of the range, of the list's page, or of the table. */
static uint64_t map_init_range(struct realm_lock *realm, struct realm_page *p, uint64_t top,
			       uint64_t list, uint64_t *out_top)
{
	size_t n = range_list_clip(list, (top - p->ipa.v) >> GRANULE_SHIFT), done = 0;
	uint64_t status = RMI_SUCCESS;
	struct rtt_walk walk;

	rtt_walk_to(&realm->rd->config.s2, p->ipa, RTT_LEVEL_LEAF, &walk);
	if (walk.level != RTT_LEVEL_LEAF)
		status = rmi_error_rtt(walk.level);
	while (status == RMI_SUCCESS && done < n && walk.index + done < RTT_ENTRIES) {
		status = map_listed(realm, &walk, walk.index + done, p, list + done * sizeof(list));
		if (status != RMI_SUCCESS)
			break;
		done++;
		p->data = pa_add(p->data, GRANULE_SIZE);
		p->ipa.v += GRANULE_SIZE;
		if (arch_irq_pending())
			break;
	}
	rtt_walk_end(&walk);
	if (!done)
		return status;
	*out_top = p->ipa.v;
	return RMI_SUCCESS;
}

uint64_t rmi2_data_map_init_range(const uint64_t *x, uint64_t *out)
{
	struct realm_page p = {.data = pa_of(x[5]), .ipa = ipa_of(x[2]), .flags = x[4]};
	struct realm_lock realm;
	uint64_t status;

	if (!flags_valid(p.flags) || !granule_aligned(p.data.v) || !range_list_valid(x[6]) ||
	    !realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	if (realm.rd->state != REALM_NEW)
		status = RMI_ERROR_REALM;
	else if (!s2_range_protected(&realm.rd->config.s2, x[2], x[3]))
		status = RMI_ERROR_INPUT;
	else
		status = map_init_range(&realm, &p, x[3], x[6], &out[1]);
	realm_unlock(&realm);
	return status;
}
