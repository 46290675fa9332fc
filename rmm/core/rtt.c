/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage-2 tables. See rtt.h. Only this file writes stage-2 descriptors. */
#include "rmm/arch/arch.h"
#include "rmm/core/rtt_entry.h"

static void write_entry(struct rtt_walk *walk, unsigned int index, uint64_t raw)
{
	/* The content of a page or table is seen before the descriptor that makes it reachable. */
	__atomic_store_n(&walk->entries[index], raw, __ATOMIC_RELEASE);
}

/* Table memory is written by the RMM only under the table's lock, but hardware reads it any time.
 */
static uint64_t read_entry(const struct rtt_walk *walk, unsigned int index)
{
	return __atomic_load_n(&walk->entries[index], __ATOMIC_RELAXED);
}

/*
 * The loops over all of a table that no hardware reads yet take STEP entries at a time, so that the
 * compiler stores and loads them in pairs: what a host can ask for on one call has to be cheap.
 */
#define STEP 32

/* Makes all entries from `first` on, to the table's end, the same. */
static void fill_same(uint64_t *entries, unsigned int first, uint64_t raw)
{
	unsigned int i = first;

	while (i < RTT_ENTRIES && i % STEP)
		entries[i++] = raw;
	for (uint64_t *e = entries + i; e != entries + RTT_ENTRIES; e += STEP) {
#pragma GCC unroll 32
		for (unsigned int k = 0; k < STEP; k++)
			e[k] = raw;
	}
}

/* Makes the first entry of a table raw, and each further one `step` more. */
static void fill_run(uint64_t *entries, uint64_t raw, uint64_t step)
{
	for (uint64_t *e = entries; e != entries + RTT_ENTRIES; e += STEP) {
#pragma GCC unroll 32
		for (unsigned int k = 0; k < STEP; k++, raw += step)
			e[k] = raw;
	}
}

void rtt_init_root(const struct s2 *s2, unsigned int i, uint64_t *entries)
{
	unsigned int shift = rtt_level_shift(s2->start_level);
	uint64_t first = (uint64_t)i * RTT_ENTRIES;
	uint64_t protected = s2_par_size(s2) >> shift; /* at least 1: s2_params_valid() */

	if (first < protected)
		arch_zero(entries, GRANULE_SIZE);
	if (protected < first + RTT_ENTRIES)
		fill_same(entries, protected > first ? (unsigned int)(protected - first) : 0,
			  RTTE_EMPTY_NS);
}

/* Locks an RTT that cannot go away. */
static void lock_table(pa_t pa, struct granule_lock *lock)
{
	bool locked = granule_lock(pa, GRANULE_RTT, lock);

	RMM_ASSERT(locked);
}

static void enter_table(struct rtt_walk *walk, int level)
{
	walk->entries = granule_mem(&walk->table);
	walk->level = level;
	walk->index = (walk->ipa.v >> rtt_level_shift(level)) % RTT_ENTRIES;
}

void rtt_walk_start(const struct s2 *s2, ipa_t ipa, struct rtt_walk *walk)
{
	uint64_t root = index_nospec(ipa.v >> (rtt_level_shift(s2->start_level) + 9), s2->num_root);

	walk->s2 = s2;
	walk->ipa = ipa;
	lock_table(pa_add(s2->root, root << GRANULE_SHIFT), &walk->table);
	enter_table(walk, s2->start_level);
}

void rtt_walk_down(struct rtt_walk *walk, int level)
{
	while (walk->level < level) {
		uint64_t raw = read_entry(walk, walk->index);
		struct granule_lock parent = walk->table;

		if (!rtte_is_table(raw))
			return;
		lock_table(rtte_pa(walk->s2, raw), &walk->table);
		granule_unlock(&parent);
		enter_table(walk, walk->level + 1);
	}
}

