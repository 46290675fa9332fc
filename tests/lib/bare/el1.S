/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uint64_t el1_call(function, argument, stack): runs function(argument) at EL1 on the given stack.
 * The EL1 translation regime is already set up (el1.c). Comes back by HVC (vectors.S).
 */
#include <regs.h>
#include "tests/lib/bare/asm.h"

func el1_call
	stp	x29, x30, [sp, #-112]!
	store_x	18, 27, sp, 16
	str	x28, [sp, #96]
	msr	elr_el2, x0
	mov	x0, x1
	msr	sp_el1, x2
	mov	x3, #0x3c5			/* EL1h, all masked */
	msr	spsr_el2, x3
	adr	x30, 1f
	eret
1:	hvc	#0

	.global el1_returned
el1_returned:
	load_x	18, 27, sp, 16
	ldr	x28, [sp, #96]
	ldp	x29, x30, [sp], #112
	ret
