// SPDX-License-Identifier: GPL-2.0-only
/* Memory for the RMM's stateful operations as lists of range descriptors (donations.h). */
#include <linux/log2.h>

#include "host/granule/donations.h"

struct donate_request {
	unsigned int block_order; /* log2 of granules per block */
	unsigned int count;
	unsigned int size_field;
	unsigned int state;
	bool contiguous;
};

static struct donate_request donate_decode(u64 request)
{
	unsigned int size = RMI_DESC_SIZE(request);

	return (struct donate_request){
		.block_order = size * 9,
		.count = (request >> RMI_DONATE_COUNT_SHIFT) & RMI_DONATE_COUNT_MASK,
		.size_field = size,
		.state = (request >> RMI_DONATE_STATE_SHIFT) & 3,
		.contiguous = request & RMI_DONATE_CONTIGUOUS,
	};
}

static u64 donate_desc(const struct donate_request *req, u64 pa, u64 count)
{
	u64 state = req->state == RMI_DESC_UNDELEGATED ? 1 : 0;

	return pa | req->size_field | count << RMI_DESC_COUNT_SHIFT | state << RMI_DESC_STATE_SHIFT;
}

/*
 * Is this a request that can be served? Conditional donations and blocks beyond the page allocator
 * are refused.
 */
static bool donate_is_possible(const struct donate_request *req)
{
	unsigned int order = req->block_order;

	if (!req->count || req->state > RMI_DESC_UNDELEGATED)
		return false;
	if (req->contiguous) {
		if (!is_power_of_2(req->count) || req->count > RMI_DESC_COUNT_MAX)
			return false;
		order += ilog2(req->count);
	}
	return order <= MAX_PAGE_ORDER;
}

static int donate_granule(struct cca_pool *pool, bool sure, u64 *pa)
{
	return sure ? cca_pool_get_sure(pool, pa) : cca_pool_get(pool, pa);
}

static unsigned int fill_contiguous(struct cca_pool *pool, const struct donate_request *req,
				    u64 *list)
{
	unsigned int order = req->block_order + ilog2(req->count);
	u64 pa;

	if (cca_pool_get_block(pool, order, req->state == RMI_DESC_DELEGATED, &pa))
		return 0;
	list[0] = donate_desc(req, pa, req->count);
	return 1;
}

static unsigned int fill_blocks(struct cca_pool *pool, const struct donate_request *req, bool must,
				u64 *list)
{
	bool delegated = req->state == RMI_DESC_DELEGATED;
	unsigned int n = min_t(unsigned int, req->count, DONATIONS_MAX);
	unsigned int i;
	u64 pa;

	for (i = 0; i < n; i++) {
		int ret;

		if (delegated && !req->block_order)
			ret = donate_granule(pool, must && !i, &pa);
		else
			ret = cca_pool_get_block(pool, req->block_order, delegated, &pa);
		if (ret)
			break;
		list[i] = donate_desc(req, pa, 1);
	}
	return i;
}

unsigned int donations_fill(struct cca_pool *pool, u64 request, bool must, u64 *list)
{
	struct donate_request req = donate_decode(request);

	if (!donate_is_possible(&req))
		return 0;
	return req.contiguous ? fill_contiguous(pool, &req, list)
			      : fill_blocks(pool, &req, must, list);
}

static u64 desc_granules(u64 desc)
{
	return (u64)RMI_DESC_COUNT(desc) << (9 * RMI_DESC_SIZE(desc));
}

void donations_put(struct cca_pool *pool, const u64 *list, unsigned int entries, u64 kept)
{
	unsigned int i;

	for (i = 0; i < entries; i++) {
		u64 pa = list[i] & RMI_DESC_ADDR_MASK;
		u64 granules = desc_granules(list[i]);
		u64 at = min(kept, granules);

		kept -= at;
		for (; at < granules; at++)
			cca_pool_put(pool, pa + (at << PAGE_SHIFT));
	}
}