void rtt_walk_to(const struct s2 *s2, ipa_t ipa, int level, struct rtt_walk *walk)
{
	rtt_walk_start(s2, ipa, walk);
	rtt_walk_down(walk, level);
}

void rtt_walk_end(struct rtt_walk *walk)
{
	granule_unlock(&walk->table);
}

struct rtte rtt_read(const struct rtt_walk *walk, unsigned int index)
{
	return rtte_decode(walk->s2, walk->level, read_entry(walk, index));
}

ipa_t rtt_entry_ipa(const struct rtt_walk *walk, unsigned int index)
{
	unsigned int shift = rtt_level_shift(walk->level);

	return ipa_of((align_down(walk->ipa.v, UINT64_C(1) << (shift + 9))) | (uint64_t)index
										      << shift);
}

/* Break-before-make of the walk's entry: nobody can use the old meaning afterwards. */
static void break_entry(struct rtt_walk *walk, bool leaf_only)
{
	uint64_t size = rtt_block_size(walk->level);

	write_entry(walk, walk->index, rtte_unassigned(RIPAS_EMPTY));
	arch_s2_sync();
	arch_tlbi_range(walk->s2, ipa_of(align_down(walk->ipa.v, size)), size, leaf_only);
}

/* Fills a new table of a level so that it says what e, of the level above, says. */
static void fill_child(const struct s2 *s2, int level, const struct rtte *e, uint64_t *child)
{
	uint64_t step = rtt_block_size(level);

	if (e->kind == RTTE_ASSIGNED)
		fill_run(child, rtte_data(s2, level, e->ripas, e->pa), step);
	else if (e->kind == RTTE_ASSIGNED_NS)
		fill_run(child, rtte_ns(s2, level, e->pa, e->attr), step);
	else if (e->kind == RTTE_UNASSIGNED_NS)
		fill_same(child, 0, RTTE_EMPTY_NS);
	else if (e->ripas != RIPAS_EMPTY)
		fill_same(child, 0, rtte_unassigned(e->ripas));
	else
		arch_zero(child, GRANULE_SIZE);
}

void rtt_install(struct rtt_walk *walk, struct granule_lock *child)
{
	struct rtte e = rtt_read(walk, walk->index);
	pa_t pa = child->pa;

	fill_child(walk->s2, walk->level + 1, &e, granule_mem(child));
	if (read_entry(walk, walk->index) & RTTE_VALID)
		break_entry(walk, true);
	granule_become(child, GRANULE_RTT);
	if (e.kind == RTTE_ASSIGNED)
		granule_ref_add(child, RTT_ENTRIES);
	else
		granule_ref_add(&walk->table, 1);
	granule_unlock(child);
	write_entry(walk, walk->index, rtte_table(walk->s2, pa));
	arch_s2_sync();
}

bool rtt_at_table(const struct rtt_walk *walk)
{
	return rtte_is_table(read_entry(walk, walk->index));
}

bool rtt_lock_child(const struct rtt_walk *walk, struct granule_lock *child)
{
	uint64_t raw = read_entry(walk, walk->index);

	if (!rtte_is_table(raw))
		return false;
	lock_table(rtte_pa(walk->s2, raw), child);
	return true;
}

void rtt_remove(struct rtt_walk *walk, struct granule_lock *child)
{
	bool protected = s2_ipa_protected(walk->s2, walk->ipa);

	break_entry(walk, false);
	write_entry(walk, walk->index,
		    protected ? rtte_unassigned(RIPAS_DESTROYED) : RTTE_EMPTY_NS);
	arch_s2_sync();
	granule_ref_add(&walk->table, -1);
	granule_unlock_to(child, GRANULE_DELEGATED);
}

/* True if each descriptor of a table is `step` more than the one before. */
static bool is_run(const uint64_t *entries, uint64_t step)
{
	const uint64_t *e = entries, *end = entries + RTT_ENTRIES;
	uint64_t want = *e, differ = 0;

	for (; e != end && !differ; e += STEP) {
#pragma GCC unroll 32
		for (unsigned int k = 0; k < STEP; k++, want += step)
			differ |= e[k] ^ want;
	}
	return !differ;
}

