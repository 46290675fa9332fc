/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of the EL2 stub: installation on a CPU, vectors, the way to the calls (calls.c) and back, and
 * the way out of EL2.
 *
 * The code runs from any page: addresses are relative to the code. TPIDR_EL2 holds the CPU's struct hyp_cpu,
 * SP_EL2 is at the top of the page it begins, whenever EL1 runs. EL3 keeps both through a REC.
 */
#include "host/hyp/hyp.h"

#define ESR_EC_SHIFT  26
#define ESR_EC_HVC64  0x16
#define ESR_IL	      (1 << 25)
#define HCR_E2H_BIT   34
#define SCTLR_M_BIT   0
#define SPSR_MODE_BIT 2 /* set: from EL1 */
#define SPSR_A32_BIT  4
#define SPSR_NZCV     0xf0000000
#define SPSR_PAN      (1 << 22)
#define SPSR_EL1H     0x3c5	 /* DAIF masked */
#define ICH_HCR_EL2   S3_4_C12_C11_0
#define ICH_VTR_EL2   S3_4_C12_C11_1

	.arch armv8.5-a

	/* No straight-line speculation past the exception return. */
	.macro to_el1
	eret
	dsb	nsh
	isb
	.endm

	.macro flush_own_tlb
	tlbi	alle2
	dsb	nsh
	isb
	.endm

	/* What the caller had in the registers that C code may change, X0 apart. */
	.macro load_caller
	ldp	x29, x30, [sp, #HYP_FRAME_X19 + 80]
	ldr	x1, [sp, #8]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #HYP_FRAME_X16]
	.endm

	.section .text.head, "ax"

/*
 * By the hyp-stub's SOFT_RESTART, which leaves ELR_EL2 and SPSR_EL2 as HVC set them: X0 = the CPU's
 * struct hyp_cpu. MMU and caches are off; the first page, the tables and the struct are clean to
 * memory. Returns to EL1 with HYP_SUCCESS, or with HYP_REFUSED and nothing changed.
 */
	.global	hyp_install
hyp_install:
	mrs	x1, hcr_el2
	tbnz	x1, #HCR_E2H_BIT, 1f
	mrs	x2, sctlr_el2
	tbnz	x2, #SCTLR_M_BIT, 1f
	mrs	x1, vbar_el2
	ldp	x3, x4, [x0, #HYP_CPU_TTBR0]
	msr	ttbr0_el2, x3
	msr	tcr_el2, x4
	ldp	x3, x4, [x0, #HYP_CPU_MAIR]
	msr	mair_el2, x3
	ic	iallu
	flush_own_tlb
	msr	sctlr_el2, x4
	isb
	stp	x1, x2, [x0, #HYP_CPU_OLD_VBAR]
	mrs	x3, ICH_VTR_EL2
	str	x3, [x0, #HYP_CPU_VTR]
	msr	tpidr_el2, x0
	add	sp, x0, #HYP_PAGE
	adr	x3, hyp_vectors
	msr	vbar_el2, x3
	mov	x0, #HYP_SUCCESS
	to_el1
1:	mov	x0, #HYP_REFUSED
	to_el1

	/* HCR_EL2 routes no interrupt here, and the stub masks its own. */
	.macro vector target=impossible
	.balign 128
	b	\target
	.endm

	.text
	.balign 2048
hyp_vectors:
	vector
	vector
	vector
	vector
	vector	own_fault
	vector
	vector
	vector
	vector	lower_sync
	vector
	vector
	vector
	vector	not_a_call
	vector
	vector
	vector

impossible:
	wfe
	b	impossible

/* HVC from EL1, or what HCR_EL2, HSTR_EL2 and the like trap. */
lower_sync:
	sub	sp, sp, #HYP_FRAME_SIZE
	stp	x16, x17, [sp, #HYP_FRAME_X16]
	mrs	x16, esr_el2
	lsr	x16, x16, #ESR_EC_SHIFT
	cmp	x16, #ESR_EC_HVC64
	b.ne	trapped
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	mrs	x16, elr_el2
	mrs	x17, spsr_el2
	stp	x16, x17, [sp, #HYP_FRAME_ELR]
	stp	x19, x20, [sp, #HYP_FRAME_X19]
	stp	x21, x22, [sp, #HYP_FRAME_X19 + 16]
	stp	x23, x24, [sp, #HYP_FRAME_X19 + 32]
	stp	x25, x26, [sp, #HYP_FRAME_X19 + 48]
	stp	x27, x28, [sp, #HYP_FRAME_X19 + 64]
	stp	x29, x30, [sp, #HYP_FRAME_X19 + 80]
	mrs	x0, tpidr_el2
	mov	x1, sp
	bl	hyp_call
	/* The C code keeps X19 to X28, and EL3 keeps ELR_EL2 and SPSR_EL2 over a REC. */
	cbnz	w0, 1f
	ldp	x29, x30, [sp, #HYP_FRAME_X19 + 80]
	ldr	x0, [sp]
	add	sp, sp, #HYP_FRAME_SIZE
	to_el1
1:	cmp	w0, #HYP_RETURN
	b.ne	leave_el2
	load_caller
	ldr	x0, [sp]
	add	sp, sp, #HYP_FRAME_SIZE
	to_el1

/*
 * W0 = HYP_LEAVE or HYP_RESTART; VBAR_EL2 is no longer the stub's. Memory is not touched any more once
 * the MMU is off, because what lies in the caches would not be seen.
 */
leave_el2:
	cmp	w0, #HYP_RESTART
	load_caller
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #HYP_CPU_OLD_VBAR + 8]
	add	sp, sp, #HYP_FRAME_SIZE
	msr	sctlr_el2, x0
	isb
	flush_own_tlb
	b.eq	restart
	mov	x0, xzr
	to_el1
restart:
	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

/*
 * The stub met a fault, which EL1 can bring about: by giving the shared page to another world. The
 * call ends with an error, EL2 lives. Only HYP_ENTER touches anything but the private page.
 */
own_fault:
	mrs	x0, tpidr_el2
	add	x0, x0, #HYP_PAGE - HYP_FRAME_SIZE
	mov	sp, x0
	msr	ICH_HCR_EL2, xzr
	msr	cnthp_ctl_el2, xzr
	ldp	x16, x17, [sp, #HYP_FRAME_ELR]
	msr	elr_el2, x16
	msr	spsr_el2, x17
	ldp	x19, x20, [sp, #HYP_FRAME_X19]
	ldp	x21, x22, [sp, #HYP_FRAME_X19 + 16]
	ldp	x23, x24, [sp, #HYP_FRAME_X19 + 32]
	ldp	x25, x26, [sp, #HYP_FRAME_X19 + 48]
	ldp	x27, x28, [sp, #HYP_FRAME_X19 + 64]
	load_caller
	add	sp, sp, #HYP_FRAME_SIZE
	mov	x0, #HYP_FAULT
	to_el1

/* Not a call: UNDEFINED to EL1, as if EL2 had not trapped it. */
not_a_call:
	sub	sp, sp, #HYP_FRAME_SIZE
	stp	x16, x17, [sp, #HYP_FRAME_X16]
trapped:
	mrs	x16, elr_el2
	msr	elr_el1, x16
	mrs	x16, spsr_el2
	msr	spsr_el1, x16
	mov	x17, #ESR_IL
	msr	esr_el1, x17
	mov	x17, #0x600
	tbnz	x16, #SPSR_A32_BIT, 1f
	mov	x17, #0x400
	tbz	x16, #SPSR_MODE_BIT, 1f
	ubfiz	x17, x16, #9, #1 /* from EL1t: 0, from EL1h: 0x200 */
1:	and	x16, x16, #SPSR_NZCV
	orr	x16, x16, #SPSR_PAN
	movk	x16, #SPSR_EL1H
	msr	spsr_el2, x16
	mrs	x16, vbar_el1
	add	x16, x16, x17
	msr	elr_el2, x16
	ldp	x16, x17, [sp, #HYP_FRAME_X16]
	add	sp, sp, #HYP_FRAME_SIZE
	to_el1
