/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry points of the resident stage: a CPU woken from the hold loop (MMU off or on), and the boot
 * stage. The first two instructions of the image are the two entries.
 */
#include "monitor/include/el3.h"
#include "monitor/include/handoff.h"
#include "monitor/include/hold.inc"
#include "monitor/resident/cpu.h"

	.section .text.entry, "ax"
	b	warm_entry
	b	cold_entry
	/* struct resident_header, handoff.h */
	.quad	handoff
	.quad	__data_start
	.quad	__bss_start
	.quad	__bss_end

/* Runs without a stack until the CPU's own is known. The tables were cleaned to memory. */
warm_entry:
	adrp	x10, handoff
	add	x10, x10, #:lo12:handoff
	ldr	x0, [x10, #HANDOFF_MAIR]
	msr	mair_el3, x0
	ldr	x0, [x10, #HANDOFF_TCR]
	msr	tcr_el3, x0
	ldr	x0, [x10, #HANDOFF_TTBR]
	msr	ttbr0_el3, x0
	adrp	x0, vectors
	add	x0, x0, #:lo12:vectors
	msr	vbar_el3, x0
	isb
	tlbi	alle3
	dsb	sy
	isb
	ldr	x0, =SCTLR_EL3_ON
	msr	sctlr_el3, x0
	isb
	bl	find_cpu
	mov	sp, x0
	b	cpu_warm_main

/* The number of this CPU in the order of the device tree; x10 = handoff. Returns its area in x0. */
find_cpu:
	mrs	x0, mpidr_el1
	ldr	x1, =0xff00ffffff
	and	x0, x0, x1
	mov	x1, #0
	add	x2, x10, #HANDOFF_MPIDR
1:	ldr	x3, [x2], #8
	cmp	x3, x0
	b.eq	2f
	add	x1, x1, #1
	b	1b
2:	ldr	x0, =PERCPU_BASE + PERCPU_SIZE - PERCPU_CPU_SIZE
	mov	x2, #PERCPU_SIZE
	madd	x0, x1, x2, x0
	ret

/* From the boot stage on the first CPU: MMU on, image and handoff in place. */
cold_entry:
	adrp	x10, handoff
	add	x10, x10, #:lo12:handoff
	bl	find_cpu
	mov	sp, x0
	adrp	x0, vectors
	add	x0, x0, #:lo12:vectors
	msr	vbar_el3, x0
	isb
	mov	x0, sp
	b	resident_main

	.text
	.global	cpu_hold
cpu_hold:
	hold_until_woken
	b	warm_entry

/*
 * int call_on_stack(int (*fn)(void *), void *arg, uint64_t stack_top): runs the boot stage's
 * signer, which needs more stack than a CPU's page has.
 */
	.global	call_on_stack
call_on_stack:
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x29, sp
	mov	x19, sp
	mov	x3, x0
	mov	x0, x1
	mov	sp, x2
	blr	x3
	mov	sp, x19
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
