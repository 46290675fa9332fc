/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Realm that runs, for tests of REC_ENTER and of the calls of Realms: each enter plays a script,
 * which makes SMCs as the Realm would.
 */
#ifndef TESTS_REALM_RUN_H
#define TESTS_REALM_RUN_H

#include "abi/psci.h"
#include "abi/rsi.h"
#include "host.h"
#include "rmm/rsi/rsi.h"

#define CODE 0x1000 /* pc of every SMC */

/* A Realm with two RECs, RAM at [0x4000, 0x8000), mapped but for the last page; active. */
struct running {
	struct realm r;
	uint64_t run_pa;
	struct rmi_rec_run *run;
	uint64_t ram[3]; /* PAs of 0x4000, 0x5000, 0x6000 */
};

void running_begin(struct running *t);
/* The same, its parameters with more bits in flags0. */
void running_begin_flags(struct running *t, uint64_t flags0);
/* The same, its REC 1 in a certain granule, which is delegated. */
void running_begin_rec1(struct running *t, uint64_t rec1);
void running_end(struct running *t);
/* The Realm's memory at ipa, one of the three pages. */
void *running_mem(const struct running *t, uint64_t ipa);

/* REC_ENTER of REC i. */
struct rmi_regs enter(const struct running *t, unsigned int i);

/*
 * The same, and in it one SMC with x0 to x10. If the SMC ends in the Realm, the run ends with an
 * IRQ exit, pc is behind the SMC, and smc_returned is true; otherwise with the exit of the SMC.
 */
extern bool smc_returned;
struct rmi_regs enter_smc(const struct running *t, unsigned int i, const uint64_t *x, size_t n);
#define SMC(t, i, ...)                                                                             \
	enter_smc(t, i, (const uint64_t[]){__VA_ARGS__},                                           \
		  sizeof((const uint64_t[]){__VA_ARGS__}) / 8)

/* Registers of REC i. */
const uint64_t *gprs(const struct running *t, unsigned int i);

/* The SMC returned to the Realm with these X0 to X3. */
void assert_smc(const struct running *t, unsigned int i, uint64_t x0, uint64_t x1, uint64_t x2);
/* The same for a row of a table: a failure names the rule. */
void assert_smc_rule(const char *rule, const struct running *t, unsigned int i, uint64_t x0,
		     uint64_t x1, uint64_t x2);

#endif
