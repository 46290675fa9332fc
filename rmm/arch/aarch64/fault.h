/* SPDX-License-Identifier: BSD-3-Clause */
/* What EL2's syndrome registers leave open about an abort of a Realm that has just been left. */
#ifndef RMM_AARCH64_FAULT_H
#define RMM_AARCH64_FAULT_H

#include "rmm/run/trap.h"

/*
 * Completes trap->hpfar where HPFAR_EL2 is UNKNOWN. False: the Realm's stage 1 does not translate
 * the address now (it has changed since), so the Realm is to try again. The Realm's registers are
 * in place, and stay as they are.
 */
bool fault_complete(const struct rec *rec, struct run_trap *trap);

#endif
