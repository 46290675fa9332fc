/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors for EL2 and (used by the EL2 payload) EL1. Expected faults return into
 * probe.S; everything else goes to the payload's fatal_exception(kind, esr, elr, far).
 */
#include "tests/lib/bare/asm.h"

#define EC_IABT_SAME 0x21

.macro vector target, kind
	.balign	0x80
	stp	x0, x1, [sp, #-32]!
	mov	x0, #\kind
	b	\target
.endm

.macro sync_handler el
	str	x2, [sp, #16]
	mrs	x0, elr_\el
	adr_l	x1, probe_start
	cmp	x0, x1
	b.lo	1f
	adr_l	x1, probe_end
	cmp	x0, x1
	adr_l	x2, probe_fixup
	b.lo	2f
1:	mrs	x1, esr_\el
	lsr	x1, x1, #26
	cmp	x1, #EC_IABT_SAME
	b.ne	3f
	adr_l	x1, probe_exec_return
	cmp	x1, x30
	adr_l	x2, probe_exec_fixup
	b.ne	3f
2:	msr	elr_\el, x2
	mrs	x0, esr_\el
	mrs	x1, far_\el
	ldr	x2, [sp, #16]
	add	sp, sp, #32
	eret
3:	mov	x0, #4
	b	unexpected_\el
.endm

	.section .vectors, "ax"
	.balign 2048
	.global vectors_el2
vectors_el2:
	vector	unexpected_el2, 0
	vector	unexpected_el2, 1
	vector	unexpected_el2, 2
	vector	unexpected_el2, 3
	vector	sync_el2, 4
	vector	unexpected_el2, 5
	vector	unexpected_el2, 6
	vector	unexpected_el2, 7
	vector	lower_sync_el2, 8
	vector	unexpected_el2, 9
	vector	unexpected_el2, 10
	vector	unexpected_el2, 11
	vector	unexpected_el2, 12
	vector	unexpected_el2, 13
	vector	unexpected_el2, 14
	vector	unexpected_el2, 15

	.balign 2048
	.global vectors_el1
vectors_el1:
	vector	unexpected_el1, 0
	vector	unexpected_el1, 1
	vector	unexpected_el1, 2
	vector	unexpected_el1, 3
	vector	sync_el1, 4
	vector	unexpected_el1, 5
	vector	unexpected_el1, 6
	vector	unexpected_el1, 7
	vector	unexpected_el1, 8
	vector	unexpected_el1, 9
	vector	unexpected_el1, 10
	vector	unexpected_el1, 11
	vector	unexpected_el1, 12
	vector	unexpected_el1, 13
	vector	unexpected_el1, 14
	vector	unexpected_el1, 15

sync_el2:
	sync_handler el2

sync_el1:
	sync_handler el1

	.global unexpected_el2
unexpected_el2:
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	b	fatal_exception

unexpected_el1:
	add	x0, x0, #16
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	b	fatal_exception

/* The only exception from EL1 is the HVC that ends el1_call(): x0 holds its result. */
lower_sync_el2:
	mrs	x1, esr_el2
	lsr	x1, x1, #26
	cmp	x1, #0x16
	b.ne	unexpected_el2
	ldp	x0, x1, [sp], #32
	b	el1_returned
