/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 2 of the host. See s2.h. */
#include <errno.h>
#include <util.h>

#include "hyp/host/s2.h"

#define LEVEL_BITS 9
#define LEVEL_LEAF 3
#define BITS_MAX   48
#define BITS_1_MAX 42 /* what a root of eight tables at level 1 resolves */

#define DESC_VALID     BIT(0)
#define DESC_TABLE     BIT(1) /* above level 3; at level 3 a page */
/*
 * The weakest of memory types, so that stage 1 alone decides. FWB is off: without FEAT_S2FWB the
 * encoding means the same.
 */
#define DESC_NORMAL_WB (UINT64_C(0xf) << 2)
#define DESC_RW	       (UINT64_C(3) << 6)
#define DESC_INNER     (UINT64_C(3) << 8)
#define DESC_AF	       BIT(10)
#define DESC_XN	       BIT(54)
#define DESC_PA	       MASK(47, 12)

#define VTCR_RES1     BIT(31)
#define VTCR_WB_INNER (UINT64_C(0x35) << 8) /* walks: write-back, inner shareable */
#define VTCR_LEVEL_0  BIT(7)		    /* SL0 */
#define VTCR_LEVEL_1  BIT(6)
#define VTCR_PS_SHIFT 16

/* Address bits by PARange and by VTCR_EL2.PS, which agree. */
static const uint8_t pa_bits[] = {32, 36, 40, 42, 44, BITS_MAX};

static unsigned int level_shift(int level)
{
	return GRANULE_SHIFT + LEVEL_BITS * (unsigned int)(LEVEL_LEAF - level);
}

void s2_init(struct s2 *s2, uint64_t (*tables)[S2_ENTRIES], uint32_t nr_tables,
	     unsigned int parange)
{
	unsigned int bits = parange < ARRAY_SIZE(pa_bits) ? pa_bits[parange] : BITS_MAX;
	int level = bits > BITS_1_MAX ? 0 : 1;
	unsigned int one_table = level_shift(level) + LEVEL_BITS;

	*s2 = (struct s2){
		.tables = tables,
		.nr_tables = nr_tables,
		.used = bits > one_table ? 1U << (bits - one_table) : 1,
		.bits = bits,
		.root_level = level,
	};
}

static uint64_t *next_table(struct s2 *s2)
{
	return s2->used == s2->nr_tables ? NULL : s2->tables[s2->used++];
}

/*
 * Maps what one entry can of [pa, end), and sets *next to where that ends. A block goes where an
 * entry is free; below a table the way leads further down.
 */
static int map_one(struct s2 *s2, uint64_t pa, uint64_t end, uint64_t attributes, uint64_t *next)
{
	uint64_t index_mask = MASK(s2->bits - 1, 0); /* the root's tables are one */
	uint64_t *table = s2->tables[0];

	for (int level = s2->root_level;; level++) {
		uint64_t size = BIT(level_shift(level));
		uint64_t *entry = &table[(pa & index_mask) / size];
		bool fits = level > 0 && is_aligned(pa, size) && end - pa >= size;

		*next = align_down(pa, size) + size;
		if (!*entry && fits)
			*entry = pa | attributes | (level == LEVEL_LEAF ? DESC_TABLE : 0);
		if (!*entry) {
			table = next_table(s2);
			if (!table)
				return -ENOSPC;
			*entry = (uint64_t)table | DESC_VALID | DESC_TABLE;
		} else if (level == LEVEL_LEAF || !(*entry & DESC_TABLE)) {
			return 0;
		}
		table = (uint64_t *)(*entry & DESC_PA);
		index_mask = size - 1;
	}
}

int s2_map(struct s2 *s2, enum s2_access access, struct region r)
{
	uint64_t attributes = DESC_VALID | DESC_NORMAL_WB | DESC_RW | DESC_INNER | DESC_AF |
			      (access == S2_RWX ? 0 : DESC_XN);
	uint64_t pa = align_down(r.base, GRANULE_SIZE);
	uint64_t end = r.base + r.size;
	int err = 0;

	if (r.base > BIT(s2->bits) || r.size > BIT(s2->bits) - r.base)
		return -ERANGE;
	while (!err && pa < end)
		err = map_one(s2, pa, align_up(end, GRANULE_SIZE), attributes, &pa);
	return err;
}

/* own is whole pages, so the pages that the rest of r touches are not among them. */
static int map_without(struct s2 *s2, enum s2_access access, struct region r,
		       const struct region *own)
{
	uint64_t end = r.base + r.size, own_end = own->base + own->size;
	uint64_t below = end < own->base ? end : own->base;
	uint64_t above = r.base > own_end ? r.base : own_end;
	int err = 0;

	if (r.base < below)
		err = s2_map(s2, access, (struct region){r.base, below - r.base});
	if (!err && above < end)
		err = s2_map(s2, access, (struct region){above, end - above});
	return err;
}

int s2_map_host(struct s2 *s2, const struct tree *tree, const struct region *own)
{
	int err = 0;

	for (uint32_t i = 0; i < tree->nr_dram && !err; i++)
		err = map_without(s2, S2_RWX, tree->dram[i], own);
	for (uint32_t i = 0; i < tree->nr_devices && !err; i++) {
		err = map_without(s2, S2_RW, tree->devices[i], own);
		if (err == -ERANGE)
			err = 0;
	}
	return err;
}

uint64_t s2_vtcr(const struct s2 *s2)
{
	uint64_t ps = 0;

	while (pa_bits[ps] != s2->bits)
		ps++;
	return VTCR_RES1 | VTCR_WB_INNER | (s2->root_level == 0 ? VTCR_LEVEL_0 : VTCR_LEVEL_1) |
	       ps << VTCR_PS_SHIFT | (64 - s2->bits);
}

uint64_t s2_vttbr(const struct s2 *s2)
{
	return (uint64_t)s2->tables[0];
}
