/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors of EL3. Only synchronous exceptions from lower levels are expected: SCR_EL3
 * leaves IRQ, FIQ and SError to them. Everything else is a fault of the monitor.
 */
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

/* The stack pointer may be the fault: a frame of its own, for the one CPU that gets here first. */
fatal_exception:
	adrp	x29, panic_frame
	add	x29, x29, #:lo12:panic_frame
	stp	x0, x1, [x29]
	stp	x2, x3, [x29, #8 * 2]
	stp	x4, x5, [x29, #8 * 4]
	stp	x6, x7, [x29, #8 * 6]
	stp	x8, x9, [x29, #8 * 8]
	stp	x10, x11, [x29, #8 * 10]
	stp	x12, x13, [x29, #8 * 12]
	stp	x14, x15, [x29, #8 * 14]
	stp	x16, x17, [x29, #8 * 16]
	stp	x18, x19, [x29, #8 * 18]
	stp	x20, x21, [x29, #8 * 20]
	stp	x22, x23, [x29, #8 * 22]
	stp	x24, x25, [x29, #8 * 24]
	stp	x26, x27, [x29, #8 * 26]
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
