/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: what its files share beyond tests/lib/bare/el2.h, which is its part in common with
 * the conformance payload: the calls of the test RMM, and the suites that main.c starts.
 */
#ifndef FIRMWARE_EL2_H
#define FIRMWARE_EL2_H

#include <stdbool.h>
#include <stdint.h>
#include "tests/firmware/common/agent.h"
#include "tests/lib/bare/el2.h"

/* el1.c */
uint64_t el1_run(void *function, uint64_t argument, uint64_t ttbr1, unsigned int t1sz);

/* agent.c: calls of the test RMM. Buffers are this CPU's; valid until the next call. */
bool agent_present(void);
struct smc_regs agent_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4);
int64_t agent_el3(struct smc_regs *regs); /* an SMC made by the test RMM */
int64_t agent_gtsi(uint64_t fid, uint64_t pa);
struct probe agent_peek(uint64_t pa, uint64_t pas);
struct probe agent_poke(uint64_t pa, uint64_t pas, uint64_t value);
void *agent_buffer(void);

/* GM_GPI_SET over a range, repeated while INCOMPLETE; *done may be NULL. */
int64_t agent_gpi_set(uint64_t pa, uint64_t granules, uint64_t gpi, uint64_t *done);

/* True if the access faulted with a granule protection fault on the access itself. */
bool is_gpf(struct probe probe);

/* The suites. */
void suite_smccc(void);
void suite_psci(void);
void suite_trng(void);
void suite_rmi(void);
void suite_record(void);
void suite_switch(void);
void suite_granule(void);
void suite_walk(void);
void suite_walk_all(void);
void suite_sve(void);
void suite_smp(void);
void suite_world(void);
void suite_storm(void);
void suite_normm(void);
void suite_warmfail(void);
void suite_reset(void);
void suite_bench(void);

#endif
