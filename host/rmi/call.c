// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of the RMM (call.h): the SMC, repeated while the RMM is busy, and continued while it works
 * in pieces.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "host/rmi/call.h"
#include "host/rmi/simd.h"

#define CREATE_TRACE_POINTS
#include "host/trace.h"

#define BUSY_SPINS     64   /* before the caller sleeps between two tries */
#define BUSY_SPINS_NOW 1024 /* before a caller that must not sleep gives up */

/*
 * By SMCCC 1.2 a register among X0 to X7 that is no result comes back unchanged; X8 to X17 may
 * change.
 */
static __always_inline void rmi_smc(struct rmi_regs *regs, const struct rmi_regs *in, u64 function)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = in->x[1];
	register u64 x2 asm("x2") = in->x[2];
	register u64 x3 asm("x3") = in->x[3];
	register u64 x4 asm("x4") = in->x[4];
	register u64 x5 asm("x5") = in->x[5];
	register u64 x6 asm("x6") = in->x[6];

	asm volatile("smc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6)
		     :
		     : "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "memory", "cc");
	regs->x[0] = x0;
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
	regs->x[4] = x4;
}

static u64 rmi_try(struct rmi_regs *regs, const struct rmi_regs *in)
{
	preempt_disable();
	rmi_smc(regs, in, in->x[0] | cca_sve_hint());
	preempt_enable();
	trace_kvm_cca_rmi(in->x[0], in->x[1], in->x[2], in->x[3], regs->x[0], regs->x[1]);
	return regs->x[0];
}

static bool rmi_is_busy(u64 status)
{
	if (status == (u64)RMI_UNKNOWN_FID)
		return false;
	return RMI_STATUS(status) == RMI_BUSY || RMI_STATUS(status) == RMI_BLOCKED;
}

u64 rmi_issue(struct rmi_regs *regs)
{
	unsigned long deadline = jiffies + RMI_BUSY_SECONDS * HZ;
	const struct rmi_regs in = *regs;
	unsigned int tries = 0;

	while (rmi_is_busy(rmi_try(regs, &in))) {
		if (time_after(jiffies, deadline))
			break;
		if (++tries < BUSY_SPINS)
			cond_resched();
		else
			usleep_range(50, 100);
	}
	return regs->x[0];
}

u64 rmi_run(struct rmi_regs *regs)
{
	u64 status = rmi_issue(regs);
	u64 handle = regs->x[1];

	while (RMI_STATUS(status) == RMI_INCOMPLETE) {
		if (RMI_OP_MEM(status) != RMI_OP_MEM_NONE)
			return RMI_ERROR_NOT_SUPPORTED;
		cond_resched();
		*regs = (struct rmi_regs){{RMI_OP_CONTINUE, handle, 0}};
		status = rmi_issue(regs);
	}
	return status;
}

u64 rmi_run_out(struct rmi_regs *regs, u64 *out)
{
	u64 status = rmi_run(regs);

	*out = regs->x[1];
	return status;
}

u64 rmi_run_range(const struct rmi_regs *call, u64 base, u64 *out_top)
{
	unsigned long deadline = jiffies + RMI_BUSY_SECONDS * HZ;
	struct rmi_regs regs = *call;
	u64 status = rmi_run_out(&regs, out_top);

	while (status == RMI_SUCCESS && *out_top == base && time_before(jiffies, deadline)) {
		cond_resched();
		regs = *call;
		status = rmi_run_out(&regs, out_top);
	}
	return status;
}

/*
 * The same for a caller that must not sleep. BUSY if the RMM stays so for longer than others hold
 * its locks.
 */
static u64 rmi_issue_now(struct rmi_regs *regs)
{
	const struct rmi_regs in = *regs;
	unsigned int tries = 0;

	while (rmi_is_busy(rmi_try(regs, &in)) && ++tries < BUSY_SPINS_NOW)
		cpu_relax();
	return regs->x[0];
}

u64 rmi_run_now(struct rmi_regs *regs)
{
	u64 status = rmi_issue_now(regs);
	u64 handle = regs->x[1];

	while (RMI_STATUS(status) == RMI_INCOMPLETE && RMI_OP_MEM(status) == RMI_OP_MEM_NONE) {
		*regs = (struct rmi_regs){{RMI_OP_CONTINUE, handle, 0}};
		status = rmi_issue_now(regs);
	}
	return status;
}

int rmi_errno(u64 status)
{
	if (status == RMI_HOST_NOMEM)
		return -ENOMEM;
	if (status == (u64)RMI_UNKNOWN_FID)
		return -EOPNOTSUPP;
	switch (RMI_STATUS(status)) {
	case RMI_SUCCESS:
		return 0;
	case RMI_BUSY:
	case RMI_BLOCKED:
		return -EBUSY;
	case RMI_ERROR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -ENXIO;
	}
}

u64 rmi_granule_delegate(u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_GRANULE_RANGE_DELEGATE, base, top}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_granule_undelegate(u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_GRANULE_RANGE_UNDELEGATE, base, top}};

	return rmi_run_range(&r, base, out_top);
}
