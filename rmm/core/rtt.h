/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm Translation Tables: the stage 2 of a Realm with the RMM's own facts (RIPAS, assignment) in
 * the invalid descriptors. 4K granules, levels -1 (LPA2) to 3, blocks at 1 and 2, up to 16
 * concatenated root tables. docs/spec/rmi-2.0.md sections 8 and 17.
 *
 * Each table is a granule with its own lock and, as its reference count, the number of its TABLE
 * and ASSIGNED entries (ASSIGNED_NS is not counted). A walk goes hand over hand from the root; it
 * keeps the lock of the table it ends in, and everything that table maps is guarded by that lock.
 */
#ifndef RMM_CORE_RTT_H
#define RMM_CORE_RTT_H

#include "rmm/core/granule.h"

#define RTT_LEVEL_MIN	(-1)
#define RTT_LEVEL_LEAF	3
#define RTT_BLOCK_LEVEL 1 /* largest block */
#define RTT_ENTRIES	512
#define RTT_ROOT_MAX	16

/* The stage 2 of one Realm. It is constant, and every REC has a copy. */
struct s2 {
	pa_t root;
	uint16_t vmid;
	uint8_t ipa_bits;   /* width of an IPA */
	int8_t start_level; /* -1..3 */
	uint8_t num_root;   /* concatenated root tables: 1..16 */
	bool lpa2;
};

enum ripas {
	RIPAS_EMPTY,
	RIPAS_RAM,
	RIPAS_DESTROYED,
};

enum rtte_kind {
	RTTE_UNASSIGNED,
	RTTE_ASSIGNED,
	RTTE_UNASSIGNED_NS,
	RTTE_ASSIGNED_NS,
	RTTE_TABLE,
};

/* A decoded descriptor. */
struct rtte {
	enum rtte_kind kind;
	enum ripas ripas; /* UNASSIGNED and ASSIGNED */
	pa_t pa;	  /* ASSIGNED, ASSIGNED_NS, TABLE */
	uint64_t attr;	  /* ASSIGNED_NS: MemAttr and S2AP in descriptor position */
};

/* A walk that ended in a table, whose lock it holds. */
struct rtt_walk {
	struct granule_lock table;
	uint64_t *entries; /* the table's memory, guarded by the lock */
	const struct s2 *s2;
	ipa_t ipa;
	int level;	    /* of the table */
	unsigned int index; /* of ipa's entry in it */
};

static inline unsigned int rtt_level_shift(int level)
{
	return GRANULE_SHIFT + 9 * (RTT_LEVEL_LEAF - level);
}

/* Bytes one entry of a table of this level covers. */
static inline uint64_t rtt_block_size(int level)
{
	return UINT64_C(1) << rtt_level_shift(level);
}

static inline uint64_t s2_ipa_size(const struct s2 *s2)
{
	return UINT64_C(1) << s2->ipa_bits;
}

/* The protected half is [0, this); the unprotected one follows, up to the IPA size. */
static inline uint64_t s2_par_size(const struct s2 *s2)
{
	return UINT64_C(1) << (s2->ipa_bits - 1);
}

static inline bool s2_ipa_protected(const struct s2 *s2, ipa_t ipa)
{
	return ipa.v < s2_par_size(s2);
}

/* [base, top) is aligned to 4K, not empty, and lies in the protected half. */
static inline bool s2_range_protected(const struct s2 *s2, uint64_t base, uint64_t top)
{
	return granule_range_valid(base, top) && top <= s2_par_size(s2);
}

/* The same for the unprotected half. */
static inline bool s2_range_unprotected(const struct s2 *s2, uint64_t base, uint64_t top)
{
	return granule_range_valid(base, top) && base >= s2_par_size(s2) && top <= s2_ipa_size(s2);
}

/* Physical addresses that a descriptor of this stage 2 can hold are below this. */
static inline uint64_t s2_pa_limit(const struct s2 *s2)
{
	return UINT64_C(1) << (s2->lpa2 ? 52 : 48);
}

/* VTCR_EL2 and VTTBR_EL2 for a run. */
uint64_t s2_vtcr(const struct s2 *s2);
uint64_t s2_vttbr(const struct s2 *s2);

/*
 * True when the width of an IPA, the start level, LPA2 and the number of root tables fit together
 * and the machine can do it (docs/spec/rmi-2.0.md section 6).
 */
bool s2_params_valid(uint64_t ipa_bits, int64_t start_level, uint64_t num_root, bool lpa2);

/* Fills root table number i of a new Realm. */
void rtt_init_root(const struct s2 *s2, unsigned int i, uint64_t *entries);

/*
 * Locks the root table that covers ipa (below the IPA size) and starts a walk in it. The Realm
 * must be kept alive meanwhile: by the RD's lock, by a REC of it that is pinned, or by the fact
 * that the caller holds the lock of a table in it.
 */
void rtt_walk_start(const struct s2 *s2, ipa_t ipa, struct rtt_walk *walk);

/* Goes down while the entry is a TABLE and the level is above `level`. */
void rtt_walk_down(struct rtt_walk *walk, int level);

