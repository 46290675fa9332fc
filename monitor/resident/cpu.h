/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Per-CPU state of the resident monitor. At rest SP_EL3 points to this structure; the CPU's stack
 * lies below it in the same page. Offsets are shared with world.S and asserted in cpu.c.
 */
#ifndef MONITOR_CPU_H
#define MONITOR_CPU_H

/* struct cpu */
#define CPU_NS_X     0x000 /* x0..x30 of the host at its SMC */
#define CPU_SWITCHED 0x0f8 /* register groups switched on this CPU: LAZY_* */
#define CPU_REALM_X  0x100 /* x0..x30 of the RMM at an SMC that EL3 answers */
#define CPU_SCRATCH  0x1f8 /* two words for the entry code */
#define CPU_BOOTING  0x208 /* not 0 between the entry of the RMM and its BOOT_COMPLETE */
#define CPU_NS	     0x210 /* struct world */
#define CPU_REALM    (CPU_NS + WORLD_SIZE)

/* struct world */
#define WORLD_REGS    36 /* always switched, in the order of world.S */
#define WORLD_PAUTH   0x120
#define WORLD_FGT     0x170
#define WORLD_FGT2    0x1a0
#define WORLD_PIE     0x1d0
#define WORLD_HCRX    0x1f0
#define WORLD_CNTPOFF 0x1f8
#define WORLD_SCXTNUM 0x200
#define WORLD_TCR2    0x208
#define WORLD_SCTLR2  0x210
#define WORLD_SCR     0x218
#define WORLD_SIZE    0x220

/* Indices in world.regs[] that C code sets or reads. */
#define WORLD_PMCR     11
#define WORLD_VMPIDR   12
#define WORLD_VPIDR    13
#define WORLD_CPTR     14
#define WORLD_MDCR     15
#define WORLD_ELR_EL3  28
#define WORLD_SPSR_EL3 29
#define WORLD_SCTLR    31

/*
 * Groups of registers that are switched only once the RMM has touched them: SCR_EL3 traps the
 * first access in the Realm world, so that until then it cannot see the host's values.
 */
#define LAZY_PAUTH   0
#define LAZY_FGT     1
#define LAZY_FGT2    2
#define LAZY_PIE     3
#define LAZY_HCRX    4
#define LAZY_CNTPOFF 5
#define LAZY_SCXTNUM 6
#define LAZY_TCR2    7
#define LAZY_SCTLR2  8

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "monitor/include/handoff.h"

struct world {
	uint64_t regs[WORLD_REGS];
	uint64_t pauth[10];
	uint64_t fgt[6];
	uint64_t fgt2[6];
	uint64_t pie[4];
	uint64_t hcrx;
	uint64_t cntpoff;
	uint64_t scxtnum;
	uint64_t tcr2;
	uint64_t sctlr2;
	uint64_t scr;
};

enum power_state { POWER_OFF, POWER_ON_PENDING, POWER_ON };

struct cpu {
	uint64_t ns_x[31];
	uint64_t switched;
	uint64_t realm_x[31];
	uint64_t scratch[2];
	uint64_t rmm_booting;
	struct world ns;
	struct world realm;

	uint64_t index;
	uint64_t mpidr;
	uint64_t rmm_token; /* what the RMM gave with its last BOOT_COMPLETE on this CPU */
	uint64_t entry;	    /* CPU_ON: where the host starts, and its x0 */
	uint64_t context_id;
	uint32_t power; /* enum power_state; compare and exchange */
};

/* The state of CPU `index` < nr_cpus. */
struct cpu *cpu_get(uint64_t index);

/* Boot-stage facts, as handed over. */
extern struct handoff handoff;

/* Programs the EL3 registers that do not change afterwards. Each CPU, each power-up. */
void cpu_init_el3(void);

/* Fills both worlds with the state of a CPU out of reset. */
void cpu_init_worlds(struct cpu *cpu);

/* The groups (LAZY_*) this machine has, as a bit mask, and the SCR_EL3 bits that open `group`. */
uint64_t cpu_lazy_present(void);
uint64_t cpu_lazy_scr(unsigned int group);

/* Leave EL3 for a world, with the state saved in `cpu`; do not return. world.S */
void world_enter_ns(struct cpu *cpu) __attribute__((noreturn));
void world_enter_realm(struct cpu *cpu) __attribute__((noreturn));

/* Move the hardware's values of the lazily switched groups into a world, or out of it. world.S */
void world_save_lazy(struct world *world, uint64_t groups);
void world_load_lazy(struct world *world, uint64_t groups);

/* Waits in the hold loop until another CPU wakes this one; continues at the warm entry. */
void cpu_hold(void) __attribute__((noreturn));

#endif /* __ASSEMBLER__ */
#endif
