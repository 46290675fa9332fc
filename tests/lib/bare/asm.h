/* SPDX-License-Identifier: BSD-3-Clause */
/* Assembler macros and the layout of a CPU's stack, shared by the payloads' .S and .c files. */
#ifndef BARE_ASM_H
#define BARE_ASM_H

#define PAYLOAD_MAX_CPUS 32

/*
 * One stack per CPU, aligned to its size; struct percpu lies at its low end. This finds the CPU's
 * data without TPIDR_EL2, which the world-switch tests overwrite.
 */
#define PAYLOAD_STACK_SIZE 0x2000

#ifdef __ASSEMBLER__

.macro func name
	.section .text.\name, "ax"
	.global \name
	.type \name, %function
	.balign 4
\name:
.endm

/* dst = address of sym, relative to the program counter. */
.macro adr_l dst, sym
	adrp	\dst, \sym
	add	\dst, \dst, :lo12:\sym
.endm

/* sp = top of the stack of CPU \index; clobbers \tmp. \index < PAYLOAD_MAX_CPUS. */
.macro set_stack index, tmp
	adr_l	\tmp, stacks + PAYLOAD_STACK_SIZE
	add	\tmp, \tmp, \index, lsl #13
	mov	sp, \tmp
.endm

/*
 * Applies the image's relative relocations for the address it was loaded at. The image is linked
 * at 0. Clobbers x9-x14 only.
 */
.macro apply_relocations
	adr_l	x9, image_start
	adr_l	x10, rela_start
	adr_l	x11, rela_end
1:	cmp	x10, x11
	b.hs	2f
	ldp	x12, x13, [x10], #16
	ldr	x14, [x10], #8
	cmp	w13, #1027			/* R_AARCH64_RELATIVE */
	b.ne	1b
	add	x14, x14, x9
	str	x14, [x9, x12]
	b	1b
2:	dsb	sy
	isb
.endm

#endif
#endif
