/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI_COMPLETE: the host's answer to a Realm's CPU_ON. docs/spec/rmi-2.0.md section 7. The other
 * PSCI calls of a Realm need no answer.
 */
#include "rmm/core/psci.h"
#include "rmm/rmi2/handlers.h"

/*
 * Older drafts pass the target in X2 and the status in X3, newer ones the status in X2. A target is
 * a granule, which is never at address 0 and always 4K-aligned; no status that a host may give for
 * CPU_ON looks like that.
 */
uint64_t rmi2_psci_complete(const uint64_t *x, uint64_t *out)
{
	bool named = x[2] != 0 && granule_aligned(x[2]);
	uint64_t target = named ? x[2] : 0, status = named ? x[3] : x[2];

	return psci_complete(pa_of(x[1]), pa_of(target), (int64_t)status) ? RMI_SUCCESS
									  : RMI_ERROR_INPUT;
}