/*
 * The descriptor for the walk's entry that says what the child, which counts `refs` live entries,
 * says. Comparing raw descriptors is enough: a block's first address is aligned to the parent's
 * block, so no carry leaves the field.
 */
static enum rtt_fold_result fold_child(const struct rtt_walk *walk, const uint64_t *child, int refs,
				       uint64_t *raw)
{
	int level = walk->level + 1;
	struct rtte e;

	/* Only some entries are live. The count tells at once: hosts ask after each page they map.
	 */
	if (refs != 0 && refs != RTT_ENTRIES)
		return RTT_FOLD_MIXED;
	/* Most tables that are neither the same everywhere nor a run differ at their ends. */
	if (child[RTT_ENTRIES - 1] != child[0] &&
	    child[RTT_ENTRIES - 1] - child[0] != (RTT_ENTRIES - 1) * rtt_block_size(level))
		return RTT_FOLD_MIXED;
	*raw = child[0];
	e = rtte_decode(walk->s2, level, child[0]);
	if (e.kind == RTTE_UNASSIGNED || e.kind == RTTE_UNASSIGNED_NS)
		return is_run(child, 0) ? RTT_FOLDED : RTT_FOLD_MIXED;
	if (e.kind == RTTE_TABLE || !is_aligned(e.pa.v, rtt_block_size(walk->level)) ||
	    !is_run(child, rtt_block_size(level)))
		return RTT_FOLD_MIXED;
	*raw = e.kind == RTTE_ASSIGNED ? rtte_data(walk->s2, walk->level, e.ripas, e.pa)
				       : rtte_ns(walk->s2, walk->level, e.pa, e.attr);
	return walk->level >= RTT_BLOCK_LEVEL ? RTT_FOLDED : RTT_FOLD_NO_BLOCK;
}

enum rtt_fold_result rtt_fold(struct rtt_walk *walk, struct granule_lock *child)
{
	uint64_t raw;
	int refs = (int)granule_refs(child);
	enum rtt_fold_result result = fold_child(walk, granule_mem(child), refs, &raw);

	if (result != RTT_FOLDED) {
		granule_unlock(child);
		return result;
	}
	break_entry(walk, false);
	write_entry(walk, walk->index, raw);
	arch_s2_sync();
	granule_ref_add(child, -refs);
	if (refs == 0)
		granule_ref_add(&walk->table, -1);
	granule_unlock_to(child, GRANULE_DELEGATED);
	return RTT_FOLDED;
}

/* True if one of STEP entries is live. */
static bool any_live(const uint64_t *e)
{
	uint64_t any = 0;

#pragma GCC unroll 32
	for (unsigned int k = 0; k < STEP; k++)
		any |= e[k];
	return rtte_is_live(any);
}

unsigned int rtt_next_live(const struct rtt_walk *walk, unsigned int first, unsigned int end)
{
	unsigned int i = first;

	for (; i < end && i % STEP; i++)
		if (rtte_is_live(read_entry(walk, i)))
			return i;
	while (i + STEP <= end && !any_live(&walk->entries[i]))
		i += STEP;
	while (i < end && !rtte_is_live(read_entry(walk, i)))
		i++;
	return i;
}

ipa_t rtt_nonlive_top(const struct rtt_walk *walk)
{
	unsigned int i = rtt_next_live(walk, walk->index, RTT_ENTRIES);
	uint64_t top = rtt_entry_ipa(walk, 0).v + ((uint64_t)i << rtt_level_shift(walk->level));

	return ipa_of(top < s2_ipa_size(walk->s2) ? top : s2_ipa_size(walk->s2));
}

