/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floating point, SVE and streaming SVE registers: whose values the hardware holds, and moving
 * them lazily. CPTR_EL2 is closed unless the RMM (arch_simd_begin) or the Realm uses them.
 * docs/spec/rmi-2.0.md sections 1 (SVE hint) and 16. ZA and ZT0 are never touched.
 */
#ifndef RMM_AARCH64_FP_H
#define RMM_AARCH64_FP_H

#include <stdbool.h>
#include <stdint.h>

struct rec;

enum fp_owner {
	FP_HOST, /* at rest: the hardware has the host's */
	FP_NONE, /* the host's and the Realm's are in memory */
	FP_REC,	 /* the Realm that runs here uses its own */
};

#define FP_Z_MAX 256 /* bytes of the longest Z register */

struct cpu_fp {
	enum fp_owner owner;
	struct rec *rec; /* FP_REC: whose */
	bool q_only;	 /* of the host, only Q registers were saved */
	uint64_t svcr;	 /* host's PSTATE.SM and ZA */
	uint64_t fpcr, fpsr;
	uint64_t zcr_el1, zcr_el2;
	uint8_t z[32 * FP_Z_MAX] __attribute__((aligned(16)));
	uint8_t p_ffr[17 * FP_Z_MAX / 8] __attribute__((aligned(16)));
};

/* Bytes of a Z register now; CPTR_EL2 is open. fp_regs.S */
uint64_t fp_vl(void);

/* A Realm touched FP or SVE: gives it its own registers. The REC runs on this CPU. */
void fp_give_to_rec(struct rec *rec);

/* The REC leaves: if it has its values in the registers, they go back to its memory. */
void fp_take_from_rec(void);

/* Before the return to the host: puts its values back if they are not in place. */
void fp_restore_host(void);

#endif
