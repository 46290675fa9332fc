/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A long computation (a signature) on a stack of its own, which a physical interrupt may suspend
 * at any instruction and which any CPU may resume later. Two implementations chosen by the build:
 * coroutine_arm64.S, and a native one for tests (tests/unit/rmm/attest/coroutine_native.c).
 *
 * What the machine layer owes to coroutine_arm64.S:
 *  - The computation runs at EL2 with SP_EL0 (EL2t), IRQ and FIQ unmasked, Debug and SError masked.
 *    Its caller's frame stays on SP_EL2.
 *  - VBAR_EL2 slots 0x080 (IRQ, current EL with SP0) and 0x100 (FIQ) are "b coroutine_interrupted".
 *    That saves the computation and makes coroutine_run() return false on the CPU's own stack with
 *    the caller's DAIF; the interrupt has not been acknowledged. No other code runs at EL2t; slots
 *    0x000 and 0x180 are faults of the RMM.
 *  - IRQ and FIQ from below and at EL2 go to EL2 while it runs (HCR_EL2.IMO, FMO, or TGE).
 *  - The V registers, FPCR and FPSR are free for use between arch_simd_begin() and arch_simd_end()
 *    around coroutine_run(), which returns with V0-V31 zero. SP_EL0 is put back; it may be the
 *    Realm's. ELR_EL2 and SPSR_EL2 are not put back: save them before, as for any exception.
 *  - If EL2 uses pointer authentication, its keys are the same on all CPUs.
 *  - MMU and D-cache are on: the crypto library makes unaligned accesses.
 */
#ifndef RMM_CRYPTO_COROUTINE_H
#define RMM_CRYPTO_COROUTINE_H

/* The memory of one: this struct at the bottom of a granule, its stack above. */
#define COROUTINE_SIZE 4096

/* Offsets in struct coroutine known to coroutine_arm64.S. */
#define COROUTINE_X	 0
#define COROUTINE_SP	 248
#define COROUTINE_PC	 256
#define COROUTINE_PSTATE 264
#define COROUTINE_FPCR	 272
#define COROUTINE_FPSR	 280
#define COROUTINE_V	 288

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A computation and where it stands while it is suspended. Any CPU may run it, one at a time. Lies
 * at the start of its granule; a stack that overflows meets the guard word first and then this
 * struct, which is not in use while the computation runs.
 */
struct coroutine {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t pstate;
	uint64_t fpcr;
	uint64_t fpsr;
	uint8_t v[32][16];
	void *arg;
	uint64_t guard;
} __attribute__((aligned(16)));

_Static_assert(offsetof(struct coroutine, sp) == COROUTINE_SP, "COROUTINE_SP");
_Static_assert(offsetof(struct coroutine, pc) == COROUTINE_PC, "COROUTINE_PC");
_Static_assert(offsetof(struct coroutine, pstate) == COROUTINE_PSTATE, "COROUTINE_PSTATE");
_Static_assert(offsetof(struct coroutine, fpcr) == COROUTINE_FPCR, "COROUTINE_FPCR");
_Static_assert(offsetof(struct coroutine, fpsr) == COROUTINE_FPSR, "COROUTINE_FPSR");
_Static_assert(offsetof(struct coroutine, v) == COROUTINE_V, "COROUTINE_V");

/*
 * Makes a granule (COROUTINE_SIZE bytes, aligned to that) the computation fn(arg). It must not hold
 * a suspended one that was not cancelled.
 */
struct coroutine *coroutine_init(void *granule, void (*fn)(void *arg), void *arg);

/*
 * Starts or resumes the computation. True: fn returned; it must not be run again. False: an
 * interrupt is pending and the computation suspended. Panics if the stack reached its end.
 */
bool coroutine_run(struct coroutine *co);

/* Runs a computation that is to be started or resumed to its end, interrupts masked; for boot. */
void coroutine_finish(struct coroutine *co);

/* Gives up a computation that is suspended or not yet started. Its memory is the caller's again. */
void coroutine_cancel(struct coroutine *co);

/* Inside a computation: its arg. Elsewhere NULL. */
void *coroutine_self(void);

#endif
#endif
