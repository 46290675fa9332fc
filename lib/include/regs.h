/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Assembler: runs of registers from and to memory, ascending in memory.
 *
 *	store_x 2, 17, x0, 16	X2 to X17 at X0 + 16
 *	load_q 0, 31, x0	Q0 to Q31 from X0
 *
 * The number of registers is even. The highest pair goes first, so that the base of a load_x may be
 * one of its first two.
 */
#ifndef LIB_REGS_H
#define LIB_REGS_H

/* It would be taken for C: */
/* clang-format off */

	.macro reg_pair_ op, kind, n, next, base, at
	\op	\kind\n, \kind\next, [\base, #\at]
	.endm

	.macro reg_pairs_ op, kind, size, first, last, base, at
	.altmacro
	.set	reg_, \last - 1
	.rept	(\last - \first + 1) / 2
	reg_pair_ \op, \kind, %reg_, %(reg_ + 1), \base, %(\at + (reg_ - (\first)) * \size)
	.set	reg_, reg_ - 2
	.endr
	.noaltmacro
	.endm

	.macro store_x first, last, base, at=0
	reg_pairs_ stp, x, 8, \first, \last, \base, \at
	.endm

	.macro load_x first, last, base, at=0
	reg_pairs_ ldp, x, 8, \first, \last, \base, \at
	.endm

	.macro store_q first, last, base, at=0
	reg_pairs_ stp, q, 16, \first, \last, \base, \at
	.endm

	.macro load_q first, last, base, at=0
	reg_pairs_ ldp, q, 16, \first, \last, \base, \at
	.endm

#endif
