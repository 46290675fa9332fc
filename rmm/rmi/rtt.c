/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables of a stage 2: docs/spec/rmi-2.0.md section 8. The commands are legal in every state of the
 * Realm.
 */
#include "rmm/rmi/commands.h"
#include "rmm/rmi/decode.h"

/* True if a table below the root may be there: ipa is aligned to what such a table maps. */
static bool table_valid(const struct s2 *s2, uint64_t ipa, uint64_t level)
{
	int64_t l = (int64_t)level;

	return l > s2->start_level && l <= RTT_LEVEL_LEAF &&
	       is_aligned(ipa, rtt_block_size((int)l - 1)) && ipa < s2_ipa_size(s2);
}

uint64_t rmi_rtt_create(const uint64_t *x, uint64_t *out)
{
	struct granule_lock child;
	struct realm_lock realm;
	struct realm_walk w;
	int level = (int)(int64_t)x[4];
	uint64_t status;

	if (!granule_lock(pa_of(x[2]), GRANULE_DELEGATED, &child))
		return RMI_ERROR_INPUT;
	if (!realm_lock(pa_of(x[1]), &realm)) {
		granule_unlock(&child);
		return RMI_ERROR_INPUT;
	}
	if (!table_valid(&realm.rd->config.s2, x[3], x[4]) ||
	    x[2] >= s2_pa_limit(&realm.rd->config.s2)) {
		realm_unlock(&realm);
		granule_unlock(&child);
		return RMI_ERROR_INPUT;
	}
	realm_walk_start(&realm, ipa_of(x[3]), &w);
	rtt_walk_down(&w.walk, level - 1);
	status = rmi_error_rtt(w.walk.level);
	if (w.walk.level == level - 1 && !rtt_at_table(&w.walk)) {
		rtt_install(&w.walk, &child);
		status = RMI_SUCCESS;
	} else {
		granule_unlock(&child);
	}
	rtt_walk_end(&w.walk);
	return status;
}

/*
 * Walks to the entry that points to the table at (ipa, level) and locks the table. On an error
 * nothing is locked, and *top (unless NULL) is the next IPA worth trying.
 */
static uint64_t find_table(const uint64_t *x, struct realm_walk *w, struct granule_lock *child,
			   uint64_t *top)
{
	struct realm_lock realm;
	int level = (int)(int64_t)x[3];
	uint64_t status;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	if (!table_valid(&realm.rd->config.s2, x[2], x[3])) {
		realm_unlock(&realm);
		return RMI_ERROR_INPUT;
	}
	realm_walk_start(&realm, ipa_of(x[2]), w);
	rtt_walk_down(&w->walk, level - 1);
	if (w->walk.level == level - 1 && rtt_lock_child(&w->walk, child))
		return RMI_SUCCESS;
	status = rmi_error_rtt(w->walk.level);
	if (top)
		*top = rtt_nonlive_top(&w->walk).v;
	rtt_walk_end(&w->walk);
	return status;
}

uint64_t rmi_rtt_destroy(const uint64_t *x, uint64_t *out)
{
	struct granule_lock child;
	struct realm_walk w;
	uint64_t status = find_table(x, &w, &child, &out[2]);

	if (status != RMI_SUCCESS)
		return status;
	if (granule_refs(&child) != 0) {
		out[2] = x[2];
		status = rmi_error_rtt(w.walk.level + 1);
		granule_unlock(&child);
	} else {
		out[1] = child.pa.v;
		rtt_remove(&w.walk, &child);
		out[2] = rtt_nonlive_top(&w.walk).v;
	}
	rtt_walk_end(&w.walk);
	return status;
}

uint64_t rmi_rtt_fold(const uint64_t *x, uint64_t *out)
{
	struct granule_lock child;
	struct realm_walk w;
	uint64_t pa, status = find_table(x, &w, &child, NULL);

	if (status != RMI_SUCCESS)
		return status;
	pa = child.pa.v;
	switch (rtt_fold(&w.walk, &child)) {
	case RTT_FOLDED:
		out[1] = pa;
		break;
	case RTT_FOLD_MIXED:
		status = rmi_error_rtt(w.walk.level + 1);
		break;
	case RTT_FOLD_NO_BLOCK:
		status = rmi_error_rtt(w.walk.level);
		break;
	}
	rtt_walk_end(&w.walk);
	return status;
}

/* X2 to X4 of READ_ENTRY. */
static void describe(const struct rtte *e, uint64_t *out)
{
	switch (e->kind) {
	case RTTE_UNASSIGNED:
		out[2] = RMI_UNASSIGNED;
		out[4] = e->ripas;
		break;
	case RTTE_ASSIGNED:
		out[2] = RMI_ASSIGNED;
		out[3] = e->pa.v;
		out[4] = e->ripas;
		break;
	case RTTE_UNASSIGNED_NS:
		out[2] = RMI_UNASSIGNED;
		break;
	case RTTE_ASSIGNED_NS:
		out[2] = RMI_ASSIGNED;
		out[3] = e->pa.v | e->attr;
		break;
	case RTTE_TABLE:
		out[2] = RMI_TABLE;
		out[3] = e->pa.v;
		break;
	}
}

uint64_t rmi_rtt_read_entry(const uint64_t *x, uint64_t *out)
{
	int64_t level = (int64_t)x[3];
	struct realm_lock realm;
	struct realm_walk w;
	struct rtte e;
	const struct s2 *s2;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	s2 = &realm.rd->config.s2;
	if (level < s2->start_level || level > RTT_LEVEL_LEAF ||
	    !is_aligned(x[2], rtt_block_size((int)level)) || x[2] >= s2_ipa_size(s2)) {
		realm_unlock(&realm);
		return RMI_ERROR_INPUT;
	}
	realm_walk_start(&realm, ipa_of(x[2]), &w);
	rtt_walk_down(&w.walk, (int)level);
	e = rtt_read(&w.walk, w.walk.index);
	out[1] = (uint64_t)(int64_t)w.walk.level;
	rtt_walk_end(&w.walk);
	out[4] = 0;
	describe(&e, out);
	return RMI_SUCCESS;
}
