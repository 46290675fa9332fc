/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world switch: loads ICH_*_EL2, enters a REC, reads ICH_*_EL2 back. It runs at EL2 with
 * interrupts masked. A kernel at EL2 (VHE) calls it directly; for a kernel at EL1 it is part of the
 * EL2 stub. So it uses system registers and nothing of the kernel.
 */
#ifndef HOST_HYP_SWITCH_H
#define HOST_HYP_SWITCH_H

#include <linux/types.h>

#define SWITCH_MAX_LRS 16

struct cca_switch {
	/* in */
	u64 rec;
	u64 run;
	u32 nr_lrs;   /* the CPU's */
	u32 used_lrs; /* lr[0..used_lrs) are loaded and read back; others are 0 */
	u32 nr_aprs;
	u32 sve_hint; /* 0 or RMI_FID_SVE_HINT */
	/* in and out */
	u64 hcr; /* ICH_HCR_EL2: En and the enables in, EOIcount out */
	u64 lr[SWITCH_MAX_LRS];
	u64 ap0r[4];
	u64 ap1r[4];
	u64 vmcr;
	/* out */
	u64 status; /* X0 of REC_ENTER */
	u64 misr;
	u64 eisr;
	u64 elrsr;
};

/*
 * What ICH_VTR_EL2 says: how many list registers there are, and how many registers of active
 * priorities for each group.
 */
static __always_inline u32 switch_nr_lrs(u64 vtr)
{
	u32 n = (vtr & 0x1f) + 1;

	return n < SWITCH_MAX_LRS ? n : SWITCH_MAX_LRS;
}

/*
 * With five bits of preemption there is one register of active priorities, with six there are two,
 * with seven four.
 */
static __always_inline u32 switch_nr_aprs(u64 vtr)
{
	u32 bits = (vtr >> 26 & 7) + 1;

	return bits < 6 ? 1 : 1U << (bits - 5);
}

/*
 * An SMC or HVC #0 with X0 to X2, of which X0 comes back. The callee may change X0 to X17. insn:
 * the name of the instruction, a string.
 */
#define CONDUIT_CALL(insn, function, first, second)                                                \
	({                                                                                         \
		u64 function_ = (function), first_ = (first), second_ = (second);                  \
		register u64 x0_ asm("x0") = function_;                                            \
		register u64 x1_ asm("x1") = first_;                                               \
		register u64 x2_ asm("x2") = second_;                                              \
		asm volatile(insn " #0"                                                            \
			     : "+r"(x0_), "+r"(x1_), "+r"(x2_)                                     \
			     :                                                                     \
			     : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",      \
			       "x13", "x14", "x15", "x16", "x17", "memory", "cc");                 \
		x0_;                                                                               \
	})

/* Interrupts are masked; afterwards ICH_HCR_EL2 is 0. */
void cca_switch_enter(struct cca_switch *sw);

/*
 * Copies the interrupt state that goes with a REC, to the stub or back. lrs, aprs: how many list
 * registers and active-priority registers are copied.
 */
static __always_inline void hyp_copy_gic(struct cca_switch *to, const struct cca_switch *from,
					 u32 lrs, u32 aprs)
{
	u32 i;

	to->hcr = from->hcr;
	to->vmcr = from->vmcr;
	to->ap0r[0] = from->ap0r[0];
	to->ap1r[0] = from->ap1r[0];
	for (i = 1; i < aprs; i++) {
		to->ap0r[i] = from->ap0r[i];
		to->ap1r[i] = from->ap1r[i];
	}
	for (i = 0; i < lrs; i++)
		to->lr[i] = from->lr[i];
}

static __always_inline void hyp_copy_results(struct cca_switch *to, const struct cca_switch *from)
{
	to->status = from->status;
	to->misr = from->misr;
	to->eisr = from->eisr;
	to->elrsr = from->elrsr;
}

#endif
