/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Realm agent: a bare-metal Realm payload that does what the host tells it. Each REC reports to
 * the host by RSI_HOST_CALL with imm GUEST_IMM; the host answers with a command in gprs[0] and its
 * arguments from gprs[1] on, and gets the results by the next such call from gprs[0] on.
 *
 * The image is loaded and entered at GUEST_IPA with the MMU off. X0 at entry is the REC's context.
 */
#ifndef REALM_AGENT_H
#define REALM_AGENT_H

#define GUEST_IPA	0x40000000
#define GUEST_MAX_RECS	8
#define GUEST_IMM	0x6b
#define GUEST_IMM_EMPTY 0x6d
#define GUEST_IMM_DIED	0x6c /* gprs: vector, ESR, ELR, FAR of an exception no command expected */

/* Commands: arguments -> results. */
#define GUEST_READY	1 /* nothing -> 0 */
#define GUEST_SMC	2 /* X0-X17 -> X0-X17 */
#define GUEST_EXEC	3 /* X1-X4, count, instructions -> ESR, FAR, X1-X4 */
#define GUEST_EXEC_AT	4 /* VA of a RET instruction -> ESR, FAR */
#define GUEST_SPIN	5 /* ticks of the virtual counter -> rounds */
#define GUEST_FILL	6 /* address, granules, seed */
#define GUEST_CHECK	7 /* address, granules, seed -> bad words */
#define GUEST_BENCH	8 /* FID, X1, rounds -> ticks of the virtual counter, X0 of the last call */
#define GUEST_FP_LOAD	9 /* seed; V0-V31 (or, if SVE is on, all of its state) */
#define GUEST_FP_CHECK	10 /* seed -> bytes that differ */
#define GUEST_ENTRY	11 /* -> X0-X30 at entry */
#define GUEST_ENTRY_SYS 12 /* -> see enum guest_entry */
#define GUEST_INFO	13 /* -> see enum guest_info */
#define GUEST_WAIT	14 /* address, value, ticks -> 0, or 1 when the time was over */
#define GUEST_SUM	15 /* address, bytes -> sum of the 64-bit words */
#define GUEST_CALLS	17 /* count: so many empty host calls with imm GUEST_IMM_EMPTY */
#define GUEST_SVE_ON	16 /* ZCR_EL1.LEN -> VL in bytes */

/* What GUEST_EXEC gives as ESR when another exception than a synchronous one was taken. */
#define GUEST_ESR_IRQ	 0x8000000000000005
#define GUEST_ESR_FIQ	 0x8000000000000006
#define GUEST_ESR_SERROR 0x8000000000000007

#define GUEST_SLOT_WORDS 16
#define GUEST_EXEC_MAX	 12 /* instructions */

#ifndef __ASSEMBLER__
/* System registers and PSTATE when the REC started. */
enum guest_entry {
	ENTRY_CURRENTEL,
	ENTRY_DAIF,
	ENTRY_SPSEL,
	ENTRY_SCTLR,
	ENTRY_MPIDR,
	ENTRY_TCR,
	ENTRY_TTBR0,
	ENTRY_TTBR1,
	ENTRY_MAIR,
	ENTRY_VBAR,
	ENTRY_CPACR,
	ENTRY_MDSCR,
	ENTRY_CNTP_CTL,
	ENTRY_CNTV_CTL,
	ENTRY_CNTP_CVAL,
	ENTRY_CNTV_CVAL,
	ENTRY_TPIDR_EL1,
	ENTRY_CONTEXTIDR,
	ENTRY_ESR,
	ENTRY_FAR,
	ENTRY_ELR,
	ENTRY_SPSR,
	ENTRY_SP_EL0,
	ENTRY_APIAKEYLO,
	ENTRY_CNTKCTL,
	NR_ENTRY
};

enum guest_info {
	INFO_SLOT,    /* address of this REC's instruction slot */
	INFO_SCRATCH, /* a page of the image for this REC's use by host commands */
	INFO_END,     /* first address behind the image */
	INFO_INDEX,
	NR_INFO
};
#endif

#endif
