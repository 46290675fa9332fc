/* SPDX-License-Identifier: BSD-3-Clause */
/* A REC by itself, with a stage 2 that is a variable, for tests of rmm/run/. */
#ifndef TESTS_RUN_FIXTURE_H
#define TESTS_RUN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rmm/run/trap.h"
#include "rule.h"

#define IPA_BITS    40
#define UNPROTECTED BIT(IPA_BITS - 1)
#define PC	    UINT64_C(0x80001000)
#define VBAR	    UINT64_C(0x8000)
#define EL0	    UINT64_C(0x3c0)
#define EL1T	    UINT64_C(0x3c4)
#define EL1H	    UINT64_C(0x3c5)
#define AARCH32	    UINT64_C(0x1d0)

extern struct rec rec;
extern struct rec_exit exit_;
extern enum rtt_page page; /* what the walk finds */
extern int walks_held;

/* A fresh REC at PC in EL1h. */
int fixture_reset(void **state);

/* Runs run_sync() for an ESR of this class and ISS. */
enum run_next trap(unsigned int ec, uint64_t iss, uint64_t far, uint64_t ipa);

#endif
