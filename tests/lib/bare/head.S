/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An arm64 Image header, entry of the boot CPU (x0 = device tree) and of CPUs started
 * by PSCI CPU_ON (x0 = context id = CPU number), all at NS-EL2 with the MMU off.
 */
#include "tests/lib/bare/asm.h"

	.section .head, "ax"
	b	boot
	.long	0
	.quad	0				/* text_offset */
	.quad	image_end			/* image_size (the image is linked at 0) */
	.quad	0xa				/* little-endian, 4 KiB pages, placed anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

boot:
	apply_relocations
	mov	x1, xzr
	set_stack x1, x9
	bl	main_boot
1:	wfi
	b	1b

	.global head_secondary
head_secondary:
	set_stack x0, x9
	mrs	x1, CurrentEL
	mrs	x2, sctlr_el2
	mrs	x3, daif
	bl	main_secondary
2:	wfi
	b	2b

	.section .stacks, "aw", %nobits
	.space	PAYLOAD_STACK_SIZE * PAYLOAD_MAX_CPUS