void rtt_map_data(struct rtt_walk *walk, unsigned int index, pa_t pa)
{
	struct rtte e = rtt_read(walk, index);

	granule_ref_add(&walk->table, 1);
	write_entry(walk, index, rtte_data(walk->s2, walk->level, e.ripas, pa));
}

void rtt_map_data_ram(struct rtt_walk *walk, unsigned int index, pa_t pa)
{
	granule_ref_add(&walk->table, 1);
	write_entry(walk, index, rtte_data(walk->s2, walk->level, RIPAS_RAM, pa));
}

void rtt_map_ns(struct rtt_walk *walk, unsigned int index, pa_t pa, uint64_t attr)
{
	write_entry(walk, index, rtte_ns(walk->s2, walk->level, pa, attr));
}

bool rtt_unmap(struct rtt_walk *walk, unsigned int index)
{
	uint64_t raw = read_entry(walk, index);
	struct rtte e = rtte_decode(walk->s2, walk->level, raw);

	if (e.kind == RTTE_ASSIGNED_NS) {
		write_entry(walk, index, RTTE_EMPTY_NS);
	} else {
		granule_ref_add(&walk->table, -1);
		write_entry(
			walk, index,
			rtte_unassigned(e.ripas == RIPAS_EMPTY ? RIPAS_EMPTY : RIPAS_DESTROYED));
	}
	return raw & RTTE_VALID;
}

/* Gives a protected leaf entry another RIPAS. */
static enum rtt_ripas_change put_ripas(struct rtt_walk *walk, unsigned int index,
				       const struct rtte *e, enum ripas ripas)
{
	if (e->kind == RTTE_UNASSIGNED) {
		write_entry(walk, index, rtte_unassigned(ripas));
		return RTT_RIPAS_DONE;
	}
	write_entry(walk, index, rtte_data(walk->s2, walk->level, ripas, e->pa));
	return e->ripas == RIPAS_RAM ? RTT_RIPAS_TLBI : RTT_RIPAS_DONE;
}

enum rtt_ripas_change rtt_set_ripas(struct rtt_walk *walk, unsigned int index, enum ripas ripas,
				    bool change_destroyed)
{
	struct rtte e = rtt_read(walk, index);

	if (e.kind != RTTE_UNASSIGNED && e.kind != RTTE_ASSIGNED)
		return RTT_RIPAS_REFUSED;
	if (e.ripas == ripas)
		return RTT_RIPAS_DONE;
	if (ripas == RIPAS_RAM && e.ripas == RIPAS_DESTROYED && !change_destroyed)
		return RTT_RIPAS_REFUSED;
	return put_ripas(walk, index, &e, ripas);
}

bool rtt_init_ripas(struct rtt_walk *walk, unsigned int index)
{
	struct rtte e = rtt_read(walk, index);

	if (e.kind != RTTE_UNASSIGNED && e.kind != RTTE_ASSIGNED)
		return false;
	if (e.ripas == RIPAS_EMPTY)
		put_ripas(walk, index, &e, RIPAS_RAM);
	return e.ripas != RIPAS_DESTROYED;
}

enum rtt_page rtt_page_get(const struct s2 *s2, ipa_t ipa, struct rtt_walk *walk, void **mem,
			   int *level)
{
	struct rtte e;
	uint64_t offset;

	rtt_walk_to(s2, ipa, RTT_LEVEL_LEAF, walk);
	e = rtt_read(walk, walk->index);
	offset = ipa.v % rtt_block_size(walk->level);
	*level = walk->level;
	if (e.kind == RTTE_ASSIGNED && e.ripas == RIPAS_RAM) {
		*mem = arch_realm_ptr(pa_add(e.pa, align_down(offset, GRANULE_SIZE)));
		return RTT_PAGE_RAM;
	}
	rtt_walk_end(walk);
	return e.ripas == RIPAS_EMPTY ? RTT_PAGE_EMPTY : RTT_PAGE_MISSING;
}
