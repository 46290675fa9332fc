/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attestation tokens for a Realm: docs/spec/rsi.md section 3. The token itself is rmm/attest/'s;
 * its state lies in two granules of the REC.
 */
#include <string.h>

#include "rmm/attest/attest.h"
#include "rmm/rsi/internal.h"

_Static_assert(REC_AUX_SVE_FIRST == ATTEST_GRANULES, "token state comes first in REC_AUX");

static struct attest_rec *token_state(const struct rec *rec)
{
	return rec_aux(rec, REC_AUX_TOKEN);
}

/* Fills in the Realm as it is now. */
static void fill_claims(const struct rec *rec, struct attest_claims *claims)
{
	struct realm_lock realm;

	memcpy(claims->challenge, &rec->regs.gprs[1], sizeof(claims->challenge));
	/* Feature register 4 says that there is no FEAT_MEC: all Realms share one MECID. */
	claims->mec_private = false;
	realm_lock_pinned(rec->rd, &realm);
	memcpy(claims->instance_id, realm.rd->id, sizeof(claims->instance_id));
	memcpy(claims->rpv, realm.rd->rpv, sizeof(claims->rpv));
	claims->measurements = realm.rd->measurements;
	realm_unlock(&realm);
}

enum rec_next rsi_token_init(struct rec *rec, struct rec_exit *exit)
{
	struct attest_claims claims;
	uint8_t seed[ATTEST_SEED_SIZE];
	bool random = arch_random(seed, sizeof(seed)), ok;
	size_t size = 0;

	fill_claims(rec, &claims);
	arch_simd_begin();
	ok = attest_token_init(token_state(rec), rec_aux(rec, REC_AUX_SIGNER), &claims,
			       random ? seed : NULL, &size);
	arch_simd_end();
	return ok ? rsi_return(rec, RSI_SUCCESS, size, 0) : rsi_fail(rec, RSI_ERROR_UNKNOWN);
}

/* Writes the next bytes of the token to the Realm's page. */
static enum rec_next read_part(struct rec *rec, struct rec_exit *exit)
{
	uint64_t ipa = rec->regs.gprs[1], offset = rec->regs.gprs[2], size = rec->regs.gprs[3];
	struct rtt_walk walk;
	enum rec_next next;
	size_t n;
	void *page;
	bool last;

	if (!rsi_page_get(rec, ipa, &walk, &page, exit, &next))
		return next;
	offset = index_nospec(offset, GRANULE_SIZE);
	n = attest_token_read(token_state(rec), (char *)page + offset, size, &last);
	rtt_walk_end(&walk);
	return rsi_return(rec, last ? RSI_SUCCESS : RSI_INCOMPLETE, n, 0);
}

/* A pending interrupt of the host ends the signing; the Realm calls again. */
enum rec_next rsi_token_continue(struct rec *rec, struct rec_exit *exit)
{
	uint64_t offset = rec->regs.gprs[2], size = rec->regs.gprs[3];
	enum attest_sign sign;

	if (!rsi_page_valid(rec, rec->regs.gprs[1]) || offset >= GRANULE_SIZE ||
	    size > GRANULE_SIZE - offset)
		return rsi_fail(rec, RSI_ERROR_INPUT);
	arch_simd_begin();
	sign = attest_token_sign(token_state(rec));
	arch_simd_end();
	switch (sign) {
	case ATTEST_SIGN_DONE:
		return read_part(rec, exit);
	case ATTEST_SIGN_AGAIN:
		rsi_return(rec, RSI_INCOMPLETE, 0, 0);
		exit->reason = RMI_EXIT_IRQ;
		return REC_EXIT;
	case ATTEST_SIGN_NO_TOKEN:
		return rsi_fail(rec, RSI_ERROR_STATE);
	default:
		return rsi_fail(rec, RSI_ERROR_UNKNOWN);
	}
}
