/* SPDX-License-Identifier: BSD-3-Clause */
/* Random values and the calls made of them, see step.h. */
#include "rmm/core/rtt.h"
#include "step.h"

uint32_t rnd(struct hostile *h, uint32_t below)
{
	if (h->data)
		return h->pos < h->size ? h->data[h->pos++] % below : 0;
	h->seed ^= h->seed << 13;
	h->seed ^= h->seed >> 7;
	h->seed ^= h->seed << 17;
	return (uint32_t)(h->seed >> 20) % below;
}

bool rarely(struct hostile *h)
{
	return rnd(h, 16) == 0;
}

uint64_t any_page(struct hostile *h)
{
	if (rarely(h))
		return rnd(h, 2) ? 0 : BLOCK_BASE + rnd(h, 512) * GRANULE_SIZE;
	if (rnd(h, 256) == 0)
		return POOL_PAGE(rnd(h, POOL_PAGES));
	return POOL_PAGE(POOL_FIRST_FREE + rnd(h, POOL_PAGES - POOL_FIRST_FREE));
}

uint64_t any_rd(struct hostile *h)
{
	return rarely(h) ? any_page(h) : POOL_PAGE(rnd(h, POOL_RDS));
}

uint64_t any_rec(struct hostile *h)
{
	return rnd(h, 64) == 0 ? any_page(h) : POOL_PAGE(2 * POOL_RDS + rnd(h, POOL_RECS));
}

const uint64_t hostile_bases[HOSTILE_BASES] = {0, MIB(2), GIB(1), GIB(2), GIB(2) + MIB(2)};

uint64_t any_ipa(struct hostile *h)
{
	uint64_t v = hostile_bases[rnd(h, HOSTILE_BASES)];

	v += rnd(h, 3) ? 0 : rnd(h, 5) * GRANULE_SIZE;
	return rarely(h) ? v + 8 : v;
}

uint64_t block_of(struct hostile *h, uint64_t addr, int level)
{
	return rarely(h) ? addr : align_down(addr, rtt_block_size(level));
}

uint64_t rmi_call(struct rmi_regs *r, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
		  uint64_t x4, uint64_t x5)
{
	*r = (struct rmi_regs){{fid, x1, x2, x3, x4, x5}};
	rmi2_handle(r);
	return RMI_STATUS(r->x[0]);
}

void count_success(enum hostile_kind kind)
{
	__atomic_fetch_add(&hostile_done[kind], 1, __ATOMIC_RELAXED);
}

bool counted_call(enum hostile_kind kind, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
		  uint64_t x4, uint64_t x5)
{
	struct rmi_regs r;
	uint64_t status = rmi_call(&r, fid, x1, x2, x3, x4, x5);
	bool ok = status == RMI_SUCCESS || status == RMI_INCOMPLETE;

	if (ok)
		count_success(kind);
	return ok;
}

uint64_t addr_desc(int level, uint64_t pa, uint64_t n)
{
	return (uint64_t)(3 - level) | n << RMI_DESC_COUNT_SHIFT | pa;
}

uint64_t fresh_page_at(struct hostile *h, uint64_t pa)
{
	struct rmi_regs r;

	if (!rarely(h))
		rmi_call(&r, RMI_GRANULE_RANGE_DELEGATE, pa, pa + GRANULE_SIZE, 0, 0, 0);
	return pa;
}

uint64_t fresh_page(struct hostile *h)
{
	return fresh_page_at(h, any_page(h));
}

uint64_t drive_op(struct hostile *h, uint64_t handle, struct rmi_regs r)
{
	uint64_t *list = host_ptr(h->scratch + GRANULE_SIZE);

	for (int i = 0; i < 12 && RMI_STATUS(r.x[0]) == RMI_INCOMPLETE; i++) {
		switch (RMI_OP_MEM(r.x[0])) {
		case RMI_OP_MEM_WANTS_DONATE:
			list[0] = addr_desc(3, fresh_page(h), 1);
			rmi_call(&r, RMI_OP_MEM_DONATE, handle, h->scratch + GRANULE_SIZE, 1, 0, 0);
			break;
		case RMI_OP_MEM_WANTS_RECLAIM:
			rmi_call(&r, RMI_OP_MEM_RECLAIM, handle, h->scratch + GRANULE_SIZE, 512, 0,
				 0);
			break;
		default:
			rmi_call(&r, RMI_OP_CONTINUE, handle, 0, 0, 0, 0);
		}
	}
	return r.x[0];
}
