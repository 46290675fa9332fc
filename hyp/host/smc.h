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
	SMC_RMI,  /* goes on as well */
	SMC_PSCI, /* psci.h */
	SMC_UID,  /* hyp's own calls, abi/hyp.h */
	SMC_INFO,
	SMC_ABORTS,
	SMC_REC_ENTER, /* RMI_ERROR_INPUT: only HYP_ENTER takes the state of the GIC along */
};

/* A call has X0 to X7. The host's X8 to X17 nobody sees, and the host finds them as they were. */
#define SMC_REGS 8

/*
 * The way of the call in X0 to X7, which become what is meant by it: the function is W0, only RMI
 * has the SVE hint, and the arguments X1 to X3 of a call of SMC32 have 32 bits.
 */
enum smc_way smc_take(uint64_t *x, uint16_t immediate);

#endif
