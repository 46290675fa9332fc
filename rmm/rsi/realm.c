/* SPDX-License-Identifier: BSD-3-Clause */
/* What a Realm asks about itself: measurements and configuration. docs/spec/rsi.md section 3. */
#include <string.h>

#include "rmm/rsi/internal.h"

enum rec_next rsi_measurement_read(struct rec *rec, struct rec_exit *exit)
{
	uint64_t words[RSI_MEASUREMENT_SIZE / 8];
	struct realm_lock realm;
	bool ok;

	realm_lock_pinned(rec->rd, &realm);
	ok = measure_read(&realm.rd->measurements, rec->regs.gprs[1], words);
	realm_unlock(&realm);
	if (!ok)
		return rsi_fail(rec, RSI_ERROR_INPUT);
	rsi_return(rec, RSI_SUCCESS, 0, 0);
	memcpy(&rec->regs.gprs[1], words, sizeof(words));
	return REC_RESUME;
}

enum rec_next rsi_measurement_extend(struct rec *rec, struct rec_exit *exit)
{
	const uint64_t *x = rec->regs.gprs;
	struct realm_lock realm;
	bool ok;

	realm_lock_pinned(rec->rd, &realm);
	arch_simd_begin();
	ok = measure_extend(&realm.rd->measurements, x[1], &x[3], x[2]);
	arch_simd_end();
	realm_unlock(&realm);
	return rsi_fail(rec, ok ? RSI_SUCCESS : RSI_ERROR_INPUT);
}

static void fill_config(const struct rec *rec, const uint8_t *rpv, void *page)
{
	const struct realm_config *realm = &rec->config;
	struct rsi_realm_config *config = page;

	arch_zero(page, GRANULE_SIZE);
	config->ipa_width = realm->s2.ipa_bits;
	/* RSI and RMI number the hashes alike (RSI_HASH_SHA_384 == RMI_HASH_SHA_384 == 2). */
	config->algorithm = (uint8_t)realm->algorithm;
	config->gicv3_vtr = arch_features.gicv3_vtr;
	memcpy(config->rpv, rpv, RSI_RPV_SIZE);
}

enum rec_next rsi_realm_config(struct rec *rec, struct rec_exit *exit)
{
	uint64_t ipa = rec->regs.gprs[1];
	uint8_t rpv[RSI_RPV_SIZE];
	struct realm_lock realm;
	struct rtt_walk walk;
	enum rec_next next;
	void *page;

	if (!rsi_page_valid(rec, ipa))
		return rsi_fail(rec, RSI_ERROR_INPUT);
	/* The RD comes before an RTT in the lock order, so the RPV is copied first. */
	realm_lock_pinned(rec->rd, &realm);
	memcpy(rpv, realm.rd->rpv, sizeof(rpv));
	realm_unlock(&realm);
	if (!rsi_page_get(rec, ipa, &walk, &page, exit, &next))
		return next;
	fill_config(rec, rpv, page);
	rtt_walk_end(&walk);
	return rsi_fail(rec, RSI_SUCCESS);
}
