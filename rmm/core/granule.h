/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The granule table: one 16-bit word for each 4K granule of DRAM, with its state, a lock bit and a
 * reference count. It is the RMM's only record of who owns which memory.
 *
 * The grammar is: lock a granule and expect a state; unlock it as it is, or to another state. Who
 * holds a struct granule_lock, which only these functions make, may have a pointer to the granule's
 * memory. Runs of granules (ranges, blocks) are claimed four words at a time by compare-and-swap; a
 * claim never waits, so it may be made under any other lock.
 *
 * Lock order (docs/rmm.md section 3): waiting is only allowed for granules expected in state
 *   DELEGATED  <  RD  <  REC  <  RTT (root to leaf)
 * in that order; two of the same class by ascending address. Granules in other states, and
 * DELEGATED ones under a later lock, are only claimed (granule_trylock, granule_claim).
 */
#ifndef RMM_CORE_GRANULE_H
#define RMM_CORE_GRANULE_H

#include "rmm/core/types.h"

enum granule_state {
	GRANULE_NS,	   /* the host's, or not in any PAS the RMM manages */
	GRANULE_DELEGATED, /* Realm PAS, unused */
	GRANULE_RD,
	GRANULE_REC,
	GRANULE_REC_AUX,
	GRANULE_PARTIAL, /* belongs to a stateful operation */
	GRANULE_RTT,
	GRANULE_DATA, /* mapped in a Realm; guarded by the lock of the RTT that maps it */
};

/* Proof that this CPU holds the lock of one granule. */
struct granule_lock {
	uint16_t *word;
	pa_t pa;
};

/* Result of an attempt to take a granule without waiting. */
enum granule_try {
	GRANULE_TAKEN,
	GRANULE_OTHER_STATE, /* not tracked, or in another state */
	GRANULE_CONTENDED,   /* in the right state, but another CPU holds it */
};

#define GRANULE_MAX_BANKS 8
#define GRANULE_REF_MAX	  1023

struct granule_bank {
	pa_t base;
	uint64_t size;
};

/* Bytes of table the banks need, or 0 if they are not ascending, disjoint and 4K-aligned. */
size_t granule_table_size(const struct granule_bank *banks, size_t count);

/* Once at boot, before anything else here. table is zeroed memory, 8-byte aligned. */
void granule_init(const struct granule_bank *banks, size_t count, void *table);

/*
 * Bytes from pa to where tracked memory ends, or, when pa is not tracked, to the next bank (~0:
 * none).
 */
bool granule_tracked(pa_t pa, uint64_t *bytes);

/* Where the last bank ends. */
uint64_t granule_end(void);

/* A look without a lock: true when pa is 4K-aligned, tracked, and in that state at this moment. */
bool granule_is(pa_t pa, enum granule_state state);

/* Waits for the lock while the state is the expected one. False: it is not, or pa is no granule. */
bool granule_lock(pa_t pa, enum granule_state expected, struct granule_lock *lock);
enum granule_try granule_trylock(pa_t pa, enum granule_state expected, struct granule_lock *lock);

void granule_unlock(struct granule_lock *lock);

/*
 * The granule gets a new state and stays locked, or is unlocked. Its reference count must be 0. The
 * next CPU that locks it sees what was written to its memory before.
 */
void granule_become(struct granule_lock *lock, enum granule_state state);
void granule_unlock_to(struct granule_lock *lock, enum granule_state state);

/* The granule's 4K in the Realm PAS; not for a granule locked in state NS. */
void *granule_mem(const struct granule_lock *lock);

/* The reference count: of a REC 1 while it runs, of an RTT its TABLE and ASSIGNED entries. */
unsigned int granule_refs(const struct granule_lock *lock);
void granule_ref_add(struct granule_lock *lock, int delta);

/*
 * A run is n granules from pa on. granule_claim() takes their locks in order and returns how many
 * it took. It stops at the first granule that is not in state `from` or is locked by another CPU;
 * *why (unless NULL) says which of the two. granule_publish() unlocks a claimed run to the state
 * `to`; granule_release() leaves the states as they were.
 */
size_t granule_claim(pa_t pa, size_t n, enum granule_state from, enum granule_try *why);
void granule_publish(pa_t pa, size_t n, enum granule_state to);
void granule_release(pa_t pa, size_t n);

/*
 * Zeroes the memory of a claimed DELEGATED run, passing over granules known to be zero, and
 * remembers that they are. Publishing to another state forgets it.
 */
void granule_scrub(pa_t pa, size_t n);

/*
 * How many granules from pa on are DELEGATED, not locked and known to be zero now (n at most). A
 * look without locks: a hint where scrubbing of a large block should go on.
 */
size_t granule_count_zeroed(pa_t pa, size_t n);

/* How many granules from pa on are in `state` now (n at most). A look without locks. */
size_t granule_count_state(pa_t pa, size_t n, enum granule_state state);

/*
 * DATA becomes DELEGATED, for a run whose mapping the caller has just removed with the RTT's lock
 * held. Nobody else can reach such granules, so their own locks are not taken.
 */
void granule_data_to_delegated(pa_t pa, size_t n);

#endif
