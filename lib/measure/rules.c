/* SPDX-License-Identifier: BSD-3-Clause */
/* Measurements by the rules that a caller names, see measure.h. */
#include <string.h>

#include <measure.h>
#include <util.h>

void measure_start(struct measurements *m, enum measure_rules rules, enum hash_alg alg,
		   const struct measure_realm *realm)
{
	measure_realm_create(m, alg, realm);
	if (rules == MEASURE_2_0_BETA)
		memset(m->slot[MEASURE_RIM], 0, MEASURE_SIZE);
}

/* H(the whole slot || value, filled up with zeros to the size of a slot). */
static void extend_whole(struct measurements *m, uint64_t slot, const void *value, uint64_t size)
{
	struct hash h;

	hash_init(&h, m->alg);
	hash_update(&h, m->slot[slot], MEASURE_SIZE);
	hash_update(&h, value, size);
	hash_zeroes(&h, MEASURE_SIZE - size);
	hash_final(&h, m->slot[slot]);
}

bool measure_extend_by(struct measurements *m, enum measure_rules rules, uint64_t slot,
		       const void *value, uint64_t size)
{
	if (rules == MEASURE_2_0)
		return measure_extend(m, slot, value, size);
	if (slot == MEASURE_RIM || slot >= MEASURE_SLOTS || size > MEASURE_SIZE)
		return false;
	extend_whole(m, slot, value, size);
	return true;
}
