/* SPDX-License-Identifier: BSD-3-Clause */
/* Locking and pinning of RECs. See rec.h. */
#include "rmm/arch/arch.h"
#include "rmm/core/rec.h"

bool rec_lock(pa_t pa, struct rec_lock *lock)
{
	if (!granule_lock(pa, GRANULE_REC, &lock->granule))
		return false;
	lock->rec = granule_mem(&lock->granule);
	return true;
}

void rec_unlock(struct rec_lock *lock)
{
	granule_unlock(&lock->granule);
	lock->rec = NULL;
}

bool rec_running(const struct rec_lock *lock)
{
	return granule_refs(&lock->granule) != 0;
}

/* Finds the Realm of a REC. That is a hint only, because the REC is not locked afterwards. */
static bool rec_realm(pa_t pa, pa_t *rd)
{
	struct rec_lock lock;

	if (!rec_lock(pa, &lock))
		return false;
	*rd = lock.rec->rd;
	rec_unlock(&lock);
	return true;
}

enum rec_lock_result rec_lock_with_realm(pa_t pa, struct realm_lock *realm, struct rec_lock *lock)
{
	enum rec_lock_result result = REC_LOCK_TAKEN;
	pa_t rd;

	/* Between the two steps the REC, or its Realm, may have been destroyed and made anew. */
	if (!rec_realm(pa, &rd) || !realm_lock(rd, realm))
		return REC_LOCK_NONE;
	if (!rec_lock(pa, lock)) {
		realm_unlock(realm);
		return REC_LOCK_NONE;
	}
	if (lock->rec->rd.v != rd.v)
		result = REC_LOCK_NONE;
	else if (rec_running(lock))
		result = REC_LOCK_RUNNING;
	if (result != REC_LOCK_TAKEN) {
		rec_unlock(lock);
		realm_unlock(realm);
	}
	return result;
}

struct rec *rec_pin(struct rec_lock *lock)
{
	struct rec *rec = lock->rec;

	granule_ref_add(&lock->granule, 1);
	rec_unlock(lock);
	return rec;
}

void rec_unpin(struct rec *rec)
{
	struct granule_lock lock;
	bool locked = granule_lock(rec->pa, GRANULE_REC, &lock);

	RMM_ASSERT(locked);
	granule_ref_add(&lock, -1);
	granule_unlock(&lock);
}

void *rec_aux(const struct rec *rec, unsigned int i)
{
	RMM_ASSERT(i < rec->num_aux);
	return arch_realm_ptr(rec->aux[i]);
}

unsigned int rec_aux_count(const struct realm_config *config)
{
	size_t z_bytes = config->sve ? 32 * 16 * (size_t)(config->sve_vl + 1) : 0;

	return REC_AUX_SVE_FIRST + (unsigned int)((z_bytes + GRANULE_SIZE - 1) / GRANULE_SIZE);
}
