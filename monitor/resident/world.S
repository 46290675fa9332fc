/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * World switch and SMC entry. An RMI call from the host and its completion by the RMM never leave
 * this file; every other SMC goes to C (smc.c). docs/spec/rmm-el3.md section 5 says what is switched
 * and what is not. ICH_*, the EL2 timers, ZCR_EL2 and everything of EL1 are left alone.
 */
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include <regs.h>
#include "monitor/include/el3.h"
#include "monitor/resident/cpu.h"

#define SCR_NSE_BIT 62

	.arch armv8.5-a

/* Not every assembler knows the names of these registers. */
#define CNTPOFF_EL2  S3_4_C14_C0_6
#define HFGRTR_EL2   S3_4_C1_C1_4
#define HFGWTR_EL2   S3_4_C1_C1_5
#define HFGITR_EL2   S3_4_C1_C1_6
#define HDFGRTR_EL2  S3_4_C3_C1_4
#define HDFGWTR_EL2  S3_4_C3_C1_5
#define HFGRTR2_EL2  S3_4_C3_C1_2
#define HFGWTR2_EL2  S3_4_C3_C1_3
#define HFGITR2_EL2  S3_4_C3_C1_7
#define HDFGRTR2_EL2 S3_4_C3_C1_0
#define HDFGWTR2_EL2 S3_4_C3_C1_1
#define HCRX_EL2     S3_4_C1_C2_2
#define TCR2_EL2     S3_4_C2_C0_3
#define SCTLR2_EL2   S3_4_C1_C0_3
#define PIRE0_EL2    S3_4_C10_C2_2
#define PIR_EL2	     S3_4_C10_C2_3
#define POR_EL2	     S3_4_C10_C2_4
#define S2PIR_EL2    S3_4_C10_C2_5
#define SCXTNUM_EL2  S3_4_C13_C0_7
#define VDISR_EL2    S3_4_C12_C1_1
#define VSESR_EL2    S3_4_C5_C2_3
#define VNCR_EL2     S3_4_C2_C2_0

