// SPDX-License-Identifier: GPL-2.0-only
/* Stateful RMI operations that ask the host for memory or give memory back (op.h). */
#include <linux/sched.h>

#include "host/granule/donations.h"
#include "host/rmi/op.h"

struct rmi_op {
	struct cca_pool *pool;
	struct rmi_regs *regs;
	u64 handle;
	u64 request; /* what the RMM wants next, while it wants memory */
	u64 *list;   /* one page of range descriptors */
	bool no_memory;
	bool can_cancel; /* as of the RMM's last answer */
};

/*
 * There is no memory for the operation: cancels it, if the RMM lets us. False: it stays in the RMM
 * for good.
 */
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
	unsigned int entries;

	op->can_cancel = *status & RMI_OP_CAN_CANCEL;
	entries = donations_fill(op->pool, op->request, !op->can_cancel, op->list);
	if (!entries)
		return op_cancel(op, status);
	*op->regs = (struct rmi_regs){
		{RMI_OP_MEM_DONATE, op->handle, virt_to_phys(op->list), entries, 0}};
	*status = rmi_issue(op->regs);
	donations_put(op->pool, op->list, entries, op->regs->x[1]);
	return RMI_STATUS(*status) != RMI_ERROR_INPUT;
}

static bool op_reclaim(struct rmi_op *op, u64 *status)
{
	u64 entries;

	*op->regs = (struct rmi_regs){
		{RMI_OP_MEM_RECLAIM, op->handle, virt_to_phys(op->list), RMI_LIST_ENTRIES_MAX}};
	*status = rmi_issue(op->regs);
	if (RMI_STATUS(*status) != RMI_INCOMPLETE)
		return RMI_STATUS(*status) != RMI_ERROR_INPUT;
	entries = min_t(u64, op->regs->x[1], RMI_LIST_ENTRIES_MAX);
	donations_put(op->pool, op->list, entries, 0);
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
	/* An operation that stays in the RMM is no success. */
	return RMI_STATUS(status) == RMI_INCOMPLETE ? RMI_ERROR_NOT_SUPPORTED : status;
}
