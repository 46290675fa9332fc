/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The head of an arm64 Image (Linux, Documentation/arch/arm64/booting.rst), and the ways into hyp:
 * from the loader, from the copy at the top of memory, and from PSCI CPU_ON. Until the MMU is on,
 * memory is only read that has been cleaned before, and memory is only written whose lines were
 * cleaned and are cleaned again.
 */
#include "hyp/hyp.h"

	.arch	armv8.5-a

#define R_AARCH64_RELATIVE 1027
#define CURRENT_EL2	   8
#define CTR_DMINLINE_SHIFT 16

.macro adr_l dst, sym
	adrp	\dst, \sym
	add	\dst, \dst, :lo12:\sym
.endm

	.section .head, "ax"
	b	start
	.long	0
	.quad	0 /* text_offset */
	.quad	0 /* image_size: boot/pack-hyp writes hyp's and the kernel's */
	.quad	0xa /* little endian, 4K pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

start:
	mrs	x9, CurrentEL
	cmp	x9, #CURRENT_EL2
	b.ne	kernel
	msr	daifset, #0xf
	mov	x20, x0
	bl	clean_image
	adr_l	x0, image_start
	bl	relocate
	bl	zero_bss
	adr_l	x9, stacks_start + HYP_STACK_SIZE
	mov	sp, x9
	mov	x0, x20
	bl	boot_early
	bl	clean_image
	bl	mmu_on
	mov	x0, x20
	bl	boot_main
	b	.

/* Started at EL1 there is nothing to be had here: the kernel runs as if hyp were not there. */
kernel:
	adr_l	x9, image_start
	add	x9, x9, #HYP_IMAGE_MAX
	br	x9

/* void boot_jump(struct hyp_boot *boot, image): goes on in the copy, on its stack. */
	.text
	.global	boot_jump
boot_jump:
	adr_l	x9, image_start
	adr_l	x10, copy_start
	sub	x10, x10, x9
	add	x10, x10, x1
	br	x10
copy_start:
	adr_l	x9, stacks_start + HYP_STACK_SIZE
	mov	sp, x9
	bl	hyp_main
	b	.

/* PSCI starts a CPU here, X0 = its struct hyp_cpu. */
	.global	cpu_start
cpu_start:
	msr	daifset, #0xf
	mov	x20, x0
	bl	mmu_on
	ldr	x9, [x20, #HYP_CPU_STACK]
	mov	sp, x9
	mov	x0, x20
	bl	hyp_cpu_main
	b	.

/* EL2 with VHE's registers (E2H), the tables of mmu.c. Clobbers x9, x10. */
	.global	mmu_on
mmu_on:
	adr_l	x9, mmu_regs
	ldr	x10, [x9, #MMU_HCR]
	msr	hcr_el2, x10
	isb
	ldr	x10, [x9, #MMU_MAIR]
	msr	mair_el2, x10
	ldr	x10, [x9, #MMU_TCR]
	msr	tcr_el2, x10
	ldr	x10, [x9, #MMU_TTBR0]
	msr	ttbr0_el2, x10
	adr_l	x10, vectors
	msr	vbar_el2, x10
	ldr	x10, [x9, #MMU_SCTLR]
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x10
	isb
	ret

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

/* void relocate(base): applies the relative relocations of the image at base for that address. */
	.global	relocate
relocate:
	adr_l	x10, rela_start
	adr_l	x11, rela_end
1:	cmp	x10, x11
	b.hs	2f
	ldp	x12, x13, [x10], #16
	ldr	x14, [x10], #8
	cmp	w13, #R_AARCH64_RELATIVE
	b.ne	1b
	add	x14, x14, x0
	str	x14, [x0, x12]
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
	.balign	16
	.space	HYP_MAX_CPUS * HYP_STACK_SIZE
