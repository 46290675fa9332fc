/* SPDX-License-Identifier: GPL-2.0-only */
/* Stateful operations. Only for the files of rmi/. */
#ifndef HOST_RMI_OP_H
#define HOST_RMI_OP_H

#include "host/granule/pool.h"
#include "host/rmi/call.h"

/*
 * As rmi_run(), for commands that ask for memory or give it back: memory comes from the pool and
 * goes there. RMI_HOST_NOMEM if the host had none.
 */
u64 rmi_run_memory(struct cca_pool *pool, struct rmi_regs *regs);

#endif
