/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a Realm's CPU_ON, which waits for the host's agreement. */
#ifndef RMM_CORE_PSCI_H
#define RMM_CORE_PSCI_H

#include "rmm/core/rec.h"

/*
 * The host's answer to the CPU_ON that the REC at `calling` waits for: PSCI_SUCCESS starts the
 * target, PSCI_DENIED does not. target is the REC that the host takes for it, or 0 if the host does
 * not say.
 *
 * False: `calling` is no REC that waits for such an answer (and does not run), the target is
 * another, or the host may not say this: SUCCESS when the target is gone, DENIED when it is on.
 * Nothing has changed then, except that a Realm whose target is on has been told so.
 */
bool psci_complete(pa_t calling, pa_t target, int64_t status);

#endif
