/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI_COMPLETE: the host's answer to a Realm's CPU_ON. docs/spec/rmi-2.0.md section 7. The other
 * PSCI calls of a Realm need no answer.
 */
#include "abi/psci.h"
#include "rmm/core/psci.h"
#include "rmm/rmi2/handlers.h"

struct completion {
	pa_t calling;
	pa_t target; /* 0: the host does not name it */
	int64_t status;
};

/*
 * Older drafts pass the target in X2 and the status in X3. A target is a granule, which is never
 * at address 0 and always 4K-aligned; no status a host can give for CPU_ON looks like that.
 */
static struct completion decode(const uint64_t *x)
{
	bool named = x[2] != 0 && granule_aligned(x[2]);

	return (struct completion){
		.calling = pa_of(x[1]),
		.target = pa_of(named ? x[2] : 0),
		.status = (int64_t)(named ? x[3] : x[2]),
	};
}

static uint64_t complete(struct rec *calling, const struct rec_lock *target, int64_t status)
{
	return psci_complete(calling, target, status) ? RMI_SUCCESS : RMI_ERROR_INPUT;
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

/* The calling REC and its Realm are locked; that lock of the REC is given up here. */
static uint64_t complete_locked(const struct completion *c, const struct realm_lock *realm,
				struct rec_lock *calling)
{
	pa_t target_pa = realm_rec_pa(realm->rd, calling->rec->psci_target);
	struct rec_lock target;
	uint64_t status;

	if (calling->rec->pending != REC_PENDING_PSCI ||
	    (c->target.v != 0 && c->target.v != target_pa.v) ||
	    (c->status != PSCI_SUCCESS && c->status != PSCI_DENIED)) {
		rec_unlock(calling);
		return RMI_ERROR_INPUT;
	}
	if (target_pa.v == 0) {
		status = complete(calling->rec, NULL, c->status);
		rec_unlock(calling);
		return status;
	}
	/* The RD's lock keeps both RECs, but a run may begin or another answer come in between. */
	rec_unlock(calling);
	if (!lock_both(c->calling, target_pa, calling, &target))
		return RMI_ERROR_INPUT;
	if (rec_running(calling) || calling->rec->pending != REC_PENDING_PSCI ||
	    target.rec->rd.v != realm->granule.pa.v)
		status = RMI_ERROR_INPUT;
	else
		status = complete(calling->rec, &target, c->status);
	rec_unlock(calling);
	rec_unlock(&target);
	return status;
}

uint64_t rmi2_psci_complete(const uint64_t *x, uint64_t *out)
{
	struct completion c = decode(x);
	struct realm_lock realm;
	struct rec_lock calling;
	uint64_t status;

	if (rec_lock_with_realm(c.calling, &realm, &calling) != REC_LOCK_TAKEN)
		return RMI_ERROR_INPUT;
	status = complete_locked(&c, &realm, &calling);
	realm_unlock(&realm);
	return status;
}
