/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2's vectors, the way into the host at EL1, and calls of the firmware. */
#include <regs.h>
#include "hyp/hyp.h"

	.arch	armv8.5-a

#define SPSR_EL1H_MASKED 0x3c5

	.macro own
	.balign	0x80
	b	own_trap
	.endm

	/* Only synchronous exceptions of the host come here: its interrupts are its own. */
	.macro lower
	.balign	0x80
	b	lower_trap
	.endm

	.section .vectors, "ax"
	.balign	2048
	.global	vectors
vectors:
	.rept	8
	own
	.endr
	lower
	.rept	7
	own
	.endr

	.text
lower_trap:
	sub	sp, sp, #HYP_FRAME_SIZE
	store_x	0, 29, sp
	str	x30, [sp, #240]
	mov	x0, sp
	bl	host_trap
	load_x	2, 29, sp, 16
	ldr	x30, [sp, #240]
	ldp	x0, x1, [sp]
	add	sp, sp, #HYP_FRAME_SIZE
	eret
	sb

	/* void host_start(entry, x0) */
	.global	host_start
host_start:
	msr	elr_el2, x0
	mov	x0, x1
	mov	x1, #SPSR_EL1H_MASKED
	msr	spsr_el2, x1
	/* The stack is this CPU's whole one again. */
	mrs	x1, tpidr_el2
	ldr	x1, [x1, #HYP_CPU_STACK]
	mov	sp, x1
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	eret
	sb

	/* void host_smc(uint64_t x[8]) */
	.global	host_smc
host_smc:
	stp	x29, x30, [sp, #-32]!
	stp	x18, x19, [sp, #16]
	mov	x19, x0
	load_x	2, 7, x19, 16
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
	mov	x\n, xzr
	.endr
	ldp	x0, x1, [x19]
	smc	#0
	store_x	0, 7, x19
	ldp	x18, x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
