/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Accesses that may fault. An exception taken between probe_start and probe_end, or on the fetch
 * made by probe_exec, makes the function return struct probe { ESR, FAR } (vectors.S); without
 * one it returns { 0, value }. Leaf code: x30 must be the caller's at every access.
 */
#include "tests/lib/bare/asm.h"
#include "tests/lib/bare/regs.h"

	.arch	armv8.7-a+sve

	.section .probe, "ax"

.macro probe_func name
	.global \name
	.type \name, %function
\name:
.endm

probe_func probe_read64
	ldr	x1, [x0]
	mov	x0, xzr
	ret

probe_func probe_read32
	ldr	w1, [x0]
	mov	x0, xzr
	ret

probe_func probe_write64
	str	x1, [x0]
	dsb	sy
	mov	x0, xzr
	ret

/* Calls a RET instruction at x0. */
probe_func probe_exec
	stp	x29, x30, [sp, #-16]!
	blr	x0
	.global probe_exec_return
probe_exec_return:
	ldp	x29, x30, [sp], #16
	mov	x0, xzr
	ret

	.global probe_exec_fixup
probe_exec_fixup:
	ldp	x29, x30, [sp], #16
	ret

	.global probe_fixup
probe_fixup:
	ret

/* For each register 32 bytes: a reader, then a writer. */
	.balign 16
	.global probe_reg_stubs
probe_reg_stubs:
#define REG_STUB(name, access, mask, kind, feature)                                                \
	mrs x1, access; mov x0, xzr; ret; nop; msr access, x0; mov x0, xzr; ret; nop;
REGS(REG_STUB)
