/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RTT_DATA_MAP and RTT_UNPROT_MAP: ranges of blocks given by descriptors. docs/spec/rmi-2.0.md
 * section 8. One table per call; the host continues at out_top.
 */
#include "rmm/rmi2/range.h"

/* Where output addresses come from: one descriptor, or a list in host memory. */
struct source {
	uint64_t desc; /* the present descriptor */
	uint64_t used; /* blocks of it that are mapped */
	uint64_t list; /* PA of the next descriptor */
	size_t list_left;
};

struct map_op {
	uint64_t base, top;
	int level;
	struct source source;
	bool protected;
	uint64_t attr; /* unprotected: MemAttr and S2AP in descriptor position */
	uint64_t memattr;
};

/* Makes the present descriptor one with blocks left; false when there are no more. */
static bool source_fill(struct source *s)
{
	while (s->used >= RMI_DESC_COUNT(s->desc)) {
		if (s->list_left == 0 || !arch_ns_read(&s->desc, pa_of(s->list), sizeof(s->desc))) {
			s->list_left = 0;
			return false;
		}
		s->list += sizeof(s->desc);
		s->list_left--;
		s->used = 0;
	}
	return true;
}

static pa_t source_pa(const struct source *s)
{
	return pa_of((s->desc & RMI_DESC_ADDR_MASK) +
		     s->used * rtt_block_size(range_level(s->desc)));
}

/* Checks flags and list, and finds the first descriptor with blocks. */
static bool source_init(struct source *s, uint64_t flags, uint64_t oaddr)
{
	*s = (struct source){0};
	switch (RMI_MAP_OADDR_TYPE(flags)) {
	case RMI_MAP_OADDR_SINGLE:
		s->desc = oaddr;
		break;
	case RMI_MAP_OADDR_LIST:
		s->list = oaddr;
		s->list_left = range_list_clip(oaddr, RMI_MAP_LIST_COUNT(flags));
		if (s->list_left == 0 || !range_list_valid(oaddr))
			return false;
		break;
	default:
		return false;
	}
	return source_fill(s);
}

/* DATA_MAP wants DELEGATED. UNPROT_MAP takes UNDELEGATED in any draft's spelling. */
static bool desc_state_valid(const struct map_op *op, uint64_t desc)
{
	return op->protected ? RMI_DESC_STATE(desc) == RMI_DESC_DELEGATED
			     : RMI_DESC_STATE(desc) != 3;
}

static bool range_valid(const struct map_op *op, const struct s2 *s2)
{
	return is_aligned(op->base, rtt_block_size(op->level)) &&
	       (op->protected ? s2_range_protected(s2, op->base, op->top)
			      : s2_range_unprotected(s2, op->base, op->top));
}

/*
 * Zeroes a large block in steps of 2 MiB, and gives way to interrupts: BUSY, and the next call goes
 * on behind what is zero. The granules stay DELEGATED. Every call does one step at least.
 */
static uint64_t scrub_large(pa_t pa, size_t n)
{
	const size_t step = MIB(2) >> GRANULE_SHIFT;
	size_t done = align_down(granule_count_zeroed(pa, n), step);
	enum granule_try why;

	for (; done < n; done += step) {
		pa_t at = pa_add(pa, (uint64_t)done << GRANULE_SHIFT);
		size_t claimed = granule_claim(at, step, GRANULE_DELEGATED, &why);

		granule_scrub(at, claimed);
		granule_release(at, claimed);
		if (claimed < step)
			return rmi_claim_error(why);
		if (arch_irq_pending())
			return RMI_BUSY;
	}
	return RMI_SUCCESS;
}

/* Maps a block of delegated granules, which become the Realm's. */
static uint64_t map_data_block(struct rtt_walk *walk, unsigned int index, pa_t pa)
{
	size_t n = rtt_block_size(walk->level) >> GRANULE_SHIFT, claimed;
	enum granule_try why;
	uint64_t status;

	if (walk->level == RTT_BLOCK_LEVEL) {
		status = scrub_large(pa, n);
		if (status != RMI_SUCCESS)
			return status;
	}
	claimed = granule_claim(pa, n, GRANULE_DELEGATED, &why);
	if (claimed < n) {
		granule_release(pa, claimed);
		return rmi_claim_error(why);
	}
	granule_scrub(pa, n);
	rtt_map_data(walk, index, pa);
	granule_publish(pa, n, GRANULE_DATA);
	return RMI_SUCCESS;
}

static bool same_mapping(const struct map_op *op, const struct rtte *e, pa_t pa)
{
	if (op->protected)
		return e->kind == RTTE_ASSIGNED && e->pa.v == pa.v;
	return e->kind == RTTE_ASSIGNED_NS && e->pa.v == pa.v && e->attr == op->attr;
}

