/* SPDX-License-Identifier: BSD-3-Clause */
/* How a Realm comes into being, gets its first pages, and goes. See realm.h. */
#include <string.h>

#include "rmm/arch/arch.h"
#include "rmm/core/realm.h"

enum granule_try realm_claim(pa_t rd, const struct s2 *s2, struct granule_lock *lock)
{
	enum granule_try result = GRANULE_TAKEN;
	size_t claimed = granule_claim(s2->root, s2->num_root, GRANULE_DELEGATED, &result);

	if (claimed == s2->num_root) {
		result = granule_trylock(rd, GRANULE_DELEGATED, lock);
		/* An RD among its own tables was locked by the claim above, not by another CPU. */
		if (rd.v - s2->root.v < (uint64_t)s2->num_root << GRANULE_SHIFT)
			result = GRANULE_OTHER_STATE;
	}
	if (result != GRANULE_TAKEN)
		granule_release(s2->root, claimed);
	return result;
}

static void make_roots(const struct s2 *s2)
{
	for (unsigned int i = 0; i < s2->num_root; i++) {
		pa_t pa = pa_add(s2->root, (uint64_t)i << GRANULE_SHIFT);

		rtt_init_root(s2, i, arch_realm_ptr(pa));
	}
	granule_publish(s2->root, s2->num_root, GRANULE_RTT);
}

void realm_make(struct granule_lock *lock, const struct realm_new *new)
{
	struct rd *rd = granule_mem(lock);

	arch_zero(rd, GRANULE_SIZE);
	rd->state = REALM_NEW;
	rd->config = new->config;
	memcpy(rd->rpv, new->rpv, sizeof(rd->rpv));
	rd->id[0] = 1;
	memcpy(&rd->id[1], new->random, sizeof(new->random));
	arch_simd_begin();
	measure_realm_create(&rd->measurements, new->config.algorithm, &new->measured);
	arch_simd_end();
	make_roots(&new->config.s2);
	granule_unlock_to(lock, GRANULE_RD);
}

bool realm_set_active(struct realm_lock *realm)
{
	if (realm->rd->state != REALM_NEW)
		return false;
	realm->rd->state = REALM_ACTIVE;
	return true;
}

bool realm_set_zombie(struct realm_lock *realm)
{
	if (realm->rd->recs_running != 0)
		return false;
	realm->rd->state = REALM_ZOMBIE;
	return true;
}

/* Locks all root tables; false, with none locked, when one has live entries. */
static bool lock_empty_roots(const struct s2 *s2, struct granule_lock *locks)
{
	bool empty = true;
	unsigned int n = 0;

	while (n < s2->num_root && empty) {
		pa_t pa = pa_add(s2->root, (uint64_t)n << GRANULE_SHIFT);
		bool locked = granule_lock(pa, GRANULE_RTT, &locks[n]);

		RMM_ASSERT(locked);
		empty = granule_refs(&locks[n++]) == 0;
	}
	while (!empty && n > 0)
		granule_unlock(&locks[--n]);
	return empty;
}

bool realm_unmake(struct realm_lock *realm)
{
	const struct s2 s2 = realm->rd->config.s2;
	struct granule_lock roots[RTT_ROOT_MAX];

	if (realm->rd->recs_live != 0 || realm->rd->state != REALM_ZOMBIE ||
	    !lock_empty_roots(&s2, roots))
		return false;
	arch_tlbi_all(&s2);
	for (unsigned int i = 0; i < s2.num_root; i++)
		granule_unlock_to(&roots[i], GRANULE_DELEGATED);
	granule_unlock_to(&realm->granule, GRANULE_DELEGATED);
	vmid_free(s2.vmid);
	return true;
}

bool realm_add_page(struct realm_lock *realm, struct rtt_walk *walk, unsigned int index,
		    struct granule_lock *data, const struct realm_page *page)
{
	void *mem = granule_mem(data);

	if (!arch_ns_read(mem, page->src, GRANULE_SIZE)) {
		/* Part of the page may have been written, so it is not known to be zero any more.
		 */
		granule_unlock_to(data, GRANULE_DELEGATED);
		return false;
	}
	arch_code_written(mem, GRANULE_SIZE);
	arch_simd_begin();
	measure_data(&realm->rd->measurements, page->ipa.v, page->flags, mem);
	arch_simd_end();
	rtt_map_data_ram(walk, index, page->data);
	arch_s2_sync();
	granule_unlock_to(data, GRANULE_DATA);
	return true;
}
