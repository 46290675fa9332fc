/* SPDX-License-Identifier: BSD-3-Clause */
/* The invariants, see hostile.h. Reads the tables by their own rules, not by the RMM's walker. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile.h"
#include "pool.h"
#include "rmm/core/life.h"
#include "rmm/core/rec.h"
#include "rmm/core/rtt_entry.h"
#include "rmm/rmi2/sro.h"

#define GRANULES ((MIB(12)) >> GRANULE_SHIFT)

/* How often each granule from BLOCK_BASE on was found in a role. */
static uint8_t seen[GRANULES];

#define REQUIRE(cond)                                                                              \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "invariant broken: %s (line %d)\n", #cond, __LINE__);      \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static enum granule_state state_of(uint64_t pa)
{
	for (enum granule_state s = GRANULE_NS; s <= GRANULE_DATA; s++)
		if (granule_is(pa_of(pa), s))
			return s;
	return (enum granule_state) - 1;
}

static unsigned int refs_of(uint64_t pa)
{
	struct granule_lock lock;
	unsigned int refs;

	REQUIRE(granule_trylock(pa_of(pa), state_of(pa), &lock) == GRANULE_TAKEN);
	refs = granule_refs(&lock);
	granule_unlock(&lock);
	return refs;
}

static void found(uint64_t pa, size_t n, enum granule_state state)
{
	for (size_t i = 0; i < n; i++, pa += GRANULE_SIZE) {
		REQUIRE(state_of(pa) == state);
		REQUIRE(!host_can_read(pa));
		REQUIRE(pa - BLOCK_BASE < MIB(12));
		REQUIRE(seen[(pa - BLOCK_BASE) >> GRANULE_SHIFT]++ == 0);
	}
}

static void check_table(const struct s2 *s2, uint64_t pa, int level, uint64_t ipa)
{
	const uint64_t *entries = arch_realm_ptr(pa_of(pa));
	unsigned int live = 0;

	found(pa, 1, GRANULE_RTT);
	for (uint64_t i = 0; i < RTT_ENTRIES; i++) {
		struct rtte e = rtte_decode(s2, level, entries[i]);
		uint64_t at = ipa + i * rtt_block_size(level);
		bool protected = at < s2_par_size(s2);

		REQUIRE(protected == (e.kind == RTTE_UNASSIGNED || e.kind == RTTE_ASSIGNED) ||
			e.kind == RTTE_TABLE);
		live += e.kind == RTTE_TABLE || e.kind == RTTE_ASSIGNED;
		if (e.kind == RTTE_TABLE)
			check_table(s2, e.pa.v, level + 1, at);
		else if (e.kind == RTTE_ASSIGNED)
			found(e.pa.v, rtt_block_size(level) >> GRANULE_SHIFT, GRANULE_DATA);
	}
	REQUIRE(refs_of(pa) == live);
}

static void check_recs(const struct rd *rd, uint64_t rd_pa)
{
	unsigned int live = 0;

	for (uint32_t i = 0; i < REALM_MAX_RECS; i++) {
		uint64_t pa = realm_rec_pa(rd, i).v;
		const struct rec *rec = arch_realm_ptr(pa_of(pa));

		if (pa == 0)
			continue;
		live++;
		REQUIRE(i < rd->recs_made);
		found(pa, 1, GRANULE_REC);
		REQUIRE(refs_of(pa) == 0);
		REQUIRE(rec->rd.v == rd_pa && rec->index == i && rec->pa.v == pa);
		for (unsigned int k = 0; k < rec->num_aux; k++)
			found(rec->aux[k].v, 1, GRANULE_REC_AUX);
	}
	REQUIRE(live == rd->recs_live);
	REQUIRE(rd->recs_running == 0);
}

static void check_realm(uint64_t pa)
{
	const struct rd *rd = arch_realm_ptr(pa_of(pa));
	const struct s2 *s2 = &rd->config.s2;

	found(pa, 1, GRANULE_RD);
	check_recs(rd, pa);
	for (uint64_t i = 0; i < s2->num_root; i++)
		check_table(s2, s2->root.v + i * GRANULE_SIZE, s2->start_level,
			    i * RTT_ENTRIES * rtt_block_size(s2->start_level));
}

static void check_operations(void)
{
	for (uint64_t handle = 0; handle < SRO_MAX; handle++) {
		struct sro *sro;

		if (sro_take(handle, &sro) != SRO_OK)
			continue;
		found(sro->object.v, 1, GRANULE_PARTIAL);
		for (unsigned int i = 0; i < sro->count; i++)
			found(sro->mem[i].v, 1, GRANULE_PARTIAL);
		sro_park(sro);
	}
}

static uint64_t granules_taken(void)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < GRANULES; i++)
		n += state_of(BLOCK_BASE + i * GRANULE_SIZE) != GRANULE_NS;
	return n;
}

void hostile_check(void)
{
	memset(seen, 0, sizeof(seen));
	for (uint64_t i = 0; i < GRANULES; i++)
		if (state_of(BLOCK_BASE + i * GRANULE_SIZE) == GRANULE_RD)
			check_realm(BLOCK_BASE + i * GRANULE_SIZE);
	check_operations();
	REQUIRE(life_granules() == granules_taken());
	for (uint64_t i = 0; i < GRANULES; i++) {
		uint64_t pa = BLOCK_BASE + i * GRANULE_SIZE;
		enum granule_state state = state_of(pa);

		REQUIRE(machine_pas(pa) == (state == GRANULE_NS ? PAS_NS : PAS_REALM));
		REQUIRE(seen[i] == (state != GRANULE_NS && state != GRANULE_DELEGATED));
		REQUIRE(state == GRANULE_RTT || refs_of(pa) == 0);
	}
}
