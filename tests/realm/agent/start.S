/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm agent: entry of every REC, vectors, and instructions run on the host's behalf. The MMU
 * stays off. Exceptions taken in a REC's slot, and aborts on the fetch of exec_at(), return into
 * the function that ran it; all others end the REC's work (agent_died).
 */
#include "tests/realm/agent/agent.h"
#include <regs.h>
#include "tests/lib/bare/asm.h"

	.arch	armv8.5-a+sve

#define STACK_SHIFT 12
#define ENTRY_SHIFT 8	/* 32 registers of 8 bytes */

	.section .text.start, "ax"
	.global start
start:
	msr	tpidr_el0, x30
	msr	tpidrro_el0, x29
	mrs	x29, mpidr_el1
	and	x29, x29, #(GUEST_MAX_RECS - 1)
	adr_l	x30, entry_gprs
	add	x30, x30, x29, lsl #ENTRY_SHIFT
	store_x	0, 27, x30
	mrs	x0, tpidrro_el0
	mrs	x1, tpidr_el0
	stp	x28, x0, [x30, #224]
	str	x1, [x30, #240]
	mov	x0, x29
	adr_l	x1, stacks
	add	x1, x1, #(1 << STACK_SHIFT)
	add	x1, x1, x0, lsl #STACK_SHIFT
	mov	sp, x1
	bl	agent_main
1:	wfi
	b	1b

	.section .vectors, "ax"
.macro vector kind
	.balign	0x80
	stp	x0, x1, [sp, #-16]!
	mov	x0, #\kind
	b	exception
.endm

	.balign	2048
	.global vectors
vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\n
	.endr

exception:
	mrs	x1, elr_el1
	adr_l	x9, probe_start
	cmp	x1, x9
	b.lo	1f
	adr_l	x9, probe_end
	cmp	x1, x9
	b.hs	1f
	adr	x1, exec_fixup
	b	2f
1:	adr_l	x9, exec_at_return
	cmp	x9, x30
	b.ne	agent_exception
	adr	x1, exec_at_fixup
2:	msr	elr_el1, x1
	mov	x1, #0x3c5			/* EL1h, all masked */
	msr	spsr_el1, x1
	mrs	x1, far_el1
	add	sp, sp, #16
	cmp	x0, #4				/* synchronous */
	mov	x9, #(1 << 63)
	orr	x9, x9, x0
	mrs	x0, esr_el1
	csel	x0, x0, x9, eq
	eret

agent_exception:
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	b	agent_died

/*
 * struct probe exec(uint64_t x[4], void *slot): X1-X4 from and to memory around the instructions
 * in the slot, which end with BR X11. They may use X12-X15, and no stack.
 */
func exec
	mov	x10, x1
	mov	x16, x0
	stp	x29, x30, [sp, #-32]!
	str	x16, [sp, #16]
	ldp	x1, x2, [x16]
	ldp	x3, x4, [x16, #16]
	adr	x11, 1f
	br	x10
1:	stp	x1, x2, [x16]
	stp	x3, x4, [x16, #16]
	mov	x0, xzr
	mov	x1, xzr
exec_fixup:
	ldr	x16, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret

/* struct probe exec_at(uint64_t va): calls a RET instruction there. */
func exec_at
	stp	x29, x30, [sp, #-16]!
	blr	x0
exec_at_return:
	mov	x0, xzr
	mov	x1, xzr
exec_at_fixup:
	ldp	x29, x30, [sp], #16
	ret

	.section .probe, "ax"
	.balign	64
	.global slots
slots:
	.space	GUEST_SLOT_WORDS * 4 * GUEST_MAX_RECS

	.section .bss.stacks, "aw", %nobits
	.balign	4096
stacks:
	.space	GUEST_MAX_RECS << STACK_SHIFT
	.global entry_gprs
entry_gprs:
	.space	GUEST_MAX_RECS << ENTRY_SHIFT
