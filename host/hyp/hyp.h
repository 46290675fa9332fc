/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the module (el2/) and the EL2 stub: memory, calls, errors. See docs/host-modes.md.
 *
 * The stub's memory is one piece: its image (read-only, executable), its tables, then for each CPU
 * a private page (struct hyp_cpu at its start, the stack at its end) and the page it shares with
 * EL1 (struct cca_switch). It is mapped flat; image, private and shared pages are all the stub can
 * reach.
 */
#ifndef HOST_HYP_HYP_H
#define HOST_HYP_HYP_H

#include "abi/hyp.h"

/*
 * Calls besides HYP_ENTER: HVC #0, function in X0. X0 comes back; HYP_ENTER may change X1 to X17
 * too.
 */
#define HVC_SET_VECTORS	  0 /* X1: physical address of vectors that EL2 goes on with, MMU off */
#define HVC_SOFT_RESTART  1 /* X1: code to go on with at EL2, MMU off; X2 to X4: its X0 to X2 */
#define HVC_RESET_VECTORS 2 /* EL2 goes back to the kernel's own vectors */
#define HVC_FINALISE_EL2  3 /* HVC_STUB_ERR: this kernel has been through that */

/* Results besides HYP_SUCCESS and HYP_INVALID. */
#define HVC_STUB_ERR 0xbadca11 /* a call that neither stub knows; nothing was done */
#define HYP_FAULT    2 /* the stub met an exception of its own: the REC's GIC state is lost */
#define HYP_REFUSED  3 /* install: EL2's MMU is on or HCR_EL2.E2H is set */

#define HYP_PAGE 4096

/* Offsets in struct hyp_cpu. */
#define HYP_CPU_TTBR0	  0x00
#define HYP_CPU_MAIR	  0x10
#define HYP_CPU_OLD_VBAR  0x20
#define HYP_CPU_START	  0x30
#define HYP_CPU_RAM_START 0x40
#define HYP_CPU_VTR	  0x50

/* struct hyp_frame: its size, and offsets in it. */
#define HYP_FRAME_SIZE 256
#define HYP_FRAME_X16  128
#define HYP_FRAME_ELR  144
#define HYP_FRAME_X19  160

/* What a call leads to: the result of hyp_call(), for entry.S. */
#define HYP_ENTERED 0 /* back to the caller of HYP_ENTER */
#define HYP_RETURN  1 /* back to the caller, who has X1 to X17 as before */
#define HYP_LEAVE   2 /* EL2 is the kernel's again; back to the caller with X0 = 0 */
#define HYP_RESTART 3 /* EL2 is the kernel's again, and goes on as HVC_SOFT_RESTART says */

#ifndef __ASSEMBLER__
#include <linux/types.h>

#include "host/hyp/switch.h"

struct hyp_cpu {
	/* set by the module before it installs the stub, and cleaned to memory */
	u64 ttbr0, tcr, mair, sctlr;
	/* set by the stub: what the kernel had there */
	u64 old_vbar, old_sctlr;
	/* set by the module: all memory of the stub, and memory where code of the kernel may be */
	u64 start, end;
	u64 ram_start, ram_end;
	u64 vtr;	     /* by the stub: ICH_VTR_EL2 */
	u32 nr_lrs, nr_aprs; /* by the module, from vtr, before the first HYP_ENTER */
	struct cca_switch sw;
};

_Static_assert(offsetof(struct hyp_cpu, ttbr0) == HYP_CPU_TTBR0, "");
_Static_assert(offsetof(struct hyp_cpu, mair) == HYP_CPU_MAIR, "");
_Static_assert(offsetof(struct hyp_cpu, old_vbar) == HYP_CPU_OLD_VBAR, "");
_Static_assert(offsetof(struct hyp_cpu, start) == HYP_CPU_START, "");
_Static_assert(offsetof(struct hyp_cpu, ram_start) == HYP_CPU_RAM_START, "");
_Static_assert(offsetof(struct hyp_cpu, vtr) == HYP_CPU_VTR, "");
_Static_assert(sizeof(struct hyp_cpu) <= HYP_PAGE / 2, "the rest is the stack");

/*
 * EL1's registers at a call, at the top of the CPU's stack. x[] are those that a C function may
 * change. The others are kept for the case that the stub meets a fault.
 */
struct hyp_frame {
	u64 x[18];
	u64 elr, spsr;
	u64 x19_to_x30[12];
};

_Static_assert(sizeof(struct hyp_frame) == HYP_FRAME_SIZE, "");
_Static_assert(offsetof(struct hyp_frame, x[16]) == HYP_FRAME_X16, "");
_Static_assert(offsetof(struct hyp_frame, elr) == HYP_FRAME_ELR, "");
_Static_assert(offsetof(struct hyp_frame, x19_to_x30) == HYP_FRAME_X19, "");

static inline struct cca_switch *hyp_shared(struct hyp_cpu *cpu)
{
	return (void *)((char *)cpu + HYP_PAGE);
}
#endif

#endif
