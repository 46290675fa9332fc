/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test RMM: entry by the RMM-EL3 2.0 boot protocol, and the loop that takes RMI calls. AGENT_NOP
 * is answered right in the loop: it is what the benchmark measures the world switch with.
 */
#include "abi/rmm_el3.h"
#include <regs.h>
#include "tests/firmware/common/agent.h"
#include "tests/lib/bare/asm.h"

	.section .head, "ax"
	.global rmm_entry
rmm_entry:
	/* A CPU number that has no stack cannot be served. */
	cmp	x0, #PAYLOAD_MAX_CPUS
	b.hs	bad_cpu
	adr_l	x15, cold_done
	ldr	w16, [x15]
	cbnz	w16, 1f
	apply_relocations
	mov	w9, #1
	str	w9, [x15]
	dsb	sy
1:	set_stack x0, x9
	sub	sp, sp, #80
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	str	x4, [sp, #32]
	mrs	x9, CurrentEL
	mrs	x10, daif
	stp	x9, x10, [sp, #40]
	mrs	x9, SPSel
	mrs	x10, sctlr_el2
	stp	x9, x10, [sp, #56]
	mov	x0, sp
	mov	w1, w16
	bl	boot_main			/* returns { code, token } */
	add	sp, sp, #80
	mov	x2, x1
	mov	x1, x0
	movz	w0, #(RMM_EL3_BOOT_COMPLETE >> 16), lsl #16
	movk	w0, #(RMM_EL3_BOOT_COMPLETE & 0xffff)
	b	complete

bad_cpu:
	mov	x1, #RMM_BOOT_CPU_ID_OUT_OF_RANGE
	movz	w0, #(RMM_EL3_BOOT_COMPLETE >> 16), lsl #16
	movk	w0, #(RMM_EL3_BOOT_COMPLETE & 0xffff)
	smc	#0
2:	wfi
	b	2b

	/* Nothing but flags may change before the slow path has stored the registers at entry. */
complete:
	smc	#0
	tst	w0, #0x7f			/* AGENT_NOP is the only call with these bits 0 */
	b.ne	slow
	movz	w0, #(RMM_EL3_RMI_REQ_COMPLETE >> 16), lsl #16
	movk	w0, #(RMM_EL3_RMI_REQ_COMPLETE & 0xffff)
	mov	x1, xzr
	b	complete

slow:
	sub	sp, sp, #256
	store_x	0, 29, sp
	str	x30, [sp, #240]
	mov	x0, sp
	bl	agent_dispatch
	load_x	1, 8, sp
	add	sp, sp, #256
	movz	w0, #(RMM_EL3_RMI_REQ_COMPLETE >> 16), lsl #16
	movk	w0, #(RMM_EL3_RMI_REQ_COMPLETE & 0xffff)
	b	complete

	.section .data.cold_done, "aw"
	.balign	4
cold_done:
	.word	0

	.section .stacks, "aw", %nobits
	.space	PAYLOAD_STACK_SIZE * PAYLOAD_MAX_CPUS

/* No lower exception level runs here. */
func el1_returned
	mov	x0, #8
	b	unexpected_el2
