/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a CPU of the RMM has of its own: found through TPIDR_EL2, which EL3 switches between the
 * worlds. Stacks are separate (RMM_STACK_*). For the machine layer; others use arch.h.
 */
#ifndef RMM_AARCH64_CPU_H
#define RMM_AARCH64_CPU_H

/* Alignment and distance of stacks; the lower half of each is a guard that is not mapped. */
#define RMM_STACK_SHIFT 14
#define RMM_STACK_GUARD 13 /* address bit that is 0 in the guard */

/* struct boot_regs, known to boot.S */
#define BOOT_HCR   0
#define BOOT_MAIR  8
#define BOOT_TCR   16
#define BOOT_TTBR0 24
#define BOOT_SCTLR 32

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>
#include <sysreg.h>

#include "rmm/arch/aarch64/fp.h"
#include "rmm/core/rec_regs.h"

/* Values of the registers that turn the MMU on; the same on every CPU. */
struct boot_regs {
	uint64_t hcr, mair, tcr, ttbr0, sctlr;
};

struct cpu {
	uint64_t index;
	uint64_t rmi_fid;     /* of the RMI call being carried out, with the SVE hint */
	uint64_t last_rec;    /* PA of the REC that ran here last */
	uint64_t cnthctl;     /* as the hardware has it */
	uint64_t timers_seen; /* CTL of both EL1 timers at the last entry of this run */
	bool hcrx_set;
	bool untrapped;	     /* switch_untrap() has been here */
	bool debug_switched; /* breakpoints and watchpoints are the Realm's */
	struct cpu_fp fp;
	struct rec_sysregs host; /* EL1 and EL0 registers of the host while a REC runs */
	struct rec_debug host_debug;
	struct rec_pmu host_pmu;
	uint64_t host_oslock;
};

static inline struct cpu *this_cpu(void)
{
	return (struct cpu *)read_sysreg_stable(tpidr_el2);
}

#endif
#endif
