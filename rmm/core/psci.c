/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's answer to a Realm's CPU_ON. See psci.h. */
#include "abi/psci.h"
#include "rmm/core/psci.h"

/* CPU_ON succeeded: the target starts afresh. EE is the one register bit PSCI hands down. */
static void start_target(struct rec *target, const struct rec *calling)
{
	rec_reset_regs(target);
	target->regs.pc = calling->psci_entry;
	target->regs.gprs[0] = calling->psci_context;
	target->regs.sys.sctlr_el1 |= calling->regs.sys.sctlr_el1 & REC_SCTLR_EL1_EE;
	target->pending = REC_PENDING_NONE;
	__atomic_store_n(&target->runnable, 1, __ATOMIC_RELEASE);
}

static void answer(struct rec *calling, int64_t result)
{
	calling->regs.gprs[0] = (uint64_t)result;
	calling->regs.gprs[1] = calling->regs.gprs[2] = calling->regs.gprs[3] = 0;
	calling->pending = REC_PENDING_NONE;
}

bool psci_complete(struct rec *calling, const struct rec_lock *target, int64_t status)
{
	bool success = status == PSCI_SUCCESS;

	if (!target) {
		if (status != PSCI_DENIED)
			return false;
		answer(calling, PSCI_DENIED);
		return true;
	}
	if (rec_running(target) || target->rec->runnable) {
		answer(calling, PSCI_ALREADY_ON);
		return success;
	}
	if (success)
		start_target(target->rec, calling);
	answer(calling, status);
	return true;
}
