/* SPDX-License-Identifier: BSD-3-Clause */
/* HOST_CALL: a Realm's call to its host through a structure in Realm memory. docs/spec/rsi.md
 * section 3.
 */
#include <string.h>

#include "rmm/rsi/internal.h"
#include "rmm/run/run.h"

/* The structure is aligned to its size, so it does not cross a page. */
_Static_assert(sizeof(struct rsi_host_call) == RSI_HOST_CALL_ALIGN, "one aligned unit");

static bool structure_valid(const struct rec *rec, uint64_t ipa)
{
	return is_aligned(ipa, RSI_HOST_CALL_ALIGN) &&
	       s2_ipa_protected(&rec->config.s2, ipa_of(ipa));
}

static struct rsi_host_call *structure_in(void *page, uint64_t ipa)
{
	return (struct rsi_host_call *)((char *)page + ipa % GRANULE_SIZE);
}

enum rec_next rsi_host_call(struct rec *rec, struct rec_exit *exit)
{
	uint64_t ipa = rec->regs.gprs[1];
	const struct rsi_host_call *call;
	struct rtt_walk walk;
	enum rec_next next;
	void *page;

	if (!structure_valid(rec, ipa))
		return rsi_fail(rec, RSI_ERROR_INPUT);
	if (!rsi_page_get(rec, ipa, &walk, &page, exit, &next))
		return next;
	call = structure_in(page, ipa);
	exit->reason = RMI_EXIT_HOST_CALL;
	exit->imm = call->imm;
	memcpy(exit->gprs, call->gprs, sizeof(exit->gprs));
	rtt_walk_end(&walk);
	rec->host_call_ipa = ipa_of(ipa);
	rec->pending = REC_PENDING_HOST_CALL;
	return REC_EXIT;
}

enum rec_next rsi_complete_host_call(struct rec *rec, const uint64_t *gprs, struct rec_exit *exit)
{
	ipa_t ipa = rec->host_call_ipa;
	struct rtt_walk walk;
	void *page;
	int level;

	switch (rtt_page_get(&rec->config.s2, ipa, &walk, &page, &level)) {
	case RTT_PAGE_RAM:
		memcpy(structure_in(page, ipa.v)->gprs, gprs, RMI_REC_GPRS * sizeof(*gprs));
		rtt_walk_end(&walk);
		break;
	case RTT_PAGE_EMPTY:
		/* Another CPU of the Realm gave the page up meanwhile: the results are lost. */
		break;
	case RTT_PAGE_MISSING:
		run_exit_missing_page(exit, ipa, level);
		return REC_EXIT;
	}
	rec->regs.gprs[0] = RSI_SUCCESS;
	rec_skip_instruction(rec);
	return REC_RESUME;
}
