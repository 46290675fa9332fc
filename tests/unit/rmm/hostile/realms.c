/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of a hostile host that run Realms, and what those do. */
#include <string.h>

#include "abi/psci.h"
#include "abi/rmi_ext.h"
#include "abi/rsi.h"
#include "rmm/rsi/rsi.h"
#include "step.h"

static _Thread_local struct hostile *realm_side;

#define PLAY_CPU_ON 1 /* places in its list; IPA_STATE_SET comes first */

/* The Realm makes a random call; it is no friend of the RMM either. */
void realm_plays(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	static const uint64_t fids[] = {
		RSI_IPA_STATE_SET,    PSCI_CPU_ON64,	RSI_IPA_STATE_GET,
		RSI_HOST_CALL,	      RSI_REALM_CONFIG, RSI_MEASUREMENT_EXTEND,
		RSI_MEASUREMENT_READ, PSCI_CPU_OFF,	PSCI_AFFINITY_INFO64,
		PSCI_SYSTEM_OFF,      RSI_VERSION,	RSI_ATTESTATION_TOKEN_INIT,
	};
	struct hostile *h = realm_side;
	uint64_t *x = rec->regs.gprs;

	for (int i = 0; i < 4; i++) {
		/* Calls that wait for the host's answer come more often. */
		x[0] = fids[rnd(h, 4) ? rnd(h, ARRAY_SIZE(fids)) : rnd(h, 2) * PLAY_CPU_ON];
		x[1] = x[0] == PSCI_CPU_ON64 || x[0] == PSCI_AFFINITY_INFO64 ? rnd(h, 3)
									     : any_ipa(h);
		x[2] = x[1] + rnd(h, 4) * GRANULE_SIZE;
		x[3] = rnd(h, 2);
		x[4] = rnd(h, 2);
		if (x[0] == PSCI_SYSTEM_OFF && !rarely(h))
			continue;
		if (x[0] == RSI_MEASUREMENT_EXTEND || x[0] == PSCI_AFFINITY_INFO64)
			x[2] = 0;
		if (rsi_smc(rec, exit) == REC_EXIT)
			return;
	}
}

/* What the exit asks the host for. */
static void answer(struct hostile *h, uint64_t rec, const struct rmi_rec_exit *exit)
{
	uint64_t rd = POOL_PAGE(rnd(h, POOL_RDS));

	if (rarely(h))
		return;
	if (exit->exit_reason == RMI_EXIT_RIPAS_CHANGE)
		counted_call(KIND_set_ripas, RMI_RTT_SET_RIPAS, rd, rec, exit->ripas_base,
			     exit->ripas_top, 0);
	else if (exit->exit_reason == RMI_EXIT_PSCI)
		counted_call(KIND_psci_complete, RMI_PSCI_COMPLETE, rec,
			     rnd(h, 4) ? 0 : (uint64_t)PSCI_DENIED, 0, 0, 0);
}

static void run(struct hostile *h, uint64_t target, int times)
{
	struct rmi_rec_run *run = host_ptr(h->scratch + 2 * GRANULE_SIZE);

	for (int i = 0; i < times; i++) {
		memset(&run->enter, 0, sizeof(run->enter));
		run->enter.flags = rnd(h, 8) ? 0 : rnd(h, 256);
		run->enter.flags |= rnd(h, 4) ? 0 : RMI_ENTER_EXT_TIMER_LR;
		realm_side = h;
		if (!counted_call(KIND_rec_enter, RMI_REC_ENTER, target,
				  h->scratch + 2 * GRANULE_SIZE, 0, 0, 0))
			return;
		answer(h, target, &run->exit);
	}
}

void hostile_rec_enter(struct hostile *h)
{
	run(h, any_rec(h), 3);
}

/*
 * Makes a Realm with two RECs in one go and runs it, as far as other hosts let it. Random single
 * calls hardly ever make such a Realm. The second REC is off, for the first to turn it on.
 */
void hostile_realm_run(struct hostile *h)
{
	uint32_t i = rnd(h, POOL_RDS);
	uint64_t r = POOL_PAGE(i), recs = POOL_PAGE(2 * POOL_RDS + i * 2);

	if (rnd(h, 2))
		sweep(h);
	realm_create_at(h, r);
	if (rec_create_one(h, r, recs, 0, true) &&
	    rec_create_one(h, r, recs + GRANULE_SIZE, 1, false))
		counted_call(KIND_realm_run, RMI_REALM_ACTIVATE, r, 0, 0, 0, 0);
	run(h, recs, 8);
	run(h, recs + GRANULE_SIZE, 2);
}

void hostile_psci_complete(struct hostile *h)
{
	uint64_t status = rnd(h, 2) ? 0 : (uint64_t)(int64_t)PSCI_DENIED;

	if (rnd(h, 2))
		counted_call(KIND_psci_complete, RMI_PSCI_COMPLETE, any_rec(h), status, 0, 0, 0);
	else
		counted_call(KIND_psci_complete, RMI_PSCI_COMPLETE, any_rec(h), any_rec(h), status,
			     0, 0);
}
