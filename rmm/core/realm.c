/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks of Realm descriptors, and VMIDs. See realm.h. */
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

/* One bit per VMID. */
static uint64_t vmids[65536 / 64];

static bool vmid_take(uint64_t *word, unsigned int *bit)
{
	uint64_t w = __atomic_load_n(word, __ATOMIC_RELAXED);

	while (~w != 0) {
		*bit = (unsigned int)__builtin_ctzll(~w);
		if (__atomic_compare_exchange_n(word, &w, w | BIT(*bit), true, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

bool vmid_alloc(uint16_t *vmid)
{
	size_t words = (arch_features.vmid16 ? 65536 : 256) / 64;
	unsigned int bit;

	for (size_t i = 0; i < words; i++) {
		if (vmid_take(&vmids[i], &bit)) {
			*vmid = (uint16_t)(i * 64 + bit);
			return true;
		}
	}
	return false;
}

void vmid_free(uint16_t vmid)
{
	__atomic_fetch_and(&vmids[vmid / 64], ~BIT(vmid % 64), __ATOMIC_RELEASE);
}
