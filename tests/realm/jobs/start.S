/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of every vCPU, and vectors: IRQs and synchronous exceptions go to C. The MMU stays off. */
#include <regs.h>
	.section .text.start, "ax"
	.global start
start:
	mrs	x1, mpidr_el1
	and	x1, x1, #0xf
	adrp	x2, stacks
	add	x2, x2, :lo12:stacks
	add	x3, x1, #1
	add	x2, x2, x3, lsl #12
	mov	sp, x2
	adrp	x2, vectors
	add	x2, x2, :lo12:vectors
	msr	vbar_el1, x2
	isb
	bl	payload_main
1:	wfi
	b	1b

.macro vector handler
	.balign	0x80
	sub	sp, sp, #192
	store_x	0, 17, sp
	stp	x18, x29, [sp, #144]
	str	x30, [sp, #160]
	bl	\handler
	b	leave
.endm

	.balign	2048
vectors:
	.rept	4
	vector	payload_sync
	.endr
	vector	payload_sync
	vector	payload_irq
	.rept	10
	vector	payload_sync
	.endr

leave:
	load_x	0, 17, sp
	ldp	x18, x29, [sp, #144]
	ldr	x30, [sp, #160]
	add	sp, sp, #192
	eret

	.section .bss.stacks, "aw", %nobits
	.balign	4096
	.global stacks
stacks:
	.space	16 << 12