/* Maps one block. The checks are in the specification's order. */
static uint64_t map_block(struct rtt_walk *walk, unsigned int index, const struct map_op *op)
{
	uint64_t desc = op->source.desc, size = rtt_block_size(op->level);
	struct rtte e = rtt_read(walk, index);
	pa_t pa = source_pa(&op->source);

	if (range_level(desc) != op->level || rtt_entry_ipa(walk, index).v + size > op->top)
		return rmi_error_rtt(op->level);
	if (!desc_state_valid(op, desc) || !is_aligned(pa.v, size) ||
	    pa.v > s2_pa_limit(walk->s2) - size ||
	    (!op->protected && op->memattr == RMI_MEMATTR_RESERVED))
		return RMI_ERROR_INPUT;
	if (same_mapping(op, &e, pa))
		return RMI_SUCCESS;
	if (e.kind != (op->protected ? RTTE_UNASSIGNED : RTTE_UNASSIGNED_NS))
		return rmi_error_rtt(op->level);
	if (op->protected)
		return map_data_block(walk, index, pa);
	rtt_map_ns(walk, index, pa, op->attr);
	return RMI_SUCCESS;
}

/* Maps blocks from the walk's entry on, to the end of the range, the table or the descriptors. */
static uint64_t map_blocks(struct rtt_walk *walk, struct map_op *op, uint64_t *out)
{
	unsigned int first = walk->index, i = first;
	uint64_t status = RMI_SUCCESS;

	while (i < RTT_ENTRIES && rtt_entry_ipa(walk, i).v < op->top && source_fill(&op->source)) {
		status = map_block(walk, i, op);
		if (status != RMI_SUCCESS)
			break;
		i++;
		op->source.used++;
		if (arch_irq_pending())
			break;
	}
	arch_s2_sync();
	if (i == first)
		return status;
	out[1] = rtt_entry_ipa(walk, 0).v + i * rtt_block_size(op->level);
	return RMI_SUCCESS;
}

/* Checks the arguments in the specification's order, then walks and maps. */
static uint64_t map_range(const uint64_t *x, struct map_op *op, uint64_t *out)
{
	struct realm_lock realm;
	struct realm_walk w;
	uint64_t status;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	if (realm.rd->state != REALM_NEW && realm.rd->state != REALM_ACTIVE)
		status = RMI_ERROR_REALM;
	else if (op->top <= op->base || !source_init(&op->source, x[4], x[5]) ||
		 !desc_state_valid(op, op->source.desc))
		status = RMI_ERROR_INPUT;
	else
		status = RMI_SUCCESS;
	op->level = range_level(op->source.desc);
	if (status == RMI_SUCCESS &&
	    (op->level < RTT_BLOCK_LEVEL || !range_valid(op, &realm.rd->config.s2)))
		status = RMI_ERROR_INPUT;
	if (status == RMI_SUCCESS && op->top - op->base < rtt_block_size(op->level))
		status = rmi_error_rtt(op->level);
	if (status != RMI_SUCCESS) {
		realm_unlock(&realm);
		return status;
	}
	realm_walk_start(&realm, ipa_of(op->base), &w);
	rtt_walk_down(&w.walk, op->level);
	status = w.walk.level == op->level ? map_blocks(&w.walk, op, out)
					   : rmi_error_rtt(w.walk.level);
	rtt_walk_end(&w.walk);
	return status;
}

uint64_t rmi2_data_map(const uint64_t *x, uint64_t *out)
{
	struct map_op op = {.base = x[2], .top = x[3], .protected = true};

	return map_range(x, &op, out);
}

/* S2AP in direct encoding: bit 0 write, bit 1 read; the descriptor has read at 6, write at 7. */
static uint64_t ns_attr(uint64_t flags)
{
	uint64_t s2ap = RMI_MAP_S2AP(flags);

	return RMI_MAP_MEMATTR(flags) << 2 | (s2ap & RMI_S2AP_R ? BIT(6) : 0) |
	       (s2ap & RMI_S2AP_W ? BIT(7) : 0);
}

uint64_t rmi2_unprot_map(const uint64_t *x, uint64_t *out)
{
	struct map_op op = {
		.base = x[2],
		.top = x[3],
		.attr = ns_attr(x[4]),
		.memattr = RMI_MAP_MEMATTR(x[4]),
	};

	if (RMI_MAP_S2AP(x[4]) & ~(uint64_t)(RMI_S2AP_R | RMI_S2AP_W))
		return RMI_ERROR_INPUT;
	return map_range(x, &op, out);
}
