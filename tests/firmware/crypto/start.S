/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Start of the crypto payload at EL2 and its vectors. Interrupts are only taken while a coroutine
 * runs (coroutine.h): everything else is a failed test.
 */
	.section .text.start, "ax"
	.global	start
start:
	adrp	x0, stack_top
	add	x0, x0, :lo12:stack_top
	msr	spsel, #1
	mov	sp, x0
	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
	adrp	x1, bss_end
	add	x1, x1, :lo12:bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b
2:	adrp	x0, vectors
	add	x0, x0, :lo12:vectors
	msr	vbar_el2, x0
	mov	x0, #0x33ff		/* no FP or SIMD traps */
	msr	cptr_el2, x0
	mov	x0, #(1 << 31)		/* RW */
	orr	x0, x0, #(3 << 3)	/* IMO, FMO */
	msr	hcr_el2, x0
	isb
	bl	mmu_on
	bl	payload_main
3:	wfi
	b	3b

.macro vector target, number
	.balign	0x80
	mov	x9, #\number
	b	\target
.endm

	.section .text.vectors, "ax"
	.balign	0x800
vectors:
	vector	unexpected, 0
	.balign	0x80
	b	coroutine_interrupted
	.balign	0x80
	b	coroutine_interrupted
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	unexpected, \n
	.endr

unexpected:
	msr	spsel, #1
	mov	x0, x9
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	bl	payload_fault

/* void payload_read_v(uint64_t v[64]): V0-V31. */
	.section .text.payload_read_v, "ax"
	.arch_extension simd
	.global	payload_read_v
payload_read_v:
	st1	{v0.2d-v3.2d}, [x0], #64
	st1	{v4.2d-v7.2d}, [x0], #64
	st1	{v8.2d-v11.2d}, [x0], #64
	st1	{v12.2d-v15.2d}, [x0], #64
	st1	{v16.2d-v19.2d}, [x0], #64
	st1	{v20.2d-v23.2d}, [x0], #64
	st1	{v24.2d-v27.2d}, [x0], #64
	st1	{v28.2d-v31.2d}, [x0]
	ret

	.section .bss.stack, "aw", %nobits
	.balign	4096
	.skip	65536
stack_top:
