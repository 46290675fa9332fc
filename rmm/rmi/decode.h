/* SPDX-License-Identifier: BSD-3-Clause */
/* What front ends of different RMI versions decode and answer alike. */
#ifndef RMM_RMI_DECODE_H
#define RMM_RMI_DECODE_H

#include "abi/rmi.h"
#include "rmm/arch/arch.h"
#include "rmm/core/realm.h"

_Static_assert(REALM_RPV_SIZE == RMI_RPV_SIZE, "size of the RPV");

/*
 * True if the host may pass a structure in the page at pa: it is aligned, tracked, and not
 * delegated. EL3 may have given it to another world all the same; then copies fail.
 */
static inline bool rmi_ns_page(uint64_t pa)
{
	return granule_is(pa_of(pa), GRANULE_NS);
}

/* Status word of ERROR_RTT. */
static inline uint64_t rmi_error_rtt(int level)
{
	return RMI_STATUS_INDEX((uint64_t)RMI_ERROR_RTT, (uint64_t)level);
}

/* Status for a granule that could not be claimed. */
static inline uint64_t rmi_claim_error(enum granule_try why)
{
	return why == GRANULE_CONTENDED ? RMI_BUSY : RMI_ERROR_INPUT;
}

#endif
