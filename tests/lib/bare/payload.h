/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every payload is built from: SMCs with captured registers, accesses that may fault, system
 * registers by number, and the reporting interface each payload implements.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <util.h>

#include "tests/lib/bare/asm.h"
#include "tests/lib/bare/regs.h"

/* X0-X17 of an SMC: arguments before, results after. */
struct smc_regs {
	uint64_t x[18];
};

void smc_call(struct smc_regs *regs);

/* The result X0 of a call with up to four arguments; the rest of X0-X17 is 0. */
static inline uint64_t smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct smc_regs regs = {{fid, x1, x2, x3}};

	smc_call(&regs);
	return regs.x[0];
}

/* Every register around one SMC; offsets are known to smc.S. */
struct smc_all {
	uint64_t x[31];
	uint64_t sp_before;
	uint64_t sp_after;
	uint64_t nzcv; /* bits 31:28, in and out */
	uint64_t daif; /* out */
};

void smc_all(struct smc_all *all);

/* Result of an access that may fault: esr is 0 and value is valid, or value is FAR. */
struct probe {
	uint64_t esr;
	uint64_t value;
};

struct probe probe_read64(uint64_t va);
struct probe probe_read32(uint64_t va);
struct probe probe_write64(uint64_t va, uint64_t value);
struct probe probe_exec(uint64_t va);

#define ESR_EC(esr)  FIELD(esr, 31, 26)
#define ESR_FSC(esr) FIELD(esr, 5, 0)
#define EC_UNKNOWN   0x00
#define EC_IABT_LOW  0x20
#define EC_IABT_SAME 0x21
#define EC_DABT_SAME 0x25
#define FSC_GPF	     0x28
#define FSC_GPF_WALK 0x24 /* + level, -1 to 3 */

/* System registers by enum reg (regs.h). An absent one gives esr with EC_UNKNOWN. */
struct reg_desc {
	const char *name;
	uint64_t mask; /* bits a test may change while it runs */
	uint8_t kind;
	uint8_t feature;
};

extern const struct reg_desc reg_descs[];
struct probe reg_read(enum reg reg);
uint64_t reg_write(enum reg reg, uint64_t value); /* ESR or 0 */
bool reg_present(enum reg reg);			  /* by the ID registers */

/* V0-V31 to and from 512 bytes. */
void fp_store(void *buffer);
void fp_load(const void *buffer);

/* The stack of this CPU starts with its struct percpu, which each payload defines. */
struct percpu;

static inline struct percpu *this_cpu(void)
{
	uint64_t sp;

	__asm__("mov %0, sp" : "=r"(sp));
	return (struct percpu *)(sp & ~(uint64_t)(PAYLOAD_STACK_SIZE - 1));
}

/* xorshift64*: the same sequence for the same seed on every machine. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* Granule contents that depend on the seed and on every address. */
static inline uint64_t pattern_word(uint64_t seed, uint64_t pa)
{
	uint64_t state = seed ^ (pa * UINT64_C(0x9e3779b97f4a7c15)) ^ 1;

	return random_next(&state);
}

/* Provided by the payload: one test point; the text is a statement of the rule. */
bool check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool check_eq(uint64_t got, uint64_t want, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Provided by the payload: an exception no test expected (kind: vector, + 16 at EL1). */
void __attribute__((noreturn))
fatal_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far);

#endif
