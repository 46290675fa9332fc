/* SPDX-License-Identifier: BSD-3-Clause */
/* The SMC instruction with registers from and to memory. See payload.h. Work at EL1 and EL2. */
#include <regs.h>
#include "tests/lib/bare/asm.h"

/* void smc_call(struct smc_regs *regs) */
func smc_call
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	mov	x30, x0
	load_x	0, 17, x30
	smc	#0
	ldr	x30, [sp, #16]
	store_x	0, 17, x30
	ldp	x29, x30, [sp], #32
	ret

/* void smc_all(struct smc_all *all) */
func smc_all
	stp	x29, x30, [sp, #-112]!
	store_x	18, 27, sp, 16
	stp	x28, x0, [sp, #96]
	mov	x9, sp
	str	x9, [x0, #248]
	ldr	x9, [x0, #264]
	msr	nzcv, x9
	load_x	1, 30, x0, 8
	ldr	x0, [x0]
	smc	#0
	stp	x0, x1, [sp, #-16]!
	ldr	x0, [sp, #120]
	store_x	2, 29, x0, 16
	str	x30, [x0, #240]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	mov	x2, sp
	str	x2, [x0, #256]
	mrs	x2, nzcv
	str	x2, [x0, #264]
	mrs	x2, daif
	str	x2, [x0, #272]
	load_x	18, 27, sp, 16
	ldr	x28, [sp, #96]
	ldp	x29, x30, [sp], #112
	ret
