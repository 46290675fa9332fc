/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the two bare-metal hosts (tests/firmware/el2 and tests/conformance) share: NS-EL2, flat map,
 * interrupts masked throughout. Only CPU 0 reports; the other CPUs run jobs (cpu.c).
 */
#ifndef BARE_EL2_H
#define BARE_EL2_H

#include <stdbool.h>
#include <stdint.h>
#include "tests/lib/bare/mmu.h"
#include "tests/lib/bare/payload.h"

struct region {
	uint64_t base;
	uint64_t size;
};

/* fdt.c: what the device tree says. */
#define FDT_MAX_REGIONS 32

struct fdt_info {
	struct region self; /* the blob */
	struct region dram[FDT_MAX_REGIONS];
	struct region reserved[FDT_MAX_REGIONS];
	uint64_t mpidr[PAYLOAD_MAX_CPUS];
	uint32_t nr_dram;
	uint32_t nr_reserved;
	uint32_t nr_no_map; /* of the reserved ones, those that may not be mapped */
	uint32_t nr_cpus;
	struct region initrd;
	const char *bootargs;	 /* "" if there are none */
	const char *psci_method; /* NULL if there is no psci node */
	uint32_t nr_enable_method_psci;
};

extern struct fdt_info fdt;
bool fdt_read(uint64_t pa);

/* memory.c: DRAM nothing else uses; free blocks are found, not handed out. */
void memory_init(void);
bool memory_find(uint64_t size, uint64_t align, uint64_t *base);
bool memory_is_free(uint64_t base, uint64_t size);

/* tap.c: check() and check_eq() of payload.h, and: */
void skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void __attribute__((noreturn)) tap_finish(void);

/* cpu.c: the other CPUs. Results of PSCI calls are returned, nothing is reported. */
struct percpu {
	uint64_t index;
	uint64_t entry_el;
	uint64_t entry_sctlr;
	uint64_t entry_daif;
	uint64_t starts; /* entries so far */
	void (*job)(void *argument);
	void *argument;
	uint64_t busy; /* 1 from cpu_run() until the job returned */
};

struct percpu *cpu_data(uint32_t index);
uint64_t cpu_entry_point(void);
int64_t cpu_on(uint32_t index);	 /* CPU_ON and wait for its entry; a PSCI code, or -100 if late */
int64_t cpu_off(uint32_t index); /* tells the CPU to go, waits for AFFINITY_INFO; 0 or -100 */
uint32_t cpu_start_all(uint32_t limit); /* starts CPUs up to this many; how many run */
void cpu_stop_all(void);
void cpu_run(uint32_t index, void (*job)(void *), void *argument);
bool cpu_wait(uint32_t index, uint64_t seconds);
/* Until another CPU or world has written value there; false after so many seconds. */
bool cpu_wait_for(const uint64_t *word, uint64_t value, uint64_t seconds);

/* timer.c: the counter, and a wake-up interrupt for CPU_SUSPEND. */
uint64_t timer_now(void);
uint64_t timer_seconds(uint64_t seconds); /* in counter ticks */
void timer_wake_after(uint64_t ticks);	  /* pends the EL1 physical timer's PPI */
void timer_wake_off(void);

#endif
