/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System register access and barriers for AArch64 firmware. The only place that spells them as
 * inline assembler; names not known to the assembler are given by encoding.
 */
#ifndef LIB_SYSREG_H
#define LIB_SYSREG_H

#include <stdint.h>

#define SYSREG_STR_(x) #x
#define SYSREG_STR(x)  SYSREG_STR_(x)

#define read_sysreg(reg)                                                                           \
	({                                                                                         \
		uint64_t v_;                                                                       \
		__asm__ volatile("mrs %0, " SYSREG_STR(reg) : "=r"(v_)::"memory");                 \
		v_;                                                                                \
	})

/* For registers that do not change while C code runs: the compiler may reuse what it has read. */
#define read_sysreg_stable(reg)                                                                    \
	({                                                                                         \
		uint64_t v_;                                                                       \
		__asm__("mrs %0, " SYSREG_STR(reg) : "=r"(v_));                                    \
		v_;                                                                                \
	})

#define write_sysreg(reg, value)                                                                   \
	__asm__ volatile("msr " SYSREG_STR(reg) ", %x0" ::"rZ"((uint64_t)(value)) : "memory")

#define isb()	    __asm__ volatile("isb" ::: "memory")
#define dsb(domain) __asm__ volatile("dsb " #domain ::: "memory")
#define dmb(domain) __asm__ volatile("dmb " #domain ::: "memory")
#define wfi()	    __asm__ volatile("wfi" ::: "memory")
#define tlbi(op)    __asm__ volatile("tlbi " #op ::: "memory")
#define cpu_relax() __asm__ volatile("yield" ::: "memory")

/* Instructions with an operand: a TLBI's, or an address. */
#define tlbi_x(op, x) __asm__ volatile("tlbi " #op ", %0" ::"r"((uint64_t)(x)) : "memory")
#define at(op, va)    __asm__ volatile("at " #op ", %0" ::"r"((uint64_t)(va)) : "memory")
#define dc(op, va)    __asm__ volatile("dc " #op ", %0" ::"r"((uint64_t)(va)) : "memory")
#define ic(op)	      __asm__ volatile("ic " #op ::: "memory")

/* RME registers and instructions, by encoding (DDI0487 J.a). */
#define GPCCR_EL3 S3_6_C2_C1_6
#define GPTBR_EL3 S3_6_C2_C1_4
#define MFAR_EL3  S3_6_C6_C0_5

#define ID_AA64MMFR3_EL1 S3_0_C0_C7_3
#define ID_AA64MMFR4_EL1 S3_0_C0_C7_4

#endif
