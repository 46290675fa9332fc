/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reset vector. All CPUs arrive here together at EL3 with the MMU off; CPU 0 boots the machine, the
 * others go to sleep until PSCI CPU_ON wakes them.
 */
#include "monitor/include/el3.h"
#include "monitor/include/handoff.h"
#include "monitor/include/hold.inc"

	.section .text.reset, "ax"
	.global	_start
_start:
	ldr	x0, =SCTLR_EL3_RES1
	msr	sctlr_el3, x0
	isb
	ldr	x1, =boot_vectors
	msr	vbar_el3, x1
	isb
	mrs	x0, mpidr_el1
	ldr	x1, =0xff00ffffff
	tst	x0, x1
	b.eq	primary
	hold_until_woken
	ldr	x0, =RESIDENT_WARM_ENTRY
	br	x0

primary:
	/* .data from flash; .bss and what else the boot stage uses of its memory to zero. */
	ldr	x0, =__data_start
	ldr	x1, =__data_end
	ldr	x2, =__data_load
1:	cmp	x0, x1
	b.hs	2f
	ldp	x3, x4, [x2], #16
	stp	x3, x4, [x0], #16
	b	1b
2:	ldr	x0, =__bss_start
	ldr	x1, =__bss_end
3:	cmp	x0, x1
	b.hs	4f
	stp	xzr, xzr, [x0], #16
	b	3b
4:	ldr	x0, =__stack_top
	mov	sp, x0
	bl	boot_tables
	/* x0 = root table */
	msr	ttbr0_el3, x0
	bl	mmu_mair
	msr	mair_el3, x0
	bl	mmu_tcr
	msr	tcr_el3, x0
	isb
	tlbi	alle3
	dsb	sy
	ic	iallu
	dsb	sy
	isb
	ldr	x0, =SCTLR_EL3_ON
	msr	sctlr_el3, x0
	isb
	bl	boot_main
	/* Not reached. */
	b	.

	.ltorg

	.macro fatal
	.balign	0x80
	b	boot_fault
	.endm

	.balign	0x800
boot_vectors:
	.rept	16
	fatal
	.endr

boot_fault:
	ldr	x0, =__stack_top
	mov	sp, x0
	mrs	x0, esr_el3
	mrs	x1, elr_el3
	mrs	x2, far_el3
	b	boot_exception

	.section .rodata.resident, "a"
	.balign	4096
	.global	resident_image
	.global	resident_image_end
resident_image:
	.incbin	RESIDENT_BIN
resident_image_end:
