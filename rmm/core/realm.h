/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Realm descriptor (RD): one granule per Realm, and the rules of the Realm's life. The memory
 * of an RD is only reached through struct realm_lock.
 */
#ifndef RMM_CORE_REALM_H
#define RMM_CORE_REALM_H

#include <measure.h>

#include "rmm/core/rtt.h"

#define REALM_MAX_RECS_ORDER 9
#define REALM_MAX_RECS	     (1u << REALM_MAX_RECS_ORDER)
#define REALM_RPV_SIZE	     64
#define REALM_ID_SIZE	     33 /* 0x01 and 32 random bytes */

enum realm_state {
	REALM_NEW,
	REALM_ACTIVE,
	REALM_SYSTEM_OFF,
	REALM_ZOMBIE,
};

/* What is fixed for good when a Realm is made. It is copied where it is needed without a lock. */
struct realm_config {
	struct s2 s2;
	enum hash_alg algorithm;
	bool sve;
	bool pmu;
	uint8_t sve_vl;	 /* vq - 1 */
	uint8_t num_bps; /* minus one, as a Realm sees it */
	uint8_t num_wps;
	uint8_t pmu_num_ctrs;
};

struct rd {
	enum realm_state state;
	struct realm_config config;
	uint32_t recs_made;    /* RECs made so far, and so the index of the next one */
	uint32_t recs_live;    /* those of them that are still there */
	uint32_t recs_running; /* those of them that run, or are about to */
	uint8_t rpv[REALM_RPV_SIZE];
	uint8_t id[REALM_ID_SIZE];
	struct measurements measurements;
	/* Granule number of each REC by index, 40 bits in two parts; 0 is a REC that is gone. */
	uint32_t rec_low[REALM_MAX_RECS];
	uint8_t rec_high[REALM_MAX_RECS];
};

_Static_assert(sizeof(struct rd) <= GRANULE_SIZE, "an RD is one granule");

/* Proof that an RD's lock is held, and its memory. */
struct realm_lock {
	struct granule_lock granule;
	struct rd *rd;
};

/* False: pa is not an RD. */
bool realm_lock(pa_t pa, struct realm_lock *lock);
void realm_unlock(struct realm_lock *lock);

/* Locks the RD of a Realm that has a pinned REC, and therefore cannot go away. */
void realm_lock_pinned(pa_t rd, struct realm_lock *lock);

/*
 * A walk of a Realm's stage 2 after whose start the RD is not locked any more. It has a copy of the
 * description, because that in the RD may not be read without the lock.
 */
struct realm_walk {
	struct s2 s2;
	struct rtt_walk walk;
};

/* Locks the root table for ipa, which is below the IPA size, and then unlocks the RD. */
static inline void realm_walk_start(struct realm_lock *realm, ipa_t ipa, struct realm_walk *w)
{
	w->s2 = realm->rd->config.s2;
	rtt_walk_start(&w->s2, ipa, &w->walk);
	realm_unlock(realm);
}

/* What a new Realm is made of. */
struct realm_new {
	struct realm_config config;
	const uint8_t *rpv;
	uint8_t random[REALM_ID_SIZE - 1];
	struct measure_realm measured;
};

/*
 * Takes the granules of a new Realm, all of which have to be DELEGATED: claims its root tables and
 * locks the RD. With any other result than GRANULE_TAKEN none is taken.
 */
enum granule_try realm_claim(pa_t rd, const struct s2 *s2, struct granule_lock *lock);

/* Makes the Realm in the granules that realm_claim() took, and unlocks its RD. Cannot fail. */
void realm_make(struct granule_lock *lock, const struct realm_new *new);

/* NEW to ACTIVE. False, with nothing changed: the Realm is in another state. */
bool realm_set_active(struct realm_lock *realm);

/* To ZOMBIE, from any state. False, with nothing changed: a REC of the Realm is running. */
bool realm_set_zombie(struct realm_lock *realm);

/*
 * Ends a Realm: its RD and root tables are DELEGATED again, its VMID is free, the lock is given up.
 * False, with nothing changed, when it is no zombie or still has RECs, tables or pages.
 */
bool realm_unmake(struct realm_lock *realm);

/* A page with content for a new Realm. */
struct realm_page {
	pa_t data;
	ipa_t ipa;
	pa_t src;	/* of the host's page */
	uint64_t flags; /* 0 or MEASURE_DATA_CONTENT; they are measured, too */
};

/*
 * Copies, measures and maps a page at an entry of the walk's leaf table that is UNASSIGNED. `data`
 * is the lock of page->data, which is DELEGATED; it is given up. False: the host's page could not
 * be read, and nothing is mapped.
 */
bool realm_add_page(struct realm_lock *realm, struct rtt_walk *walk, unsigned int index,
		    struct granule_lock *data, const struct realm_page *page);

/* The granule of the REC with this index, which may be any number; 0 when there is none. */
pa_t realm_rec_pa(const struct rd *rd, uint64_t index);
/* index < REALM_MAX_RECS; pa 0 when the REC goes. */
void realm_set_rec_pa(struct rd *rd, uint32_t index, pa_t pa);

/* Takes the lowest VMID that no Realm has (vmid.c); false when all are in use. */
bool vmid_alloc(uint16_t *vmid);
void vmid_free(uint16_t vmid);

#endif
