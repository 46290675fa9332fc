/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call of the RMM as registers, and the two commands that change a granule's world, on which
 * granule/ is built. All other commands are in commands.h, for which this is the way down.
 *
 * The result of a call is the RMI status word, 0 for success: RMI_STATUS() and RMI_INDEX() take it
 * apart, rmi_errno() turns it into an errno. Functions may sleep unless they say otherwise, and
 * take no lock. A BUSY that lasts RMI_BUSY_SECONDS is given back as it is.
 */
#ifndef HOST_RMI_CALL_H
#define HOST_RMI_CALL_H

#include "host/compat/kernel.h"

#define RMI_BUSY_SECONDS 10

/* x[0]: function in, status word out. x[1..6] in, x[1..4] out. */
struct rmi_regs {
	u64 x[7];
};

/*
 * A status of this module, outside of what an RMM can answer: the host had no memory for an
 * operation.
 */
#define RMI_HOST_NOMEM 0x100000000ULL

/* Issues the call, again while the RMM is BUSY or BLOCKED. Returns x[0]. */
u64 rmi_issue(struct rmi_regs *regs);

/* The same, and continues an operation that asks for no memory to its end. */
u64 rmi_run(struct rmi_regs *regs);
/* The same; *out: the first output. */
u64 rmi_run_out(struct rmi_regs *regs, u64 *out);
/*
 * The same without a sleep. BUSY if the RMM is so for longer than others hold its locks, because
 * then it takes a sleep to get on.
 */
u64 rmi_run_now(struct rmi_regs *regs);

/*
 * A command on a range from base on that answers in *out_top how far it got. It may give way to an
 * interrupt before it has done anything, and says so by a success that ends at base (a TF-RMM that
 * was built to look at ISR_EL1 while it maps). Then it is issued again, so that callers may take a
 * success without progress for a defect.
 */
u64 rmi_run_range(const struct rmi_regs *call, u64 base, u64 *out_top);

int rmi_errno(u64 status);

/* [base, top) changes its world, up to *out_top. */
u64 rmi_granule_delegate(u64 base, u64 top, u64 *out_top);
u64 rmi_granule_undelegate(u64 base, u64 top, u64 *out_top);

#endif
