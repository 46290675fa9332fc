/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of a hostile host with the memory of Realms. */
#include "abi/rmi_ext.h"
#include "rmm/core/rtt.h"
#include "step.h"

void hostile_table_create(struct hostile *h)
{
	int level = 2 + (int)rnd(h, 2);

	counted_call(KIND_table_create, RMI_RTT_CREATE, any_rd(h), fresh_page(h),
		     block_of(h, any_ipa(h), level - 1), (uint64_t)level, 0);
}

void hostile_table_destroy(struct hostile *h)
{
	int level = 2 + (int)rnd(h, 2);

	counted_call(KIND_table_destroy, RMI_RTT_DESTROY, any_rd(h),
		     block_of(h, any_ipa(h), level - 1), (uint64_t)level, 0, 0);
}

void hostile_fold(struct hostile *h)
{
	int level = 2 + (int)rnd(h, 2);

	counted_call(KIND_fold, RMI_RTT_FOLD, any_rd(h), block_of(h, any_ipa(h), level - 1),
		     (uint64_t)level, 0, 0);
}

void hostile_read_entry(struct hostile *h)
{
	int level = 1 + (int)rnd(h, 3);

	counted_call(KIND_read_entry, RMI_RTT_READ_ENTRY, any_rd(h), block_of(h, any_ipa(h), level),
		     (uint64_t)level, 0, 0);
}

/* The tables for a page at ipa, unless they are there. */
static void tables(struct hostile *h, uint64_t rd, uint64_t ipa)
{
	struct rmi_regs r;

	if (rnd(h, 4) == 0)
		return;
	for (int level = 2; level <= 3; level++)
		rmi_call(&r, RMI_RTT_CREATE, rd, fresh_page(h),
			 align_down(ipa, rtt_block_size(level - 1)), (uint64_t)level, 0);
}

void hostile_data_map_init(struct hostile *h)
{
	uint64_t r = any_rd(h), at = block_of(h, any_ipa(h), 3);

	tables(h, r, at);
	counted_call(KIND_data_map_init, RMI_RTT_DATA_MAP_INIT, r, fresh_page(h), at,
		     rarely(h) ? any_page(h) : h->scratch, rnd(h, 2));
}

void hostile_data_map_init_range(struct hostile *h)
{
	uint64_t r = any_rd(h), at = block_of(h, any_ipa(h), 3), list = h->scratch + GRANULE_SIZE;
	uint64_t n = 1 + rnd(h, 4), *source = host_ptr(list);
	struct rmi_regs regs;

	tables(h, r, at);
	for (uint64_t i = 0; i < n; i++)
		source[i] = rarely(h) ? any_page(h) : h->scratch;
	regs = (struct rmi_regs){{RMI_EXT_DATA_MAP_INIT_RANGE, r, at, at + n * GRANULE_SIZE,
				  rnd(h, 2), fresh_page(h), list}};
	rmi2_handle(&regs);
	if (regs.x[0] == RMI_SUCCESS)
		count_success(KIND_data_map_init_range);
}

/* The range and descriptor of a map command: pages, by a list or not, or a block. */
static void map(struct hostile *h, enum hostile_kind kind, uint64_t fid, uint64_t flags)
{
	uint64_t base = any_ipa(h), size = (1 + rnd(h, 4)) * GRANULE_SIZE, r = any_rd(h), *list;
	uint64_t d = addr_desc(3, fresh_page(h), 1 + rnd(h, 4));

	tables(h, r, base);
	if (rnd(h, 4) == 0) {
		base = block_of(h, base, 2);
		size = MIB(2);
		d = rnd(h, 2) ? addr_desc(2, BLOCK_BASE, 1) : addr_desc(3, BLOCK_BASE, 512);
	}
	if (rnd(h, 3) == 0) {
		list = host_ptr(h->scratch + GRANULE_SIZE);
		list[0] = d;
		list[1] = addr_desc(3, any_page(h), 1);
		flags |= RMI_MAP_OADDR_LIST | 2 << RMI_MAP_LIST_COUNT_SHIFT;
		d = h->scratch + GRANULE_SIZE;
	} else {
		flags |= RMI_MAP_OADDR_SINGLE;
	}
	counted_call(kind, fid, r, base, base + size, flags, d);
}

void hostile_data_map(struct hostile *h)
{
	map(h, KIND_data_map, RMI_RTT_DATA_MAP, 0);
}

void hostile_unprot_map(struct hostile *h)
{
	map(h, KIND_unprot_map, RMI_RTT_UNPROT_MAP,
	    (uint64_t)rnd(h, 8) << RMI_MAP_MEMATTR_SHIFT | 3u << RMI_MAP_S2AP_SHIFT);
}

static void unmap(struct hostile *h, enum hostile_kind kind, uint64_t fid)
{
	uint64_t base = any_ipa(h), size = rnd(h, 2) ? MIB(2) : (1 + rnd(h, 8)) * GRANULE_SIZE;
	bool list = rnd(h, 2);

	counted_call(kind, fid, any_rd(h), base, base + size,
		     list ? RMI_MAP_OADDR_LIST | rnd(h, 8) << RMI_MAP_LIST_COUNT_SHIFT : rnd(h, 2),
		     list ? h->scratch + GRANULE_SIZE : 0);
}

void hostile_data_unmap(struct hostile *h)
{
	unmap(h, KIND_data_unmap, RMI_RTT_DATA_UNMAP);
}

void hostile_unprot_unmap(struct hostile *h)
{
	unmap(h, KIND_unprot_unmap, RMI_RTT_UNPROT_UNMAP);
}

void hostile_init_ripas(struct hostile *h)
{
	uint64_t base = any_ipa(h);

	counted_call(KIND_init_ripas, RMI_RTT_INIT_RIPAS, any_rd(h), base,
		     base + (rnd(h, 2) ? MIB(2) : 4 * GRANULE_SIZE), 0, 0);
}

void hostile_set_ripas(struct hostile *h)
{
	uint64_t base = any_ipa(h);

	counted_call(KIND_set_ripas, RMI_RTT_SET_RIPAS, any_rd(h), any_rec(h), base,
		     base + rnd(h, 5) * GRANULE_SIZE, 0);
}
