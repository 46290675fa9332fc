/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which SMCs of the host go on to the firmware (docs/protected.md). What the table does not name is
 * refused. Portable.
 */
#ifndef HYP_HOST_SMC_H
#define HYP_HOST_SMC_H

#include <stdint.h>

enum smc_way {
	SMC_REFUSE, /* -1 */
	SMC_PASS,
	SMC_PSCI, /* psci.h */
	SMC_UID,  /* hyp's own calls, abi/hyp.h */
	SMC_INFO,
	SMC_REC_ENTER, /* RMI_ERROR_INPUT: only HYP_ENTER takes the state of the GIC along */
};

/* fid: W0. Its SVE hint is looked through. */
enum smc_way smc_way(uint32_t fid);

#endif
