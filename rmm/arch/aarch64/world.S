/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Vectors of the RMM, and the way into a Realm and out of it. Register numbers of struct rec_regs
 * are asserted in run.c.
 *
 * While a Realm runs, SP_EL2 points to realm_run's frame: regs, context, then the caller's
 * registers. They are moved once for a run; between two exits C code keeps nothing in registers.
 */
#include <regs.h>
#include "rmm/arch/aarch64/cpu.h"
#include "rmm/arch/aarch64/world.h"

	.arch	armv8.5-a

#define FRAME_REGS 0 /* and context behind it */
#define FRAME_X19  16
#define FRAME_SIZE 112

#define ESR_EC_SHIFT	 26
#define EC_DABT_CURRENT	 0x25
#define FSC_MASK	 0x3f
#define FSC_EXTERNAL	 0x10
#define FSC_GPF_FIRST	 0x23 /* on a walk; 0x28 on the access itself */
#define FSC_GPF_LAST	 0x28

.macro adr_l dst, sym
	adrp	\dst, \sym
	add	\dst, \dst, :lo12:\sym
.endm

.macro func name
	.section .text.\name, "ax"
	.global \name
	.type \name, %function
	.balign 16
\name:
.endm

/* void realm_run(struct rec_regs *regs, void *context) */
func realm_run
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #FRAME_REGS]
	store_x	19, 30, sp, FRAME_X19

/* x0 = regs */
realm_enter:
	ldp	x1, x2, [x0, #REGS_PC]
	msr	elr_el2, x1
	msr	spsr_el2, x2
	ldr	x30, [x0, #8 * 30]
	load_x	0, 29, x0
	eret
	/* No speculation past it. */
	dsb	nsh
	isb

/* From the vectors: x0 = regs, w2 = enum realm_exit; the Realm's x0, x1 on the stack, x2, x3 saved. */
realm_left:
	store_x	4, 29, x0, 8 * 4
	str	x30, [x0, #8 * 30]
	ldp	x3, x4, [sp], #16
	stp	x3, x4, [x0]
	mrs	x3, elr_el2
	mrs	x4, spsr_el2
	stp	x3, x4, [x0, #REGS_PC]
	mov	w0, w2
	ldr	x1, [sp, #FRAME_REGS + 8]
	msr	dit, #0
	bl	run_left_realm
	mov	w1, w0
	ldr	x0, [sp, #FRAME_REGS]
	cbnz	w1, realm_enter
	load_x	19, 30, sp, FRAME_X19
	add	sp, sp, #FRAME_SIZE
	ret

/*
 * bool ns_copy(void *dst, const void *src, size_t n): multiples of 8, n > 0. One side is Non-secure
 * memory; a fault in between ends it with false. No stack, x30 untouched.
 */
func ns_copy
	subs	x3, x2, #64
	b.lo	2f
1:	ldp	x4, x5, [x1], #64
	ldp	x6, x7, [x1, #-48]
	ldp	x8, x9, [x1, #-32]
	ldp	x10, x11, [x1, #-16]
	stp	x4, x5, [x0], #64
	stp	x6, x7, [x0, #-48]
	stp	x8, x9, [x0, #-32]
	stp	x10, x11, [x0, #-16]
	subs	x3, x3, #64
	b.hs	1b
2:	tbz	x3, #5, 3f		/* the low bits of x3 are those of n */
	ldp	x4, x5, [x1], #32
	ldp	x6, x7, [x1, #-16]
	stp	x4, x5, [x0], #32
	stp	x6, x7, [x0, #-16]
3:	tbz	x3, #4, 4f
	ldp	x4, x5, [x1], #16
	stp	x4, x5, [x0], #16
4:	tbz	x3, #3, 5f
	ldr	x4, [x1]
	str	x4, [x0]
5:	mov	w0, #1
	ret
ns_copy_end:

ns_copy_failed:
	mov	w0, #0
	ret

/* void el3_call(struct el3_regs *r) */
func el3_call
	stp	x0, x30, [sp, #-16]!
	mov	x9, x0
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	mov	x4, #0
	mov	x5, #0
	mov	x6, #0
	mov	x7, #0
	smc	#0
	ldp	x9, x30, [sp], #16
	stp	x0, x1, [x9]
	stp	x2, x3, [x9, #16]
	ret

	.macro vector
	.balign	0x80
	.endm

	.macro panic_vector kind
	vector
	stp	x0, x1, [sp, #-16]!
	mov	x0, #\kind
	b	exception_panic
	.endm

	.macro realm_vector kind
	vector
	stp	x0, x1, [sp, #-16]!
	ldr	x0, [sp, #16 + FRAME_REGS]
	stp	x2, x3, [x0, #16]
	mov	w2, #\kind
	b	realm_left
	.endm

	.section .vectors, "ax"
	.balign	2048
	.global	vectors
vectors:
	/* EL2t: a computation of rmm/crypto/coroutine.h. */
	panic_vector 0
	vector
	b	coroutine_interrupted
	vector
	b	coroutine_interrupted
	panic_vector 3
	/* EL2h: the RMM. */
	vector
	b	sync_el2
	panic_vector 5
	panic_vector 6
	panic_vector 7
	/* The Realm, in AArch64 and (EL0) AArch32 state. */
	realm_vector REALM_SYNC
	realm_vector REALM_IRQ
	realm_vector REALM_FIQ
	realm_vector REALM_SERROR
	realm_vector REALM_SYNC
	realm_vector REALM_IRQ
	realm_vector REALM_FIQ
	realm_vector REALM_SERROR

/* Is there a stack at all? Bit RMM_STACK_GUARD of SP is 0 in the guard; no register is free yet. */
func sync_el2
	add	sp, sp, x0
	sub	x0, sp, x0
	tbz	x0, #RMM_STACK_GUARD, stack_overflow
	sub	x0, sp, x0
	sub	sp, sp, x0
	stp	x0, x1, [sp, #-16]!
	mrs	x0, elr_el2
	adr_l	x1, ns_copy
	cmp	x0, x1
	b.lo	1f
	adr_l	x1, ns_copy_end
	cmp	x0, x1
	b.hs	1f
	mrs	x0, esr_el2
	lsr	x1, x0, #ESR_EC_SHIFT
	cmp	x1, #EC_DABT_CURRENT
	b.ne	1f
	and	x0, x0, #FSC_MASK
	cmp	x0, #FSC_EXTERNAL
	b.eq	2f
	cmp	x0, #FSC_GPF_FIRST
	b.lo	1f
	cmp	x0, #FSC_GPF_LAST
	b.hi	1f
2:	adr_l	x1, ns_copy_failed
	msr	elr_el2, x1
	ldp	x0, x1, [sp], #16
	eret
1:	mov	x0, #4
	b	exception_panic

stack_overflow:
	adr_l	x1, panic_stack_end
	mov	sp, x1
	stp	x0, x1, [sp, #-16]!
	mov	x0, #16

/* x0 = vector number; x0, x1 of the moment on the stack. */
exception_panic:
	sub	sp, sp, #256
	store_x	2, 29, sp, 16
	str	x30, [sp, #240]
	ldp	x2, x3, [sp, #256]
	stp	x2, x3, [sp]
	mov	x1, sp
	bl	panic_exception

	.section .noinit.panic_stack, "aw", %nobits
	.balign	16
	.space	4096
panic_stack_end:
