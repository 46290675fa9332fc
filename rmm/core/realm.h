/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Realm descriptor (RD): one granule per Realm, and the rules of the Realm's life. The memory
 * of an RD is only reached through struct realm_lock. RSI code reaches it with realm_lock_of_rec(),
 * because a pinned REC keeps its Realm.
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

/* What REALM_CREATE fixed for good. Copied where it is needed without the lock. */
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
	uint32_t recs_made;    /* RECs created so far: the index of the next one */
	uint32_t recs_live;    /* REC granules of this Realm */
	uint32_t recs_running; /* RECs pinned by REC_ENTER */
	uint8_t rpv[REALM_RPV_SIZE];
	uint8_t id[REALM_ID_SIZE];
	struct measurements measurements;
	/* Granule number of each REC by index, 40 bits in two parts; 0: gone. realm_rec_pa(). */
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

/* The RD of a Realm that has a pinned REC: always there. */
void realm_lock_pinned(pa_t rd, struct realm_lock *lock);

/* What REALM_CREATE decided. */
struct realm_new {
	struct realm_config config;
	const uint8_t *rpv;
	uint8_t random[REALM_ID_SIZE - 1];
	struct measure_realm measured;
};

/*
 * Takes the granules of a new Realm, which are DELEGATED: its root tables, claimed, and the RD,
 * locked. Anything but GRANULE_TAKEN: nothing is taken.
 */
enum granule_try realm_claim(pa_t rd, const struct s2 *s2, struct granule_lock *lock);

/* Makes the Realm in the granules that realm_claim() took, and unlocks its RD. Cannot fail. */
void realm_make(struct granule_lock *lock, const struct realm_new *new);

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
	uint64_t flags; /* as they are measured: 0 or MEASURE_DATA_CONTENT */
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

/* VMIDs (vmid.c): the lowest free one; false when all are in use. */
bool vmid_alloc(uint16_t *vmid);
void vmid_free(uint16_t vmid);

#endif
