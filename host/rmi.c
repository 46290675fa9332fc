// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RMI commands as functions, and the SMC below them. rmi_op.c has the operations that move
 * memory, rmi_probe.c what happens before there is an RMM to call.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "abi/rmi_ext.h"
#include "rmi.h"
#include "rmi_call.h"
#include "simd.h"
#include "stats.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define BUSY_SPINS     64   /* before the caller sleeps between two tries */
#define BUSY_SPINS_NOW 1024 /* before a caller that must not sleep gives up */

/* SMCCC 1.2: what is not a result comes back as it was, X8 and up may not be relied on. */
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

/* For who must not sleep: BUSY if the RMM is so for longer than others hold its locks. */
static u64 rmi_issue_now(struct rmi_regs *regs)
{
	const struct rmi_regs in = *regs;
	unsigned int tries = 0;

	while (rmi_is_busy(rmi_try(regs, &in)) && ++tries < BUSY_SPINS_NOW)
		cpu_relax();
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

static u64 rmi_run_out(struct rmi_regs *regs, u64 *out)
{
	u64 status = rmi_run(regs);

	*out = regs->x[1];
	return status;
}

/*
 * A command on a range from base on that answers how far it got. It may give way to an interrupt
 * before it has done anything, and says so by a success that ends at base (a TF-RMM that was built
 * to look at ISR_EL1 while it maps): then again, so that to callers no progress is a defect.
 */
static u64 rmi_run_range(const struct rmi_regs *call, u64 base, u64 *out_top)
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

u64 rmi_realm_create(struct cca_pool *pool, u64 rd, const struct rmi_realm_params *params)
{
	struct rmi_regs r = {{RMI_REALM_CREATE, rd, virt_to_phys(params)}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_realm_activate(u64 rd)
{
	struct rmi_regs r = {{RMI_REALM_ACTIVATE, rd}};

	return rmi_run(&r);
}

u64 rmi_realm_terminate(struct cca_pool *pool, u64 rd)
{
	struct rmi_regs r = {{RMI_REALM_TERMINATE, rd}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_realm_destroy(struct cca_pool *pool, u64 rd)
{
	struct rmi_regs r = {{RMI_REALM_DESTROY, rd}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_rec_create(struct cca_pool *pool, u64 rd, u64 rec, const struct rmi_rec_params *params)
{
	struct rmi_regs r = {{RMI_REC_CREATE, rd, rec, virt_to_phys(params)}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_rec_destroy(struct cca_pool *pool, u64 rec)
{
	struct rmi_regs r = {{RMI_REC_DESTROY, rec}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_psci_complete(u64 calling_rec, u64 target_rec, u64 psci_status)
{
	struct rmi_regs with_target = {{RMI_PSCI_COMPLETE, calling_rec, target_rec, psci_status}};
	struct rmi_regs without = {{RMI_PSCI_COMPLETE, calling_rec, psci_status}};
	u64 status;

	/*
	 * Drafts differ and no register tells which is meant. Each form fails with INPUT where the
	 * other is expected: the address of a REC is no PSCI status, and a PSCI status no REC.
	 */
	status = rmi_run(&without);
	if (RMI_STATUS(status) == RMI_ERROR_INPUT)
		status = rmi_run(&with_target);
	return status;
}

u64 rmi_rtt_create(u64 rd, u64 rtt, u64 ipa, int level)
{
	struct rmi_regs r = {{RMI_RTT_CREATE, rd, rtt, ipa, level}};

	return rmi_run(&r);
}

u64 rmi_rtt_destroy(u64 rd, u64 ipa, int level, u64 *rtt, u64 *next)
{
	struct rmi_regs r = {{RMI_RTT_DESTROY, rd, ipa, level}};
	u64 status = rmi_run(&r);

	*rtt = r.x[1];
	*next = r.x[2];
	return status;
}

u64 rmi_rtt_fold(u64 rd, u64 ipa, int level, u64 *rtt)
{
	struct rmi_regs r = {{RMI_RTT_FOLD, rd, ipa, level}};

	return rmi_run_out(&r, rtt);
}

u64 rmi_rtt_read_entry(u64 rd, u64 ipa, int level, struct rmi_rtt_entry *entry)
{
	struct rmi_regs r = {{RMI_RTT_READ_ENTRY, rd, ipa, level}};
	u64 status = rmi_run(&r);

	entry->level = r.x[1];
	entry->state = r.x[2];
	entry->desc = r.x[3];
	entry->ripas = r.x[4];
	return status;
}

u64 rmi_rtt_init_ripas(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_INIT_RIPAS, rd, base, top}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_rtt_set_ripas(u64 rd, u64 rec, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_SET_RIPAS, rd, rec, base, top}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_data_map_init(u64 rd, u64 pa, u64 ipa, u64 src, u64 flags)
{
	struct rmi_regs r = {{RMI_RTT_DATA_MAP_INIT, rd, pa, ipa, src, flags}};

	cca_stat_inc(STAT_MAP_CALLS);
	return rmi_run(&r);
}

u64 rmi_data_map_init_range(u64 rd, u64 base, u64 top, u64 flags, u64 pa, u64 list, u64 *out_top)
{
	struct rmi_regs r = {{RMI_EXT_DATA_MAP_INIT_RANGE, rd, base, top, flags, pa, list}};

	cca_stat_inc(STAT_MAP_CALLS);
	return rmi_run_range(&r, base, out_top);
}

u64 rmi_data_map(u64 rd, u64 base, u64 top, u64 desc, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_DATA_MAP, rd, base, top, RMI_MAP_OADDR_SINGLE, desc}};

	cca_stat_inc(STAT_MAP_CALLS);
	return rmi_run_range(&r, base, out_top);
}

u64 rmi_data_unmap(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_DATA_UNMAP, rd, base, top, RMI_MAP_OADDR_NONE, 0}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_unprot_map(u64 rd, u64 base, u64 top, u64 attr_flags, u64 desc, u64 *out_top)
{
	struct rmi_regs r = {
		{RMI_RTT_UNPROT_MAP, rd, base, top, attr_flags | RMI_MAP_OADDR_SINGLE, desc}};

	cca_stat_inc(STAT_SHARED_MAPS);
	return rmi_run_range(&r, base, out_top);
}

u64 rmi_unprot_unmap(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_UNPROT_UNMAP, rd, base, top, RMI_MAP_OADDR_NONE, 0}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_unprot_unmap_now(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_UNPROT_UNMAP, rd, base, top, RMI_MAP_OADDR_NONE, 0}};
	u64 status = rmi_issue_now(&r);
	u64 handle = r.x[1];

	while (RMI_STATUS(status) == RMI_INCOMPLETE && RMI_OP_MEM(status) == RMI_OP_MEM_NONE) {
		r = (struct rmi_regs){{RMI_OP_CONTINUE, handle, 0}};
		status = rmi_issue_now(&r);
	}
	*out_top = r.x[1];
	return status;
}