/* x8 = struct world; x9 and x10 are used. */
	.macro save_pair first, second, offset
	mrs	x9, \first
	mrs	x10, \second
	stp	x9, x10, [x8, #\offset]
	.endm

	.macro load_pair first, second, offset
	ldp	x9, x10, [x8, #\offset]
	msr	\first, x9
	msr	\second, x10
	.endm

	.macro save_one reg, offset
	mrs	x9, \reg
	str	x9, [x8, #\offset]
	.endm

	.macro load_one reg, offset
	ldr	x9, [x8, #\offset]
	msr	\reg, x9
	.endm

/*
 * The registers both worlds can see at any time, in three parts, in the order of world.regs[]. The
 * worlds mostly agree on the registers of the first part, which are then not written.
 */
	.macro seldom_switched op
	\op	actlr_el2, hacr_el2, 0x00
	\op	hstr_el2, cntvoff_el2, 0x10
	\op	afsr0_el2, afsr1_el2, 0x20
	\op	amair_el2, contextidr_el2, 0x30
	\op	VDISR_EL2, VSESR_EL2, 0x40
	\op	VNCR_EL2, pmcr_el0, 0x50
	.endm

/* Like the first part. Compared apart, because each REC but the first has its own VMPIDR. */
	.macro ids_switched op
	\op	vmpidr_el2, vpidr_el2, 0x60
	.endm

	.macro always_switched op
	\op	cptr_el2, mdcr_el2, 0x70
	\op	cnthctl_el2, elr_el2, 0x80
	\op	esr_el2, far_el2, 0x90
	\op	hpfar_el2, spsr_el2, 0xa0
	\op	vbar_el2, tpidr_el2, 0xb0
	\op	sp_el2, mair_el2, 0xc0
	\op	sp_el0, vtcr_el2, 0xd0
	\op	elr_el3, spsr_el3, 0xe0
	.endm

/*
 * A PE may drop cached translations, those of EL3 too, when one of these registers is written (an
 * emulated PE does). They are written last, with no access to memory between the writes.
 */
	.macro save_translation
	save_pair hcr_el2, sctlr_el2, 0xf0
	save_pair tcr_el2, ttbr0_el2, 0x100
	save_pair ttbr1_el2, vttbr_el2, 0x110
	.endm

	.macro load_translation
	ldp	x9, x10, [x8, #0xf0]
	ldp	x11, x12, [x8, #0x100]
	ldp	x13, x14, [x8, #0x110]
	ldr	x15, [x8, #WORLD_SCR]
	msr	hcr_el2, x9
	msr	sctlr_el2, x10
	msr	tcr_el2, x11
	msr	ttbr0_el2, x12
	msr	ttbr1_el2, x13
	msr	vttbr_el2, x14
	msr	scr_el3, x15
	.endm

/* The groups of cpu.h; x11 = CPU_SWITCHED, not zero. */
	.macro lazily_switched pair, one
	tbz	x11, #LAZY_PAUTH, 1f
	\pair	apiakeylo_el1, apiakeyhi_el1, WORLD_PAUTH
	\pair	apibkeylo_el1, apibkeyhi_el1, WORLD_PAUTH + 0x10
	\pair	apdakeylo_el1, apdakeyhi_el1, WORLD_PAUTH + 0x20
	\pair	apdbkeylo_el1, apdbkeyhi_el1, WORLD_PAUTH + 0x30
	\pair	apgakeylo_el1, apgakeyhi_el1, WORLD_PAUTH + 0x40
1:	tbz	x11, #LAZY_FGT, 1f
	\pair	HFGRTR_EL2, HFGWTR_EL2, WORLD_FGT
	\pair	HDFGRTR_EL2, HDFGWTR_EL2, WORLD_FGT + 0x10
	\one	HFGITR_EL2, WORLD_FGT + 0x20
1:	tbz	x11, #LAZY_FGT2, 1f
	\pair	HFGRTR2_EL2, HFGWTR2_EL2, WORLD_FGT2
	\pair	HDFGRTR2_EL2, HDFGWTR2_EL2, WORLD_FGT2 + 0x10
	\one	HFGITR2_EL2, WORLD_FGT2 + 0x20
1:	tbz	x11, #LAZY_PIE, 1f
	\pair	PIRE0_EL2, PIR_EL2, WORLD_PIE
	\pair	POR_EL2, S2PIR_EL2, WORLD_PIE + 0x10
1:	tbz	x11, #LAZY_HCRX, 1f
	\one	HCRX_EL2, WORLD_HCRX
1:	tbz	x11, #LAZY_CNTPOFF, 1f
	\one	CNTPOFF_EL2, WORLD_CNTPOFF
1:	tbz	x11, #LAZY_SCXTNUM, 1f
	\one	SCXTNUM_EL2, WORLD_SCXTNUM
1:	tbz	x11, #LAZY_TCR2, 1f
	\one	TCR2_EL2, WORLD_TCR2
1:	tbz	x11, #LAZY_SCTLR2, 1f
	\one	SCTLR2_EL2, WORLD_SCTLR2
1:
	.endm

	.macro load_rest
	always_switched load_pair
	ldr	x11, [sp, #CPU_SWITCHED]
	cbz	x11, 2f
	lazily_switched load_pair, load_one
2:	load_translation
	.endm

	.macro load_world which
	add	x8, sp, #\which
	seldom_switched load_pair
	ids_switched load_pair
	load_rest
	.endm

/* Saves a pair in x8 = struct world; EQ stays set only if x12, the other world, has the same. */
	.macro save_and_compare first, second, offset
	save_pair \first, \second, \offset
	ldp	x13, x14, [x12, #\offset]
	ccmp	x9, x13, #0, eq
	ccmp	x10, x14, #0, eq
	.endm

	.macro load_other first, second, offset
	ldp	x13, x14, [x12, #\offset]
	msr	\first, x13
	msr	\second, x14
	.endm

	.macro swap_unless_equal group
	cmp	xzr, xzr
	\group	save_and_compare
	b.eq	3f
	\group	load_other
3:
	.endm

	.macro switch_world from, to
	add	x8, sp, #\from
	add	x12, sp, #\to
	swap_unless_equal seldom_switched
	swap_unless_equal ids_switched
	always_switched save_pair
	save_translation
	ldr	x11, [sp, #CPU_SWITCHED]
	cbz	x11, 2f
	lazily_switched save_pair, save_one
2:	mov	x8, x12
	load_rest
	.endm

	.macro save_gprs_from_8 base
	store_x	8, 29, sp, \base + 8 * 8
	str	x30, [sp, #\base + 8 * 30]
	.endm

	.macro save_gprs base
	store_x	0, 7, sp, \base
	save_gprs_from_8 \base
	.endm

	.macro load_gprs base
	load_x	0, 29, sp, \base
	ldr	x30, [sp, #\base + 8 * 30]
	.endm

/* No straight-line speculation past the exception return. */
	.macro leave_el3
	eret
	dsb	nsh
	isb
	.endm

	.text

/* Any synchronous exception of a lower level in AArch64 state. */
	.global	lower_sync
lower_sync:
	stp	x29, x30, [sp, #CPU_SCRATCH]
	mrs	x29, esr_el3
	mrs	x30, scr_el3
	lsr	w29, w29, #ESR_EC_SHIFT
	tbnz	x30, #SCR_NSE_BIT, from_realm
	cmp	w29, #ESR_EC_SMC64
	b.ne	ns_to_c

	/* An RMI call? Function number 0x150-0x18f or 0x1d0-0x2cf, the SVE hint aside. */
	mov	w29, #(SMCCC_STD64_BASE + RMI_FNUM_FIRST) & 0xffff
	movk	w29, #SMCCC_STD64_BASE >> 16, lsl #16
	bic	w30, w0, #SMCCC_SVE_HINT
	sub	w30, w30, w29
	cmp	w30, #RMI_FNUM_LAST - RMI_FNUM_FIRST
	b.ls	rmi_call
	sub	w30, w30, #RMI_FNUM2_FIRST - RMI_FNUM_FIRST
	cmp	w30, #RMI_FNUM2_LAST - RMI_FNUM2_FIRST
	b.hi	ns_to_c

rmi_call:
	adrp	x29, rmm_ready
	ldr	w29, [x29, #:lo12:rmm_ready]
	cbz	w29, ns_to_c
	ldp	x29, x30, [sp, #CPU_SCRATCH]
	mov	w0, w0
	save_gprs_from_8 CPU_NS_X
	switch_world CPU_NS, CPU_REALM
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	leave_el3

ns_to_c:
	ldp	x29, x30, [sp, #CPU_SCRATCH]
	save_gprs	CPU_NS_X
	mov	x0, sp
	bl	ns_trap
	load_gprs	CPU_NS_X
	leave_el3

from_realm:
	cmp	w29, #ESR_EC_SMC64
	b.ne	realm_to_c
	mov	w29, #RMM_EL3_RMI_REQ_COMPLETE & 0xffff
	movk	w29, #RMM_EL3_RMI_REQ_COMPLETE >> 16, lsl #16
	cmp	w0, w29
	b.ne	realm_to_c
	/* rmm_ready would be the wrong test: another CPU's boot may have failed since this call. */
	ldr	x29, [sp, #CPU_BOOTING]
	cbnz	x29, realm_to_c
	store_x	1, 8, sp, CPU_NS_X
realm_to_ns:
	switch_world CPU_REALM, CPU_NS
	load_gprs	CPU_NS_X
	leave_el3

realm_to_c:
	ldp	x29, x30, [sp, #CPU_SCRATCH]
	save_gprs	CPU_REALM_X
	mov	x0, sp
	bl	realm_trap
	cbnz	w0, realm_to_ns
	load_gprs	CPU_REALM_X
	leave_el3

	.global	world_enter_ns
world_enter_ns:
	mov	sp, x0
	load_world CPU_NS
	load_gprs	CPU_NS_X
	leave_el3

	.global	world_enter_realm
world_enter_realm:
	mov	sp, x0
	load_world CPU_REALM
	load_gprs	CPU_REALM_X
	leave_el3

/* void world_save_lazy(struct world *, uint64_t groups), void world_load_lazy(...) */
	.global	world_save_lazy
world_save_lazy:
	mov	x8, x0
	mov	x11, x1
	lazily_switched save_pair, save_one
	ret

	.global	world_load_lazy
world_load_lazy:
	mov	x8, x0
	mov	x11, x1
	lazily_switched load_pair, load_one
	ret
