/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of a CPU by the RMM-EL3 boot protocol, cold and warm, and the loop that serves the host.
 * docs/spec/rmm-el3.md section 2. Until the MMU is on, memory that other CPUs use through their caches
 * is only read, and only what the first CPU has cleaned.
 */
#include "abi/rmm_el3.h"
#include <regs.h>
#include "rmm/arch/aarch64/cpu.h"

	.arch	armv8.5-a

#define MAX_CPUS	     64 /* RMM_MAX_CPUS, asserted in boot.c */
#define R_AARCH64_RELATIVE   1027
#define CTR_DMINLINE_SHIFT   16
#define RMI_REGS_SIZE	     64

.macro adr_l dst, sym
	adrp	\dst, \sym
	add	\dst, \dst, :lo12:\sym
.endm

.macro load_fid dst, fid
	movz	\dst, #((\fid) >> 16), lsl #16
	movk	\dst, #((\fid) & 0xffff)
.endm

/* sp = top of the stack of CPU \index; clobbers \tmp. */
.macro set_stack index, tmp
	adr_l	\tmp, stacks_start + (1 << RMM_STACK_SHIFT)
	add	\tmp, \tmp, \index, lsl #RMM_STACK_SHIFT
	mov	sp, \tmp
.endm

	.section .head, "ax"
	.global	rmm_start
rmm_start:
	msr	daifset, #0xf
	mov	x20, x0
	mov	x21, x1
	mov	x22, x2
	mov	x23, x3
	mov	x24, x4
	mov	x0, #RMM_BOOT_CPU_ID_OUT_OF_RANGE
	cmp	x20, #MAX_CPUS
	b.hs	boot_complete
	adr_l	x9, boot_cold_done
	ldr	w25, [x9]
	cbnz	w25, mmu_on

	/* Nothing of the image may be written back from a cache later, over what is written now. */
	bl	clean_image
	bl	relocate
	bl	zero_bss
	set_stack x20, x9
	stp	x20, x21, [sp, #-32]!
	stp	x22, x23, [sp, #16]
	mov	x0, sp
	bl	boot_cold_early
	cbnz	x0, boot_complete
	/* Nor may a line be found there that was fetched before. */
	bl	clean_image

mmu_on:
	adr_l	x9, boot_regs
	ldr	x10, [x9, #BOOT_HCR]
	msr	hcr_el2, x10
	isb
	ldr	x10, [x9, #BOOT_MAIR]
	msr	mair_el2, x10
	ldr	x10, [x9, #BOOT_TCR]
	msr	tcr_el2, x10
	ldr	x10, [x9, #BOOT_TTBR0]
	msr	ttbr0_el2, x10
	adr_l	x10, vectors
	msr	vbar_el2, x10
	ldr	x10, [x9, #BOOT_SCTLR]
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x10
	isb
	set_stack x20, x9
	mov	x0, x20
	mov	w1, w25
	bl	boot_cpu

/* x0 = code. The token is of no use: a CPU's data is found by its index. */
boot_complete:
	mov	x1, x0
	mov	x2, #0
	load_fid w0, RMM_EL3_BOOT_COMPLETE
	sub	sp, sp, #RMI_REGS_SIZE

/* EL3 returns here with X0-X7 of the host's next RMI call, and nothing else but SP_EL2. */
serve:
	smc	#0
	store_x	0, 7, sp
	mov	x0, sp
	bl	main_serve
	load_x	1, 8, sp
	load_fid w0, RMM_EL3_RMI_REQ_COMPLETE
	b	serve

/* Cleans and invalidates the lines of all the image's memory. Clobbers x9-x12. */
clean_image:
	mrs	x9, ctr_el0
	ubfx	x9, x9, #CTR_DMINLINE_SHIFT, #4
	mov	x10, #4
	lsl	x9, x10, x9
	adr_l	x10, image_start
	adr_l	x11, image_end
	dsb	sy
1:	dc	civac, x10
	add	x10, x10, x9
	cmp	x10, x11
	b.lo	1b
	dsb	sy
	ret

/* Applies the relative relocations for the address the image was loaded at. Clobbers x9-x14. */
relocate:
	adr_l	x9, image_start
	adr_l	x10, rela_start
	adr_l	x11, rela_end
1:	cmp	x10, x11
	b.hs	2f
	ldp	x12, x13, [x10], #16
	ldr	x14, [x10], #8
	cmp	w13, #R_AARCH64_RELATIVE
	b.ne	1b
	add	x14, x14, x9
	str	x14, [x9, x12]
	b	1b
2:	ret

zero_bss:
	adr_l	x10, bss_start
	adr_l	x11, bss_end
1:	stp	xzr, xzr, [x10], #16
	cmp	x10, x11
	b.lo	1b
	ret

	.section .stacks, "aw", %nobits
	.balign	1 << RMM_STACK_SHIFT
	.space	MAX_CPUS << RMM_STACK_SHIFT
