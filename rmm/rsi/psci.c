/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI 1.1 for Realms: docs/spec/rsi.md section 5. The host only hears of what it has to do. */
#include "abi/psci.h"
#include "abi/smccc.h"
#include "rmm/rsi/internal.h"

#define FID_64 0x40000000

/* Argument n of a call: an SMC32 call has 32-bit ones. */
static uint64_t arg(const struct rec *rec, unsigned int n)
{
	uint64_t v = rec->regs.gprs[n];

	return rec->regs.gprs[0] & FID_64 ? v : (uint32_t)v;
}

static enum rec_next psci_return(struct rec *rec, int64_t result)
{
	return rsi_return(rec, (uint64_t)result, 0, 0);
}

/* Tells the host of a call, with one argument; the Realm's result is in place already. */
static enum rec_next psci_exit(struct rec_exit *exit, uint32_t fid, uint64_t arg1)
{
	exit->reason = RMI_EXIT_PSCI;
	exit->gprs[0] = fid;
	exit->gprs[1] = arg1;
	return REC_EXIT;
}

/* Index of the REC that the Realm means; ~0 if no REC can have such an Aff0. */
static uint64_t mpidr_index(uint64_t mpidr)
{
	return FIELD(mpidr, 7, 4) == 0 ? rec_index_of(mpidr) : ~UINT64_C(0);
}

static bool rec_exists(const struct rec *rec, uint64_t index)
{
	struct realm_lock realm;
	bool found;

	realm_lock_pinned(rec->rd, &realm);
	found = realm_rec_pa(realm.rd, index).v != 0;
	realm_unlock(&realm);
	return found;
}

static enum rec_next cpu_suspend(struct rec *rec, uint32_t fid, struct rec_exit *exit)
{
	uint64_t power_state = arg(rec, 1);

	psci_return(rec, PSCI_SUCCESS);
	return psci_exit(exit, fid, power_state);
}

static enum rec_next cpu_off(struct rec *rec, uint32_t fid, struct rec_exit *exit)
{
	__atomic_store_n(&rec->runnable, 0, __ATOMIC_RELEASE);
	psci_return(rec, PSCI_SUCCESS);
	return psci_exit(exit, fid, 0);
}

/* Entry point and context stay here: the host learns the target only. */
static enum rec_next cpu_on(struct rec *rec, uint32_t fid, struct rec_exit *exit)
{
	uint64_t mpidr = arg(rec, 1), entry = arg(rec, 2), context = arg(rec, 3);
	uint64_t index = mpidr_index(mpidr);

	if (!s2_ipa_protected(&rec->config.s2, ipa_of(entry)))
		return psci_return(rec, PSCI_INVALID_ADDRESS);
	if (!rec_exists(rec, index))
		return psci_return(rec, PSCI_INVALID_PARAMETERS);
	if (index == rec->index)
		return psci_return(rec, PSCI_ALREADY_ON);
	rec->psci_target = index;
	rec->psci_entry = entry;
	rec->psci_context = context;
	rec->pending = REC_PENDING_PSCI;
	/* Moves pc behind the call. The host's answer will replace X0. */
	psci_return(rec, PSCI_DENIED);
	return psci_exit(exit, fid, mpidr);
}

static int64_t affinity(const struct rec_lock *rec)
{
	return rec_running(rec) || __atomic_load_n(&rec->rec->runnable, __ATOMIC_RELAXED)
		       ? PSCI_AFFINITY_ON
		       : PSCI_AFFINITY_OFF;
}

/* Is REC `index` running, or may it run? -2 when there is no such REC. */
static int64_t affinity_of(const struct rec *rec, uint64_t index)
{
	struct realm_lock realm;
	struct rec_lock target;
	int64_t result = PSCI_INVALID_PARAMETERS;

	realm_lock_pinned(rec->rd, &realm);
	if (rec_lock(realm_rec_pa(realm.rd, index), &target)) {
		if (target.rec->rd.v == rec->rd.v)
			result = affinity(&target);
		rec_unlock(&target);
	}
	realm_unlock(&realm);
	return result;
}

static enum rec_next affinity_info(struct rec *rec)
{
	if (arg(rec, 2) != 0)
		return psci_return(rec, PSCI_INVALID_PARAMETERS);
	return psci_return(rec, affinity_of(rec, mpidr_index(arg(rec, 1))));
}

/* Other RECs go on until their next exit. */
static enum rec_next system_off(struct rec *rec, uint32_t fid, struct rec_exit *exit)
{
	struct realm_lock realm;

	realm_lock_pinned(rec->rd, &realm);
	realm.rd->state = REALM_SYSTEM_OFF;
	realm_unlock(&realm);
	return psci_exit(exit, fid, 0);
}

static enum rec_next features(struct rec *rec)
{
	switch ((uint32_t)rec->regs.gprs[1]) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
	case PSCI_AFFINITY_INFO32:
	case PSCI_AFFINITY_INFO64:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
		return psci_return(rec, PSCI_SUCCESS);
	default:
		return psci_return(rec, PSCI_NOT_SUPPORTED);
	}
}

bool rsi_psci(struct rec *rec, uint32_t fid, struct rec_exit *exit, enum rec_next *next)
{
	switch (fid) {
	case PSCI_VERSION:
		*next = psci_return(rec, PSCI_VERSION_1_1);
		return true;
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
		*next = cpu_suspend(rec, fid, exit);
		return true;
	case PSCI_CPU_OFF:
		*next = cpu_off(rec, fid, exit);
		return true;
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
		*next = cpu_on(rec, fid, exit);
		return true;
	case PSCI_AFFINITY_INFO32:
	case PSCI_AFFINITY_INFO64:
		*next = affinity_info(rec);
		return true;
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		*next = system_off(rec, fid, exit);
		return true;
	case PSCI_FEATURES:
		*next = features(rec);
		return true;
	default:
		return false;
	}
}
