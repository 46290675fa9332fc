/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a Realm's CPU_ON, which waits for the host's agreement. */
#ifndef RMM_CORE_PSCI_H
#define RMM_CORE_PSCI_H

#include "rmm/core/rec.h"

/*
 * Answers the CPU_ON that `calling` waits for, and starts the target if the host agrees. Both are
 * locked; target is NULL when it is gone. status: PSCI_SUCCESS or PSCI_DENIED of the host. False:
 * it is not what the host may say in this case; a target that is on has been answered all the same.
 */
bool psci_complete(struct rec *calling, const struct rec_lock *target, int64_t status);

#endif
