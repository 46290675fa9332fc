/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hypervisor below the host (docs/protected.md): what its CPUs and its parts share. The machine
 * layer of hyp; the tables of host/psci.h and host/smc.h are portable and do without it.
 */
#ifndef HYP_HYP_H
#define HYP_HYP_H

/* The image's place in front of the kernel, and its place at the top of memory. */
#define HYP_IMAGE_MAX  0x200000
#define HYP_MAX_CPUS   32
#define HYP_STACK_SIZE 8192

/* Offsets, for start.S. */
#define HYP_CPU_STACK 0
#define MMU_HCR	      0
#define MMU_MAIR      8
#define MMU_TCR	      16
#define MMU_TTBR0     24
#define MMU_SCTLR     32

/* Registers of the host at a trap, on the stack: X0 to X30 and room for alignment. */
#define HYP_FRAME_SIZE 256

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hyp/boot/tree.h"
#include "hyp/host/psci.h"

/* What the boot stage hands to the copy at the top of memory. */
struct hyp_boot {
	struct tree tree;
	struct region hyp;
	uint64_t kernel; /* entry */
	uint64_t fdt;	 /* for the kernel */
};

struct hyp_cpu {
	uint64_t stack; /* top */
	struct psci_cpu *psci;
	uint64_t shared; /* PA of the page the host shares with this CPU */
	/* List registers and registers of active priorities, of each CPU alike. */
	uint32_t nr_lrs, nr_aprs;
};

_Static_assert(offsetof(struct hyp_cpu, stack) == HYP_CPU_STACK, "");

struct hyp_frame {
	uint64_t x[31];
	uint64_t pad;
};

_Static_assert(sizeof(struct hyp_frame) == HYP_FRAME_SIZE, "");

/* boot/start.S, hyp.ld.S */
extern char image_start[], rodata_start[], data_start[], data_end[], bss_start[], image_end[];
extern char stacks_start[], cpu_start[], vectors[];
void relocate(char *base);
void boot_jump(const struct hyp_boot *boot, char *image);

/* boot/main.c, for start.S */
void boot_early(uint64_t fdt);
void boot_main(uint64_t fdt);

/* main.c, for start.S */
void hyp_main(const struct hyp_boot *boot);
void hyp_cpu_main(struct hyp_cpu *cpu);
/* The machine stops. */
void hyp_panic(const char *what) __attribute__((noreturn));

/* el2.c: EL2's registers for a host at EL1. */
void el2_setup(void);

/* host/vectors.S: enters the host at EL1 with its MMU off. host_smc: X0 to X7 in and out, others 0.
 */
void host_start(uint64_t entry, uint64_t x0) __attribute__((noreturn));
void host_smc(uint64_t *x);

/* host/trap.c, for vectors.S */
void host_trap(struct hyp_frame *frame);
void own_trap(void) __attribute__((noreturn));
/* Before any CPU is in the host. */
void host_init(const struct hyp_boot *boot, struct psci_cpu *cpus);

/*
 * host/memory.c: what the host has. memory_init() before any CPU is in the host; shared: pages of
 * hyp that the host has too. memory_on(): the host's stage 2 on this CPU.
 */
void memory_init(const struct hyp_boot *boot, struct region shared);
void memory_on(void);
/* Is this the address of a page of memory that the host has, that is, not hyp? */
bool host_has_page(uint64_t pa);

/* host/enter.c: sets nr_lrs and nr_aprs. */
void enter_init(struct hyp_cpu *cpu);
/* HYP_ENTER. size: X1. Returns X0. */
uint64_t enter_rec(const struct hyp_cpu *cpu, uint64_t size);

#endif
#endif
