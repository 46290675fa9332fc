/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the boot stage hands to the resident stage, and the fixed addresses the two agree on.
 * The first part is read by assembler code with the MMU off, so its offsets are fixed.
 */
#ifndef MONITOR_HANDOFF_H
#define MONITOR_HANDOFF_H

#include <platform_memory.h>

/* Secure SRAM: resident image, per-CPU areas, resident page tables, then the boot stage's memory.
 */
#define RESIDENT_BASE	    PLATFORM_SRAM
#define RESIDENT_MAX_SIZE   0x00010000
#define PERCPU_BASE	    (PLATFORM_SRAM + 0x10000)
#define PERCPU_SIZE	    0x1000
#define PERCPU_CPU_SIZE	    0x800 /* struct cpu at the top of the page, the stack below */
#define RESIDENT_TABLES	    (PLATFORM_SRAM + 0x30000)
#define RESIDENT_TABLES_MAX 0x00010000
#define BOOT_RAM_BASE	    (PLATFORM_SRAM + 0x40000)
#define BOOT_RAM_SIZE	    0x001c0000

/* Entry points of the resident image: a CPU woken from the hold loop; the boot stage. */
#define RESIDENT_WARM_ENTRY RESIDENT_BASE
#define RESIDENT_COLD_ENTRY (RESIDENT_BASE + 4)

/* Behind the two entries: where the parts of the loaded image are. */
#define RESIDENT_HEADER (RESIDENT_BASE + 8)

#define HANDOFF_TTBR	0
#define HANDOFF_MAIR	8
#define HANDOFF_TCR	16
#define HANDOFF_NR_CPUS 24
#define HANDOFF_MPIDR	32

/* The group 0 SGI that wakes a held CPU. */
#define WAKE_SGI 15

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "monitor/gpt/gpt.h"
#include "monitor/include/machine.h"

#define PLATFORM_TOKEN_MAX 2048
#define CHALLENGE_MAX	   64
#define RAK_SIZE	   48 /* P-384 private scalar */

/* One request to sign the platform token; runs in the boot stage, on its stack. */
struct token_request {
	const uint8_t *challenge;
	size_t challenge_size;
	uint8_t *token;	   /* PLATFORM_TOKEN_MAX bytes */
	size_t token_size; /* out */
};

struct handoff {
	/* Read with the MMU off. */
	uint64_t ttbr; /* of the resident page tables */
	uint64_t mair;
	uint64_t tcr;
	uint64_t nr_cpus;
	uint64_t mpidr[MAX_CPUS];

	struct machine machine;
	struct layout layout;
	struct gpt gpt;
	uint64_t host_entry; /* PA of the host kernel's first instruction */
	uint8_t rak[RAK_SIZE];
	/* Returns 0, or -1 when the token cannot be made. Gone once the host runs. */
	int (*sign_token)(struct token_request *request);
	uint64_t boot_stack; /* top of the stack for sign_token */
};

struct resident_header {
	uint64_t handoff; /* struct handoff, to be filled */
	uint64_t data_start;
	uint64_t bss_start; /* to be cleared */
	uint64_t bss_end;
};

_Static_assert(offsetof(struct handoff, ttbr) == HANDOFF_TTBR, "handoff ttbr");
_Static_assert(offsetof(struct handoff, mair) == HANDOFF_MAIR, "handoff mair");
_Static_assert(offsetof(struct handoff, tcr) == HANDOFF_TCR, "handoff tcr");
_Static_assert(offsetof(struct handoff, nr_cpus) == HANDOFF_NR_CPUS, "handoff nr_cpus");
_Static_assert(offsetof(struct handoff, mpidr) == HANDOFF_MPIDR, "handoff mpidr");

#endif /* __ASSEMBLER__ */
#endif
