/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks of Realm descriptors. See realm.h. */
#include "rmm/arch/arch.h"
#include "rmm/core/realm.h"

bool realm_lock(pa_t pa, struct realm_lock *lock)
{
	if (!granule_lock(pa, GRANULE_RD, &lock->granule))
		return false;
	lock->rd = granule_mem(&lock->granule);
	return true;
}

void realm_lock_pinned(pa_t rd, struct realm_lock *lock)
{
	bool locked = realm_lock(rd, lock);

	RMM_ASSERT(locked);
}

void realm_unlock(struct realm_lock *lock)
{
	granule_unlock(&lock->granule);
	lock->rd = NULL;
}

pa_t realm_rec_pa(const struct rd *rd, uint64_t index)
{
	if (index >= rd->recs_made)
		return pa_of(0);
	index = index_nospec(index, REALM_MAX_RECS);
	return pa_of(((uint64_t)rd->rec_high[index] << 32 | rd->rec_low[index]) << GRANULE_SHIFT);
}

void realm_set_rec_pa(struct rd *rd, uint32_t index, pa_t pa)
{
	uint64_t number = pa.v >> GRANULE_SHIFT;

	rd->rec_low[index] = (uint32_t)number;
	rd->rec_high[index] = (uint8_t)(number >> 32);
}
