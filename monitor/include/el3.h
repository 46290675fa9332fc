/* SPDX-License-Identifier: BSD-3-Clause */
/* EL3 register fields both stages program (DDI0487). For C and assembler. */
#ifndef MONITOR_EL3_H
#define MONITOR_EL3_H

/* SCTLR_EL3: RES1 bits; M, A, C, SA, I, WXN are the controls. */
#define SCTLR_EL3_RES1 0x30c50830
#define SCTLR_EL3_M    (1 << 0)
#define SCTLR_EL3_A    (1 << 1)
#define SCTLR_EL3_C    (1 << 2)
#define SCTLR_EL3_SA   (1 << 3)
#define SCTLR_EL3_I    (1 << 12)
#define SCTLR_EL3_WXN  (1 << 19)
#define SCTLR_EL3_ON                                                                               \
	(SCTLR_EL3_RES1 | SCTLR_EL3_M | SCTLR_EL3_C | SCTLR_EL3_SA | SCTLR_EL3_I | SCTLR_EL3_WXN)

/* GICv3 CPU interface: group 0 is the monitor's. */
#define ICC_SRE_EL3	S3_6_C12_C12_5
#define ICC_SRE_EL2	S3_4_C12_C9_5
#define ICC_IGRPEN1_EL3 S3_6_C12_C12_7
#define ICC_IGRPEN0_EL1 S3_0_C12_C12_6
#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_IAR0_EL1	S3_0_C12_C8_0
#define ICC_EOIR0_EL1	S3_0_C12_C8_1
#define ICC_SGI0R_EL1	S3_0_C12_C11_7
#define ICC_SRE_ENABLE	0xf /* SRE, DFB, DIB, Enable */
#define ICC_PMR_OPEN	0xff

/* SPSR_EL3 for an entry at EL2h with D, A, I and F masked. */
#define SPSR_EL2H_MASKED 0x3c9

/* ESR exception classes that reach EL3. */
#define ESR_EC_SHIFT   26
#define ESR_EC_UNKNOWN 0x00
#define ESR_EC_SMC32   0x13
#define ESR_EC_SMC64   0x17
#define ESR_EC_SYSREG  0x18
#define ESR_EC_PAUTH   0x09
#define ESR_EC_GPC     0x1e
#define ESR_IL	       (1 << 25)

#endif
