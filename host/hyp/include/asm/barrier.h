/* SPDX-License-Identifier: BSD-3-Clause */
/* As linux/types.h beside it. */
#ifndef HYP_ASM_BARRIER_H
#define HYP_ASM_BARRIER_H

#define isb()	 asm volatile("isb" ::: "memory")
#define dsb(opt) asm volatile("dsb " #opt ::: "memory")

#endif
