/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Position-independent flat image, linked at 0. What is in the file ends with .data; .bss is zeroed
 * by the start-up code, .noinit by whoever uses it. Each part with permissions of its own starts on
 * a page.
 */
#include "rmm/arch/aarch64/cpu.h"

ENTRY(image_start)
SECTIONS
{
	. = 0;
	.text : {
		image_start = .;
		KEEP(*(.head))
		*(.text .text.*)
		. = ALIGN(2048);
		KEEP(*(.vectors))
	}
	/* What relocation fills is read-only, too, once the MMU is on. */
	.rodata : ALIGN(4096) {
		rodata_start = .;
		*(.rodata .rodata.*)
	}
	.data.rel.ro : ALIGN(8) { *(.data.rel.ro .data.rel.ro.* .got .got.plt) }
	.rela.dyn : ALIGN(8) {
		rela_start = .;
		*(.rela .rela.*)
		rela_end = .;
	}
	.data : ALIGN(4096) {
		data_start = .;
		*(.data .data.*)
		. = ALIGN(4096);
		data_end = .;
	}
	.bss (NOLOAD) : ALIGN(4096) {
		bss_start = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
		bss_end = .;
	}
	.noinit (NOLOAD) : ALIGN(1 << RMM_STACK_SHIFT) {
		stacks_start = .;
		KEEP(*(.stacks))
		stacks_end = .;
		*(.noinit .noinit.*)
		. = ALIGN(4096);
	}
	image_end = .;
	/DISCARD/ : {
		*(.dynamic .dynsym .dynstr .hash .gnu.hash .interp .note* .comment .eh_frame*)
	}
}