/* rtt_walk_start(), then rtt_walk_down(). */
void rtt_walk_to(const struct s2 *s2, ipa_t ipa, int level, struct rtt_walk *walk);
void rtt_walk_end(struct rtt_walk *walk);

struct rtte rtt_read(const struct rtt_walk *walk, unsigned int index);

/* IPA that entry `index` of the walk's table starts to map. */
ipa_t rtt_entry_ipa(const struct rtt_walk *walk, unsigned int index);

/*
 * Changes of the tree. The walk is in the parent table, and its entry is the one that is meant.
 * The caller has checked what each line says of it; only rtt_fold() checks itself.
 *
 * rtt_install: the entry, which is no TABLE, becomes one. `child` is a locked DELEGATED granule; it
 * is filled to mean what the entry meant, and ends as an RTT that is not locked.
 * rtt_at_table: the entry, of a table above level 3, is a TABLE.
 * rtt_lock_child: locks the table that the entry points to; false if the entry is no TABLE.
 * rtt_remove: the locked child has no live entry. The entry becomes UNASSIGNED DESTROYED, or
 * UNASSIGNED_NS in the unprotected half; the child ends DELEGATED and not locked.
 * rtt_fold: as rtt_remove(), but the entry takes over what all entries of the child say. On failure
 * nothing is changed. The child is not locked afterwards in any case.
 */
enum rtt_fold_result {
	RTT_FOLDED,
	RTT_FOLD_MIXED,	   /* entries differ, or live below */
	RTT_FOLD_NO_BLOCK, /* homogeneous, but there is no block of the parent's level */
};

void rtt_install(struct rtt_walk *walk, struct granule_lock *child);
bool rtt_at_table(const struct rtt_walk *walk);
bool rtt_lock_child(const struct rtt_walk *walk, struct granule_lock *child);
void rtt_remove(struct rtt_walk *walk, struct granule_lock *child);
enum rtt_fold_result rtt_fold(struct rtt_walk *walk, struct granule_lock *child);

/*
 * The first live entry (TABLE, ASSIGNED, ASSIGNED_NS) of the walk's table in [first, end), or end.
 * Passing over entries that are not live costs little.
 */
unsigned int rtt_next_live(const struct rtt_walk *walk, unsigned int first, unsigned int end);

/*
 * The first IPA at or behind the start of the walk's entry whose entry in the walk's table is live,
 * or the table's end.
 */
ipa_t rtt_nonlive_top(const struct rtt_walk *walk);

/*
 * Changes of one entry of the walk's table. The caller ends a batch of them with arch_s2_sync(),
 * and with arch_tlbi_range() where one of them was valid before.
 *
 * rtt_map_data: UNASSIGNED -> ASSIGNED with the same RIPAS; rtt_map_data_ram: -> ASSIGNED RAM.
 * rtt_map_ns: UNASSIGNED_NS -> ASSIGNED_NS; attr is MemAttr and S2AP in descriptor position.
 * rtt_unmap: ASSIGNED -> UNASSIGNED (RAM becomes DESTROYED), ASSIGNED_NS -> UNASSIGNED_NS. True
 * when the entry was valid.
 */
void rtt_map_data(struct rtt_walk *walk, unsigned int index, pa_t pa);
void rtt_map_data_ram(struct rtt_walk *walk, unsigned int index, pa_t pa);
void rtt_map_ns(struct rtt_walk *walk, unsigned int index, pa_t pa, uint64_t attr);
bool rtt_unmap(struct rtt_walk *walk, unsigned int index);

/* Outcome of a RIPAS change of one entry. */
enum rtt_ripas_change {
	RTT_RIPAS_DONE,	   /* changed, or it was so already: no TLB can hold the old entry */
	RTT_RIPAS_TLBI,	   /* changed, and a valid entry became invalid: TLBs may hold it */
	RTT_RIPAS_REFUSED, /* DESTROYED without permission, a TABLE, or not protected */
};

enum rtt_ripas_change rtt_set_ripas(struct rtt_walk *walk, unsigned int index, enum ripas ripas,
				    bool change_destroyed);
/*
 * For a Realm that has not run: EMPTY becomes RAM, and RAM stays. False, with nothing changed: the
 * entry is DESTROYED, a TABLE, or not protected.
 */
bool rtt_init_ripas(struct rtt_walk *walk, unsigned int index);

/*
 * What a Realm access at ipa (below the IPA size) finds. On RTT_PAGE_RAM, and only then, the walk
 * is held, *mem points to the page that holds ipa, and the caller ends the walk.
 */
enum rtt_page {
	RTT_PAGE_RAM,	  /* mapped, RIPAS RAM */
	RTT_PAGE_EMPTY,	  /* RIPAS EMPTY */
	RTT_PAGE_MISSING, /* anything else: the host has to map the page */
};

enum rtt_page rtt_page_get(const struct s2 *s2, ipa_t ipa, struct rtt_walk *walk, void **mem,
			   int *level);

#endif
