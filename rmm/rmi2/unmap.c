/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RTT_DATA_UNMAP and RTT_UNPROT_UNMAP: docs/spec/rmi-2.0.md section 8. One table per call.
 *
 * The sweep makes the entries invalid but leaves the addresses in them, tells the host about them,
 * and remembers how far it came; then the TLBs are invalidated, and only then are the granules
 * given up. All of it under the table's lock.
 */
#include "rmm/rmi2/range.h"

/* Memory after which a call ends: bounds the work on granule words. One block may be more. */
#define UNMAP_MAX MIB(64)

/* What the host wants to know about the memory that comes free. */
struct report {
	unsigned int type; /* RMI_MAP_OADDR_* */
	unsigned int state;
	int level;
	pa_t pa; /* the present run of contiguous blocks */
	uint64_t count;
	uint64_t list;	 /* PA of the list */
	size_t capacity; /* entries it can take */
	size_t written;
	bool lost; /* the list could not be written */
};

static bool report_init(struct report *r, uint64_t flags, uint64_t oaddr, bool protected)
{
	uint64_t list_count = RMI_MAP_LIST_COUNT(flags);

	*r = (struct report){
		.type = RMI_MAP_OADDR_TYPE(flags),
		.state = protected ? RMI_DESC_DELEGATED : RMI_DESC_UNDELEGATED,
		.list = oaddr,
		.capacity = range_list_clip(oaddr, list_count),
	};
	switch (r->type) {
	case RMI_MAP_OADDR_NONE:
	case RMI_MAP_OADDR_SINGLE:
		return oaddr == 0 && list_count == 0;
	case RMI_MAP_OADDR_LIST:
		return list_count != 0 && range_list_valid(oaddr);
	default:
		return false;
	}
}

/* Closes the present run: to the list, or (SINGLE) left for the end. */
static void report_flush(struct report *r)
{
	uint64_t desc = range_desc(r->level, r->pa, r->count, r->state);

	if (r->type != RMI_MAP_OADDR_LIST || r->count == 0)
		return;
	if (!arch_ns_write(pa_of(r->list + r->written * sizeof(desc)), &desc, sizeof(desc)))
		r->lost = true;
	r->written++;
	r->count = 0;
}

/* Takes in one more block; false, with nothing changed, when there is no room for it. */
static bool report_add(struct report *r, pa_t pa)
{
	bool joins = r->count != 0 && r->count < RMI_DESC_COUNT_MAX &&
		     pa.v == r->pa.v + r->count * rtt_block_size(r->level);

	if (r->type == RMI_MAP_OADDR_NONE)
		return true;
	if (!joins && r->count != 0) {
		if (r->type == RMI_MAP_OADDR_SINGLE || r->written + 1 == r->capacity)
			return false;
		report_flush(r);
	}
	if (!joins)
		r->pa = pa;
	r->count++;
	return true;
}

static void report_finish(struct report *r, uint64_t *out)
{
	if (r->type == RMI_MAP_OADDR_SINGLE && r->count != 0)
		out[2] = range_desc(r->level, r->pa, r->count, r->state);
	report_flush(r);
	if (r->type == RMI_MAP_OADDR_LIST)
		out[3] = r->lost ? 0 : r->written;
}

struct sweep {
	struct rtt_walk *walk;
	struct report report;
	uint64_t top;
	bool protected;
	unsigned int first, end; /* entries done */
	uint64_t freed;		 /* bytes they mapped */
	bool valid;		 /* one of them was valid: TLBs hold it */
};

/* Pass 1 for one live entry. DATA keeps its address, with a RIPAS that says what it will be. */
static bool sweep_entry(struct sweep *s, unsigned int i, const struct rtte *e)
{
	if (e->kind != (s->protected ? RTTE_ASSIGNED : RTTE_ASSIGNED_NS))
		return false;
	if (s->freed >= UNMAP_MAX || !report_add(&s->report, e->pa))
		return false;
	s->freed += rtt_block_size(s->walk->level);
	if (!s->protected)
		s->valid |= rtt_unmap(s->walk, i);
	else if (e->ripas == RIPAS_RAM)
		s->valid |= rtt_set_ripas(s->walk, i, RIPAS_DESTROYED, true) == RTT_RIPAS_TLBI;
	return true;
}

