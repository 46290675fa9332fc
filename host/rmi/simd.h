/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has to survive a call of the RMM in the vector registers. It hashes with them, and Realms
 * use them: what is the host's has to be saved and loaded again, of SVE up to 8 KiB.
 */
#ifndef HOST_RMI_SIMD_H
#define HOST_RMI_SIMD_H

#include <asm/thread_info.h>
#include <linux/sched.h>

#include "abi/rmi.h"

/*
 * To be set in a function number (SMCCC 1.3): only the first 128 bits of each register have to come
 * back. Given if what the CPU has there is this thread's, and it has not used SVE; with
 * TIF_FOREIGN_FPSTATE it may be that of another, which finds it there when it comes back. Not
 * preemptible up to the call.
 */
static inline u32 cca_sve_hint(void)
{
	return test_thread_flag(TIF_FOREIGN_FPSTATE) || test_thread_flag(TIF_SVE)
		       ? 0
		       : RMI_FID_SVE_HINT;
}

#endif
