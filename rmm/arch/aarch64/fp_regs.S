/* SPDX-License-Identifier: BSD-3-Clause */
/* Moves of V, Z, P and FFR registers. CPTR_EL2 must be open. Called by fp.c only. */
#include <regs.h>
	.arch	armv8.5-a+sve

.macro func name
	.section .text.\name, "ax"
	.global \name
	.type \name, %function
	.balign 16
\name:
.endm

/* void fp_q_save(void *q), void fp_q_load(const void *q): 512 bytes */
func fp_q_save
	store_q	0, 31, x0
	ret

func fp_q_load
	load_q	0, 31, x0
	ret

.macro z_half op, base, first
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.set	reg, \first + \n
	z_one	\op, %reg, \base, \n
	.endr
.endm

	.altmacro
.macro z_one op, reg, base, n
	\op	z\reg, [\base, #\n, mul vl]
.endm

.macro p_all op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op	p\n, [x2, #\n, mul vl]
	.endr
.endm

/*
 * void fp_z_save(void *z0, void *z16, void *p_ffr, bool ffr): sixteen Z registers each at z0 and
 * z16, P0-P15 and FFR behind each other at p_ffr, all of the present vector length.
 */
func fp_z_save
	z_half	str, x0, 0
	z_half	str, x1, 16
	p_all	str
	cbz	w3, 1f
	rdffr	p0.b
	str	p0, [x2, #16, mul vl]
	ldr	p0, [x2]
1:	ret

/* void fp_z_load(const void *z0, const void *z16, const void *p_ffr, bool ffr) */
func fp_z_load
	cbz	w3, 1f
	ldr	p0, [x2, #16, mul vl]
	wrffr	p0.b
1:	z_half	ldr, x0, 0
	z_half	ldr, x1, 16
	p_all	ldr
	ret

/* void fp_p_clear(void): P0-P15 and FFR become 0 */
func fp_p_clear
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pfalse	p\n\().b
	.endr
	wrffr	p0.b
	ret

/* uint64_t fp_vl(void): bytes of a Z register now */
func fp_vl
	rdvl	x0, #1
	ret