static bool maps_nothing(const struct rtte *e)
{
	return e->kind == RTTE_UNASSIGNED || e->kind == RTTE_UNASSIGNED_NS;
}

/* Entries of the walk's table that end at or below top. */
static unsigned int entries_below(const struct rtt_walk *walk, uint64_t top)
{
	uint64_t n = (top - rtt_entry_ipa(walk, 0).v) >> rtt_level_shift(walk->level);

	return n < RTT_ENTRIES ? (unsigned int)n : RTT_ENTRIES;
}

static void sweep(struct sweep *s)
{
	unsigned int i = s->walk->index, end = entries_below(s->walk, s->top);

	s->first = i;
	while (i < end) {
		struct rtte e = rtt_read(s->walk, i);

		if (maps_nothing(&e))
			i = rtt_next_live(s->walk, i + 1, end);
		else if (sweep_entry(s, i, &e))
			i++;
		else
			break;
	}
	s->end = i;
}

/* Pass 2, when nothing can reach the memory any more: gives the granules up. */
static void release(struct sweep *s)
{
	size_t n = rtt_block_size(s->walk->level) >> GRANULE_SHIFT;
	unsigned int i = s->first;

	while (i < s->end) {
		struct rtte e = rtt_read(s->walk, i);

		if (maps_nothing(&e)) {
			i = rtt_next_live(s->walk, i + 1, s->end);
			continue;
		}
		rtt_unmap(s->walk, i++);
		granule_data_to_delegated(e.pa, n);
	}
}

static uint64_t unmap_table(struct sweep *s, uint64_t *out)
{
	uint64_t size = rtt_block_size(s->walk->level);
	ipa_t base = rtt_entry_ipa(s->walk, s->walk->index);

	s->report.level = s->walk->level;
	if (!is_aligned(s->walk->ipa.v, size))
		return rmi_error_rtt(s->walk->level);
	sweep(s);
	if (s->end == s->first)
		return rmi_error_rtt(s->walk->level);
	if (s->valid) {
		arch_s2_sync();
		arch_tlbi_range(s->walk->s2, base, (s->end - s->first) * size, true);
	}
	if (s->protected && s->freed)
		arch_code_gone();
	if (s->protected)
		release(s);
	out[1] = base.v + (s->end - s->first) * size;
	report_finish(&s->report, out);
	return RMI_SUCCESS;
}

static uint64_t unmap_range(const uint64_t *x, uint64_t *out, bool protected)
{
	struct sweep s = {.top = x[3], .protected = protected};
	struct realm_lock realm;
	struct realm_walk w;
	const struct s2 *s2;
	uint64_t status;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	s2 = &realm.rd->config.s2;
	if (!report_init(&s.report, x[4], x[5], protected) ||
	    !(protected ? s2_range_protected(s2, x[2], x[3])
			: s2_range_unprotected(s2, x[2], x[3]))) {
		realm_unlock(&realm);
		return RMI_ERROR_INPUT;
	}
	realm_walk_start(&realm, ipa_of(x[2]), &w);
	rtt_walk_down(&w.walk, RTT_LEVEL_LEAF);
	s.walk = &w.walk;
	status = unmap_table(&s, out);
	rtt_walk_end(&w.walk);
	return status;
}

uint64_t rmi2_data_unmap(const uint64_t *x, uint64_t *out)
{
	return unmap_range(x, out, true);
}

uint64_t rmi2_unprot_unmap(const uint64_t *x, uint64_t *out)
{
	return unmap_range(x, out, false);
}
