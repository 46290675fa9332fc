/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of a Realm by SMC: dispatch, discovery, access to pages. docs/spec/rsi.md sections 1 to 3.
 */
#include "abi/smccc.h"
#include "rmm/rsi/internal.h"
#include "rmm/run/run.h"

static enum rec_next version(struct rec *rec, struct rec_exit *exit)
{
	uint64_t asked = rec->regs.gprs[1];

	if (asked == RSI_VERSION_1_0 || asked == RSI_VERSION_1_1)
		return rsi_return(rec, RSI_SUCCESS, asked, RSI_VERSION_1_1);
	return rsi_return(rec, RSI_ERROR_INPUT, RSI_VERSION_1_1, RSI_VERSION_1_1);
}

/* No device assignment, memory encryption contexts or ATS: every register is 0. */
static enum rec_next features(struct rec *rec, struct rec_exit *exit)
{
	return rsi_return(rec, RSI_SUCCESS, 0, 0);
}

#define CALL(fid, fn) [(fid)-RSI_FID(RSI_FNUM_FIRST)] = fn

static const rsi_handler handlers[RSI_FNUM_LAST - RSI_FNUM_FIRST + 1] = {
	CALL(RSI_VERSION, version),
	CALL(RSI_FEATURES, features),
	CALL(RSI_MEASUREMENT_READ, rsi_measurement_read),
	CALL(RSI_MEASUREMENT_EXTEND, rsi_measurement_extend),
	CALL(RSI_ATTESTATION_TOKEN_INIT, rsi_token_init),
	CALL(RSI_ATTESTATION_TOKEN_CONTINUE, rsi_token_continue),
	CALL(RSI_REALM_CONFIG, rsi_realm_config),
	CALL(RSI_IPA_STATE_SET, rsi_ipa_state_set),
	CALL(RSI_IPA_STATE_GET, rsi_ipa_state_get),
	CALL(RSI_HOST_CALL, rsi_host_call),
};

enum rec_next rsi_smc(struct rec *rec, struct rec_exit *exit)
{
	uint32_t fid = (uint32_t)rec->regs.gprs[0] & ~(uint32_t)SMCCC_SVE_HINT;
	uint32_t fnum = fid - RSI_FID(RSI_FNUM_FIRST);
	rsi_handler handler;
	enum rec_next next;

	handler = fnum < ARRAY_SIZE(handlers) ? handlers[index_nospec(fnum, ARRAY_SIZE(handlers))]
					      : NULL;
	if (handler)
		return handler(rec, exit);
	if (rsi_psci(rec, fid, exit, &next))
		return next;
	if (fid == SMCCC_VERSION)
		return rsi_fail(rec, SMCCC_VERSION_1_2);
	return rsi_fail(rec, (uint64_t)SMCCC_NOT_SUPPORTED);
}

bool rsi_page_get(struct rec *rec, uint64_t ipa, struct rtt_walk *walk, void **mem,
		  struct rec_exit *exit, enum rec_next *next)
{
	int level;

	switch (rtt_page_get(&rec->config.s2, ipa_of(ipa), walk, mem, &level)) {
	case RTT_PAGE_RAM:
		return true;
	case RTT_PAGE_EMPTY:
		*next = rsi_fail(rec, RSI_ERROR_INPUT);
		return false;
	default:
		run_exit_missing_page(exit, ipa_of(ipa), level);
		*next = REC_EXIT;
		return false;
	}
}
