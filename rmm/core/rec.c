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
	size_t z_bytes = 32 * 16 * (size_t)(config->sve_vl + 1);

	return config->sve ? (unsigned int)(align_up(z_bytes, GRANULE_SIZE) / GRANULE_SIZE) : 0;
}
