/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One RMI call as registers; only for rmi*.c.
 */
#ifndef HOST_RMI_CALL_H
#define HOST_RMI_CALL_H

#include "compat.h"

struct cca_pool;

/* x[0]: function in, status word out. x[1..6] in, x[1..4] out. */
struct rmi_regs {
	u64 x[7];
};

/* Software status: the host had no memory for an operation. Outside of what an RMM can answer. */
#define RMI_HOST_NOMEM 0x100000000ULL

/* Issues the call, again while the RMM is BUSY or BLOCKED. Returns x[0]. */
u64 rmi_issue(struct rmi_regs *regs);

/* The same, and continues an operation that asks for no memory to its end. */
u64 rmi_run(struct rmi_regs *regs);

/* The same for operations that ask for memory or give it back. */
u64 rmi_run_memory(struct cca_pool *pool, struct rmi_regs *regs);

#endif
