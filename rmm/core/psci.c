/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's answer to a Realm's CPU_ON. See psci.h. */
#include "abi/psci.h"
#include "rmm/core/psci.h"

/* CPU_ON succeeded: the target starts afresh. EE is the one register bit PSCI hands down. */
static void start_target(struct rec *target, const struct rec *calling)
{
	rec_reset_regs(target);
	target->regs.pc = calling->psci_entry;
	target->regs.gprs[0] = calling->psci_context;
	target->regs.sys.sctlr_el1 |= calling->regs.sys.sctlr_el1 & REC_SCTLR_EL1_EE;
	target->pending = REC_PENDING_NONE;
	__atomic_store_n(&target->runnable, 1, __ATOMIC_RELEASE);
}

static void answer(struct rec *calling, int64_t result)
{
	calling->regs.gprs[0] = (uint64_t)result;
	calling->regs.gprs[1] = calling->regs.gprs[2] = calling->regs.gprs[3] = 0;
	calling->pending = REC_PENDING_NONE;
}

/* False: the host may not say this. A target that is on has been answered for all the same. */
static bool complete(struct rec *calling, const struct rec_lock *target, int64_t status)
{
	bool success = status == PSCI_SUCCESS;

	if (rec_running(target) || target->rec->runnable) {
		answer(calling, PSCI_ALREADY_ON);
		return success;
	}
	if (success)
		start_target(target->rec, calling);
	answer(calling, status);
	return true;
}

/* The target has been destroyed meanwhile: it can only be denied. */
static bool complete_gone(struct rec *calling, int64_t status)
{
	if (status != PSCI_DENIED)
		return false;
	answer(calling, PSCI_DENIED);
	return true;
}

/* Locks two RECs of a Realm whose RD is locked, by ascending address. False: one is gone. */
static bool lock_both(pa_t a, pa_t b, struct rec_lock *lock_a, struct rec_lock *lock_b)
{
	bool swap = a.v > b.v;

	if (!rec_lock(swap ? b : a, swap ? lock_b : lock_a))
		return false;
	if (rec_lock(swap ? a : b, swap ? lock_a : lock_b))
		return true;
	rec_unlock(swap ? lock_b : lock_a);
	return false;
}

/* The RD is locked, which keeps both RECs; but another CPU may run or answer the calling one. */
static bool complete_both(const struct realm_lock *realm, pa_t calling_pa, pa_t target_pa,
			  int64_t status)
{
	struct rec_lock calling, target;
	bool legal;

	if (!lock_both(calling_pa, target_pa, &calling, &target))
		return false;
	legal = !rec_running(&calling) && calling.rec->pending == REC_PENDING_PSCI &&
		target.rec->rd.v == realm->granule.pa.v && complete(calling.rec, &target, status);
	rec_unlock(&calling);
	rec_unlock(&target);
	return legal;
}

/* The Realm and the calling REC are locked; the REC is unlocked here. */
static bool complete_locked(const struct realm_lock *realm, struct rec_lock *calling, pa_t named,
			    int64_t status)
{
	pa_t pa = calling->granule.pa, target = realm_rec_pa(realm->rd, calling->rec->psci_target);
	bool legal = calling->rec->pending == REC_PENDING_PSCI &&
		     (named.v == 0 || named.v == target.v) &&
		     (status == PSCI_SUCCESS || status == PSCI_DENIED);

	if (legal && target.v == 0)
		legal = complete_gone(calling->rec, status);
	rec_unlock(calling);
	if (!legal || target.v == 0)
		return legal;
	return complete_both(realm, pa, target, status);
}

bool psci_complete(pa_t calling, pa_t target, int64_t status)
{
	struct realm_lock realm;
	struct rec_lock lock;
	bool legal;

	if (rec_lock_with_realm(calling, &realm, &lock) != REC_LOCK_TAKEN)
		return false;
	legal = complete_locked(&realm, &lock, target, status);
	realm_unlock(&realm);
	return legal;
}
