/* SPDX-License-Identifier: BSD-3-Clause */
/* What the jobs of the bare-metal Realm share: jobs.c has it, and most of the jobs. */
#ifndef TESTS_REALM_JOBS_COMMON_H
#define TESTS_REALM_JOBS_COMMON_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs.h"

extern char start[];

uint64_t smc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c, uint64_t *x1, uint64_t *x2);
/* Where the Realm reaches a device, or memory it shares. */
volatile uint64_t *device(uint64_t address);
uint32_t read32(uint64_t address);
void write32(uint64_t address, uint32_t value);
void report(enum report what, uint32_t value);
/* 0 if it was done. */
uint32_t set_ripas(uint64_t base, uint64_t size, uint64_t ripas);

/* SPIs and the calling vCPU's interface: GICD_ICFGR words, EOImode 1. */
void gic_on(uint64_t config, bool split);
void gic_cpu_on(bool split);
void irqs_on(void);
void irqs_off(void);
/* From now on interrupts are for this function, which ends them. */
void irqs_to(void (*function)(uint64_t intid));
/* Interrupts that were taken, by all vCPUs; in WFI until so many were, by this one. */
uint64_t irqs_taken(void);
void wait_taken(uint64_t number);

/* pmu.c */
void job_pmu(void);
void pmu_second(void);

/* lpi.c */
void job_lpi(void);
void lpi_second(void);

#endif
