/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Switching to a computation at EL2t and back; the contract is in coroutine.h. Called by
 * coroutine_arm64.c and from the vectors only.
 *
 * While a computation runs, SP_EL2 points to this frame, which is how an interrupt finds the
 * computation without any per-CPU data:
 */
#include <regs.h>
#include "rmm/crypto/coroutine.h"

#define FRAME_CO     0 /* struct coroutine */
#define FRAME_SP_EL0 8 /* the caller's */
#define FRAME_DAIF   16
#define FRAME_X19    32 /* to x30 */
#define FRAME_SIZE   128

#define DAIF_ALL 0xf

/* What a computation leaves in the V registers is secret. */
.macro zero_v regs:vararg
	.irp	reg, \regs
	movi	\reg, #0
	.endr
.endm

/* Returns \result from coroutine_switch(); SP is SP_EL2, at the frame. */
.macro return_to_caller result
	zero_v	v0.2d, v1.2d, v2.2d, v3.2d, v4.2d, v5.2d, v6.2d, v7.2d, v8.2d, v9.2d, v10.2d, v11.2d, v12.2d, v13.2d, v14.2d, v15.2d
	zero_v	v16.2d, v17.2d, v18.2d, v19.2d, v20.2d, v21.2d, v22.2d, v23.2d, v24.2d, v25.2d, v26.2d, v27.2d, v28.2d, v29.2d, v30.2d, v31.2d
	ldp	x1, x2, [sp, #FRAME_SP_EL0]
	msr	sp_el0, x1
	load_x	19, 30, sp, FRAME_X19
	add	sp, sp, #FRAME_SIZE
	mov	w0, #\result
	msr	daif, x2
	ret
.endm

/*
 * bool coroutine_switch(struct coroutine *co)
 * Everything of the computation comes from co; interrupts are let in by the ERET.
 */
	.section .text.coroutine_switch, "ax"
	.arch_extension fp
	.arch_extension simd
	.global	coroutine_switch
	.type	coroutine_switch, %function
	.balign	16
coroutine_switch:
	mrs	x1, sp_el0
	mrs	x2, daif
	msr	daifset, #DAIF_ALL
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #FRAME_CO]
	str	x2, [sp, #FRAME_DAIF]
	store_x	19, 30, sp, FRAME_X19

	ldp	x1, x2, [x0, #COROUTINE_SP]
	ldp	x3, x4, [x0, #COROUTINE_PSTATE]
	ldr	x5, [x0, #COROUTINE_FPSR]
	msr	sp_el0, x1
	msr	elr_el2, x2
	msr	spsr_el2, x3
	msr	fpcr, x4
	msr	fpsr, x5
	add	x1, x0, #COROUTINE_V
	ld1	{v0.2d-v3.2d}, [x1], #64
	ld1	{v4.2d-v7.2d}, [x1], #64
	ld1	{v8.2d-v11.2d}, [x1], #64
	ld1	{v12.2d-v15.2d}, [x1], #64
	ld1	{v16.2d-v19.2d}, [x1], #64
	ld1	{v20.2d-v23.2d}, [x1], #64
	ld1	{v24.2d-v27.2d}, [x1], #64
	ld1	{v28.2d-v31.2d}, [x1]
	ldr	x30, [x0, #COROUTINE_X + 240]
	load_x	0, 29, x0, COROUTINE_X
	eret
	.size	coroutine_switch, . - coroutine_switch

/* From the vectors: an IRQ or FIQ came while a computation ran. */
	.section .text.coroutine_interrupted, "ax"
	.global	coroutine_interrupted
	.type	coroutine_interrupted, %function
	.balign	16
coroutine_interrupted:
	stp	x0, x1, [sp, #-16]!
	ldr	x0, [sp, #16 + FRAME_CO]
	store_x	2, 29, x0, COROUTINE_X + 16
	str	x30, [x0, #COROUTINE_X + 240]
	ldp	x1, x2, [sp], #16
	stp	x1, x2, [x0, #COROUTINE_X]
	mrs	x1, sp_el0
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	mrs	x4, fpcr
	mrs	x5, fpsr
	stp	x1, x2, [x0, #COROUTINE_SP]
	stp	x3, x4, [x0, #COROUTINE_PSTATE]
	str	x5, [x0, #COROUTINE_FPSR]
	add	x1, x0, #COROUTINE_V
	st1	{v0.2d-v3.2d}, [x1], #64
	st1	{v4.2d-v7.2d}, [x1], #64
	st1	{v8.2d-v11.2d}, [x1], #64
	st1	{v12.2d-v15.2d}, [x1], #64
	st1	{v16.2d-v19.2d}, [x1], #64
	st1	{v20.2d-v23.2d}, [x1], #64
	st1	{v24.2d-v27.2d}, [x1], #64
	st1	{v28.2d-v31.2d}, [x1]
	return_to_caller 0
	.size	coroutine_interrupted, . - coroutine_interrupted

/* Where a computation starts: x19 = fn, x0 = arg. When fn returns, so does coroutine_switch(). */
	.section .text.coroutine_start, "ax"
	.global	coroutine_start
	.type	coroutine_start, %function
	.balign	16
coroutine_start:
	blr	x19
	msr	daifset, #DAIF_ALL
	msr	spsel, #1
	return_to_caller 1
	.size	coroutine_start, . - coroutine_start
