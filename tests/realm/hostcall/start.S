/* SPDX-License-Identifier: BSD-3-Clause */
/* Head of an arm64 Image and entry of the first vCPU. MMU and caches stay off. */
	.arch	armv8.5-a
	.section .text.start, "ax"
	.global	start
start:
	b	entry
	.word	0
	.quad	0		/* text offset */
	.quad	image_size
	.quad	2		/* little-endian, 4K pages */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0
entry:
	adr	x0, stack_end
	mov	sp, x0
	bl	guest_main
1:	wfi
	b	1b
