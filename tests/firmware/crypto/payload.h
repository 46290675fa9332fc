/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the crypto payload share: machine set-up, test points, the timer. */
#ifndef FIRMWARE_CRYPTO_H
#define FIRMWARE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STR_(x) #x
#define STR(x)	STR_(x)

void mmu_on(void);
void payload_main(void);
_Noreturn void payload_fault(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far);
void payload_read_v(uint64_t v[64]);

/* One test point of the TAP stream. */
void ok(bool passed, const char *what);
/* A figure, as a TAP comment. */
void figure(const char *name, uint64_t value, const char *unit);
_Noreturn void finish(void);

/* GICv3 and the EL2 physical timer, whose interrupt ends a coroutine's turn. */
void timer_init(void);
uint64_t timer_now(void);
void timer_start(uint64_t ticks);
/* Acknowledges the timer's interrupt and stops it. False: another one, or none, was pending. */
bool timer_take(void);
/* Ticks since the timer expired. */
uint64_t timer_late(void);
void timer_stop(void);

/* One source file of tests each. */
void hash_tests(void);
void sign_tests(void);
void coroutine_tests(void);
void attest_tests(void);

/* ID_AA64ISAR0_EL1.SHA2: 2 when the CPU has the SHA-256 and SHA-512 instructions. */
unsigned int sha2_instructions(void);

#endif
