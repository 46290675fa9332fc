/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which vector registers have to survive a call of the RMM. The RMM hashes with them and Realms use
 * them, so it saves the host's contents and loads them again: with SVE up to 8 KiB.
 */
#ifndef HOST_RMI_SIMD_H
#define HOST_RMI_SIMD_H

#include <asm/thread_info.h>
#include <linux/sched.h>

#include "abi/rmi.h"

/*
 * SMCCC 1.3's hint in a function number, or 0. With the hint only the first 128 bits of each vector
 * register come back, which is much cheaper. It is given if the contents of the CPU are this
 * thread's and the thread has not used SVE. With TIF_FOREIGN_FPSTATE they may be another thread's,
 * which expects to find them when it runs here again. Preemption must be off from here up to the
 * call.
 */
static inline u32 cca_sve_hint(void)
{
	return test_thread_flag(TIF_FOREIGN_FPSTATE) || test_thread_flag(TIF_SVE)
		       ? 0
		       : RMI_FID_SVE_HINT;
}

#endif
