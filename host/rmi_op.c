// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stateful RMI operations that ask the host for memory or give memory back. What they get comes
 * from a pool and what they return goes to it. Called by rmi.c and rmi_probe.c.
 */
#include <linux/log2.h>
#include <linux/sched.h>

#include "granule.h"
#include "rmi_call.h"

#define DONATE_MAX 256 /* entries of a list per call */

struct rmi_op {
	struct cca_pool *pool;
	struct rmi_regs *regs;
	u64 handle;
	u64 request; /* what the RMM wants next, while it wants memory */
	u64 *list;   /* one page of range descriptors */
	bool no_memory;
	bool can_cancel; /* as of the RMM's last answer */
};

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

/* Conditional donation and sizes beyond the page allocator are an RMM's error or ours to refuse. */
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

/*
 * An operation that cannot be cancelled would keep its context in the RMM, and what it has of our
 * memory, for good if it were not fed (TF-RMM: REC_CREATE). It may be fed bit by bit, so of such a
 * list the first granule must be had; the rest may fail.
 */
static int donate_granule(struct rmi_op *op, bool first, u64 *pa)
{
	if (first && !op->can_cancel)
		return cca_pool_get_sure(op->pool, pa);
	return cca_pool_get(op->pool, pa);
}

/* Fills the list; returns the number of entries, fewer than asked if memory ran out. */
static unsigned int donate_fill(struct rmi_op *op, const struct donate_request *req)
{
	bool delegated = req->state == RMI_DESC_DELEGATED;
	unsigned int n = min_t(unsigned int, req->count, DONATE_MAX);
	unsigned int i;
	u64 pa;

	if (req->contiguous) {
		if (cca_pool_get_block(op->pool, req->block_order + ilog2(req->count), delegated,
				       &pa))
			return 0;
		op->list[0] = donate_desc(req, pa, req->count);
		return 1;
	}
	for (i = 0; i < n; i++) {
		int ret;

		if (delegated && !req->block_order)
			ret = donate_granule(op, !i, &pa);
		else
			ret = cca_pool_get_block(op->pool, req->block_order, delegated, &pa);
		if (ret)
			break;
		op->list[i] = donate_desc(req, pa, 1);
	}
	return i;
}

static u64 desc_granules(u64 desc)
{
	return (u64)RMI_DESC_COUNT(desc) << (9 * RMI_DESC_SIZE(desc));
}

/* Puts back the granules of one descriptor but for the first `skip` of them. */
static void pool_put_desc(struct cca_pool *pool, u64 desc, u64 skip)
{
	u64 pa = desc & RMI_DESC_ADDR_MASK;
	u64 i;

	for (i = skip; i < desc_granules(desc); i++)
		cca_pool_put(pool, pa + (i << PAGE_SHIFT));
}

static void put_unconsumed(struct rmi_op *op, unsigned int entries, u64 consumed)
{
	unsigned int i;

	for (i = 0; i < entries; i++) {
		u64 granules = desc_granules(op->list[i]);
		u64 taken = min(consumed, granules);

		pool_put_desc(op->pool, op->list[i], taken);
		consumed -= taken;
	}
}

/* Out of memory: cancel if the RMM lets us. False: the operation is stuck in the RMM for good. */
static bool op_cancel(struct rmi_op *op, u64 *status)
{
	op->no_memory = true;
	if (!op->can_cancel)
		return false;
	*op->regs = (struct rmi_regs){{RMI_OP_CANCEL, op->handle}};
	*status = rmi_issue(op->regs);
	return RMI_STATUS(*status) != RMI_ERROR_INPUT;
}

static bool op_donate(struct rmi_op *op, u64 *status)
{
	struct donate_request req = donate_decode(op->request);
	unsigned int entries = 0;

	op->can_cancel = *status & RMI_OP_CAN_CANCEL;
	if (donate_is_possible(&req))
		entries = donate_fill(op, &req);
	if (!entries)
		return op_cancel(op, status);
	*op->regs = (struct rmi_regs){
		{RMI_OP_MEM_DONATE, op->handle, virt_to_phys(op->list), entries, 0}};
	*status = rmi_issue(op->regs);
	put_unconsumed(op, entries, op->regs->x[1]);
	return RMI_STATUS(*status) != RMI_ERROR_INPUT;
}

static bool op_reclaim(struct rmi_op *op, u64 *status)
{
	u64 entries, i;

	*op->regs = (struct rmi_regs){
		{RMI_OP_MEM_RECLAIM, op->handle, virt_to_phys(op->list), RMI_LIST_ENTRIES_MAX}};
	*status = rmi_issue(op->regs);
	if (RMI_STATUS(*status) != RMI_INCOMPLETE)
		return RMI_STATUS(*status) != RMI_ERROR_INPUT;
	entries = min_t(u64, op->regs->x[1], RMI_LIST_ENTRIES_MAX);
	for (i = 0; i < entries; i++)
		pool_put_desc(op->pool, op->list[i], 0);
	return true;
}

static bool op_continue(struct rmi_op *op, u64 *status)
{
	*op->regs = (struct rmi_regs){{RMI_OP_CONTINUE, op->handle, 0}};
	*status = rmi_issue(op->regs);
	return true;
}

static bool op_step(struct rmi_op *op, u64 *status)
{
	cond_resched();
	switch (RMI_OP_MEM(*status)) {
	case RMI_OP_MEM_NONE:
		return op_continue(op, status);
	case RMI_OP_MEM_WANTS_DONATE:
		op->request = op->regs->x[2];
		return op_donate(op, status);
	case RMI_OP_MEM_WANTS_RECLAIM:
		return op_reclaim(op, status);
	default:
		return false;
	}
}

u64 rmi_run_memory(struct cca_pool *pool, struct rmi_regs *regs)
{
	struct rmi_op op = {.pool = pool, .regs = regs};
	u64 status;

	op.list = (u64 *)__get_free_page(GFP_KERNEL);
	if (!op.list)
		return RMI_HOST_NOMEM;
	status = rmi_issue(regs);
	op.handle = regs->x[1];
	while (RMI_STATUS(status) == RMI_INCOMPLETE) {
		if (!op_step(&op, &status))
			break;
	}
	free_page((unsigned long)op.list);
	if (op.no_memory && status)
		return RMI_HOST_NOMEM;
	/* A stuck operation is no success. */
	return RMI_STATUS(status) == RMI_INCOMPLETE ? RMI_ERROR_NOT_SUPPORTED : status;
}
