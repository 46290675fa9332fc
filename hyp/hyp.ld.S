/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Position-independent flat image, linked at 0. The file ends with .data. Code, read-only data and
 * the rest each begin on a page, because their permissions differ.
 */
#include "hyp/hyp.h"

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
	.stacks (NOLOAD) : ALIGN(4096) {
		stacks_start = .;
		KEEP(*(.stacks))
		. = ALIGN(4096);
	}
	image_end = .;
	ASSERT(image_end <= HYP_IMAGE_MAX / 2, "the device tree goes into the upper half")
	/DISCARD/ : {
		*(.dynamic .dynsym .dynstr .hash .gnu.hash .interp .note* .comment .eh_frame*)
	}
}
