/* SPDX-License-Identifier: BSD-3-Clause */
/* RIPAS as the Realm asks for it and sees it: docs/spec/rsi.md section 3. */
#include "rmm/rsi/internal.h"

/* The host does the work (RTT_SET_RIPAS); the answer follows at the next enter. */
enum rec_next rsi_ipa_state_set(struct rec *rec, struct rec_exit *exit)
{
	const uint64_t *x = rec->regs.gprs;

	if (!s2_range_protected(&rec->config.s2, x[1], x[2]) || x[3] > RSI_RIPAS_RAM ||
	    (x[4] & ~(uint64_t)RSI_CHANGE_DESTROYED))
		return rsi_fail(rec, RSI_ERROR_INPUT);
	rec->ripas = (struct rec_ripas_request){
		.base = ipa_of(x[1]),
		.next = ipa_of(x[1]),
		.top = ipa_of(x[2]),
		.value = (enum ripas)x[3],
		.change_destroyed = x[4] & RSI_CHANGE_DESTROYED,
	};
	rec->pending = REC_PENDING_RIPAS;
	exit->reason = RMI_EXIT_RIPAS_CHANGE;
	exit->ripas_base = x[1];
	exit->ripas_top = x[2];
	exit->ripas_value = x[3];
	return REC_EXIT;
}

void rsi_complete_ripas(struct rec *rec, bool rejected)
{
	const struct rec_ripas_request *r = &rec->ripas;
	bool reject = rejected && r->value == RIPAS_RAM && r->next.v != r->top.v;

	rsi_return(rec, RSI_SUCCESS, r->next.v, reject ? RSI_REJECT : RSI_ACCEPT);
}

/* How far, in this table, the RIPAS of the walk's entry goes on. */
static uint64_t same_ripas_top(const struct rtt_walk *walk, enum ripas ripas)
{
	unsigned int i = walk->index + 1;

	while (i < RTT_ENTRIES) {
		struct rtte e = rtt_read(walk, i);

		if ((e.kind != RTTE_UNASSIGNED && e.kind != RTTE_ASSIGNED) || e.ripas != ripas)
			break;
		i++;
	}
	return rtt_entry_ipa(walk, 0).v + i * rtt_block_size(walk->level);
}

enum rec_next rsi_ipa_state_get(struct rec *rec, struct rec_exit *exit)
{
	uint64_t start = rec->regs.gprs[1], end = rec->regs.gprs[2], top;
	struct rtt_walk walk;
	enum ripas ripas;

	if (!s2_range_protected(&rec->config.s2, start, end))
		return rsi_fail(rec, RSI_ERROR_INPUT);
	rtt_walk_to(&rec->config.s2, ipa_of(start), RTT_LEVEL_LEAF, &walk);
	ripas = rtt_read(&walk, walk.index).ripas;
	top = same_ripas_top(&walk, ripas);
	rtt_walk_end(&walk);
	return rsi_return(rec, RSI_SUCCESS, top < end ? top : end, ripas);
}
