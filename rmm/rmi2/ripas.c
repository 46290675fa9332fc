/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_INIT_RIPAS and RTT_SET_RIPAS: docs/spec/rmi-2.0.md section 8. One table per call. */
#include "rmm/core/rec.h"
#include "rmm/rmi2/handlers.h"

/* The entry behind the last one of the walk's table that ends at or below top. */
static unsigned int entries_end(const struct rtt_walk *walk, uint64_t top)
{
	uint64_t n = (top - walk->ipa.v) / rtt_block_size(walk->level);
	unsigned int left = RTT_ENTRIES - walk->index;

	return walk->index + (n < left ? (unsigned int)n : left);
}

/* Entries from the walk's to `end` are done: X1 is the IPA behind them. None is an error. */
static uint64_t finish(const struct rtt_walk *walk, unsigned int end, uint64_t *out)
{
	if (end == walk->index)
		return rmi_error_rtt(walk->level);
	out[1] = walk->ipa.v + (end - walk->index) * rtt_block_size(walk->level);
	return RMI_SUCCESS;
}

static uint64_t init_table(struct rtt_walk *walk, uint64_t top, uint64_t *out)
{
	unsigned int i = walk->index, end = entries_end(walk, top);

	if (!is_aligned(walk->ipa.v, rtt_block_size(walk->level)))
		return rmi_error_rtt(walk->level);
	while (i < end && rtt_init_ripas(walk, i))
		i++;
	arch_s2_sync();
	return finish(walk, i, out);
}

/* RIPAS is not measured by RMI 2.0: section 12. */
uint64_t rmi2_init_ripas(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	struct realm_walk w;
	uint64_t status = RMI_SUCCESS;

	if (x[3] <= x[2] || !realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	if (!s2_range_protected(&realm.rd->config.s2, x[2], x[3]))
		status = RMI_ERROR_INPUT;
	else if (realm.rd->state != REALM_NEW)
		status = RMI_ERROR_REALM;
	if (status != RMI_SUCCESS) {
		realm_unlock(&realm);
		return status;
	}
	realm_walk_start(&realm, ipa_of(x[2]), &w);
	rtt_walk_down(&w.walk, RTT_LEVEL_LEAF);
	status = init_table(&w.walk, x[3], out);
	rtt_walk_end(&w.walk);
	return status;
}

/* Changes entries as the REC's pending request says. */
static uint64_t set_table(struct rtt_walk *walk, uint64_t top,
			  const struct rec_ripas_request *request, uint64_t *out)
{
	unsigned int i = walk->index, end = entries_end(walk, top);
	enum rtt_ripas_change change;
	bool valid = false;

	if (!is_aligned(walk->ipa.v, rtt_block_size(walk->level)))
		return rmi_error_rtt(walk->level);
	for (; i < end; i++) {
		change = rtt_set_ripas(walk, i, request->value, request->change_destroyed);
		if (change == RTT_RIPAS_REFUSED)
			break;
		valid |= change == RTT_RIPAS_TLBI;
	}
	arch_s2_sync();
	if (valid)
		arch_tlbi_range(walk->s2, walk->ipa,
				(i - walk->index) * rtt_block_size(walk->level), true);
	return finish(walk, i, out);
}

/* Realm and REC are locked. */
static uint64_t set_ripas(struct realm_lock *realm, struct rec *rec, uint64_t base, uint64_t top,
			  uint64_t *out)
{
	struct rec_ripas_request *request = &rec->ripas;
	struct rtt_walk walk;
	uint64_t status;

	if (rec->rd.v != realm->granule.pa.v)
		return RMI_ERROR_REC;
	if (rec->pending != REC_PENDING_RIPAS || base != request->next.v || top > request->top.v)
		return RMI_ERROR_INPUT;
	rtt_walk_to(&realm->rd->config.s2, ipa_of(base), RTT_LEVEL_LEAF, &walk);
	status = set_table(&walk, top, request, out);
	rtt_walk_end(&walk);
	if (status == RMI_SUCCESS)
		request->next = ipa_of(out[1]);
	return status;
}

uint64_t rmi2_set_ripas(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	struct rec_lock rec;
	uint64_t status;

	if (x[4] <= x[3] || !granule_aligned(x[4]) || !realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	if (!rec_lock(pa_of(x[2]), &rec)) {
		realm_unlock(&realm);
		return RMI_ERROR_INPUT;
	}
	status = rec_running(&rec) ? RMI_ERROR_REC : set_ripas(&realm, rec.rec, x[3], x[4], out);
	rec_unlock(&rec);
	realm_unlock(&realm);
	return status;
}
