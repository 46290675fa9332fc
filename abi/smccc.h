/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMC Calling Convention (DEN0028 1.2): function identifiers and the architecture service.
 * For C and assembler; used by every part that issues or answers an SMC.
 */
#ifndef ABI_SMCCC_H
#define ABI_SMCCC_H

/* Function identifier fields. */
#define SMCCC_FAST	 0x80000000
#define SMCCC_64	 0x40000000
#define SMCCC_OWNER_STD	 0x04000000
#define SMCCC_MBZ_MASK	 0x00fe0000 /* bits 23:17 must be zero in a fast call */
#define SMCCC_SVE_HINT	 0x00010000 /* SMCCC 1.3: no live SVE state */
#define SMCCC_FNUM_MASK	 0x0000ffff
#define SMCCC_STD64_BASE 0xc4000000

#define SMCCC_VERSION			0x80000000
#define SMCCC_ARCH_FEATURES		0x80000001
#define SMCCC_ARCH_FEATURE_AVAILABILITY 0xc0000003

#define SMCCC_VERSION_1_1 0x10001
#define SMCCC_VERSION_1_2 0x10002

#define SMCCC_SUCCESS	     0
#define SMCCC_NOT_SUPPORTED  (-1)
#define SMCCC_INVALID_PARAMS (-3)

#endif
