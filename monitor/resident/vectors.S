/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors of EL3. Only synchronous exceptions from lower levels are expected: SCR_EL3
 * leaves IRQ, FIQ and SError to them. Everything else is a fault of the monitor.
 */
#include <regs.h>
#include "monitor/resident/cpu.h"

	.macro fatal kind
	.balign	0x80
	stp	x29, x30, [sp, #CPU_SCRATCH]
	mov	x30, #\kind
	b	fatal_exception
	.endm

	.text
	.balign	0x800
	.global	vectors
vectors:
	.irp	kind, 0, 1, 2, 3, 4, 5, 6, 7
	fatal	\kind
	.endr
	.balign	0x80
	b	lower_sync
	.irp	kind, 9, 10, 11
	fatal	\kind
	.endr
	.balign	0x80
	b	lower_sync
	.irp	kind, 13, 14, 15
	fatal	\kind
	.endr

/* The stack pointer may be the fault, so the first CPU that gets here uses a stack set aside. */
fatal_exception:
	adrp	x29, panic_frame
	add	x29, x29, #:lo12:panic_frame
	store_x	0, 27, x29
	str	x28, [x29, #8 * 28]
	mov	x0, x30
	adrp	x1, panic_stack_top
	add	x1, x1, #:lo12:panic_stack_top
	mov	x2, sp
	mov	sp, x1
	mov	x1, x29
	b	panic_exception

	.section .bss.panic_stack, "aw", %nobits
	.balign	16
	.skip	1024
panic_stack_top:
