/* SPDX-License-Identifier: BSD-3-Clause */
/* As linux/types.h beside it: system registers by the kernel's names and order of arguments. */
#ifndef HYP_ASM_SYSREG_H
#define HYP_ASM_SYSREG_H

#include <linux/types.h>

#define SYSREG_STR_(reg) #reg
#define SYSREG_STR(reg)	 SYSREG_STR_(reg)

#define read_sysreg(reg)                                                                           \
	({                                                                                         \
		u64 v_;                                                                            \
		asm volatile("mrs %0, " SYSREG_STR(reg) : "=r"(v_));                               \
		v_;                                                                                \
	})
#define write_sysreg(value, reg) asm volatile("msr " SYSREG_STR(reg) ", %x0" ::"rZ"((u64)(value)))

#define read_sysreg_s(reg)	   read_sysreg(reg)
#define write_sysreg_s(value, reg) write_sysreg(value, reg)

#define SYS_ICC_PMR_EL1	  S3_0_C4_C6_0
#define SYS_ICH_AP0R0_EL2 S3_4_C12_C8_0
#define SYS_ICH_AP0R1_EL2 S3_4_C12_C8_1
#define SYS_ICH_AP0R2_EL2 S3_4_C12_C8_2
#define SYS_ICH_AP0R3_EL2 S3_4_C12_C8_3
#define SYS_ICH_AP1R0_EL2 S3_4_C12_C9_0
#define SYS_ICH_AP1R1_EL2 S3_4_C12_C9_1
#define SYS_ICH_AP1R2_EL2 S3_4_C12_C9_2
#define SYS_ICH_AP1R3_EL2 S3_4_C12_C9_3
#define SYS_ICH_HCR_EL2	  S3_4_C12_C11_0
#define SYS_ICH_MISR_EL2  S3_4_C12_C11_2
#define SYS_ICH_EISR_EL2  S3_4_C12_C11_3
#define SYS_ICH_ELRSR_EL2 S3_4_C12_C11_5
#define SYS_ICH_VMCR_EL2  S3_4_C12_C11_7
#define SYS_ICH_LR0_EL2	  S3_4_C12_C12_0
#define SYS_ICH_LR1_EL2	  S3_4_C12_C12_1
#define SYS_ICH_LR2_EL2	  S3_4_C12_C12_2
#define SYS_ICH_LR3_EL2	  S3_4_C12_C12_3
#define SYS_ICH_LR4_EL2	  S3_4_C12_C12_4
#define SYS_ICH_LR5_EL2	  S3_4_C12_C12_5
#define SYS_ICH_LR6_EL2	  S3_4_C12_C12_6
#define SYS_ICH_LR7_EL2	  S3_4_C12_C12_7
#define SYS_ICH_LR8_EL2	  S3_4_C12_C13_0
#define SYS_ICH_LR9_EL2	  S3_4_C12_C13_1
#define SYS_ICH_LR10_EL2  S3_4_C12_C13_2
#define SYS_ICH_LR11_EL2  S3_4_C12_C13_3
#define SYS_ICH_LR12_EL2  S3_4_C12_C13_4
#define SYS_ICH_LR13_EL2  S3_4_C12_C13_5
#define SYS_ICH_LR14_EL2  S3_4_C12_C13_6
#define SYS_ICH_LR15_EL2  S3_4_C12_C13_7

#endif
