/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hardware under rmm/arch/aarch64/, as far as its C code can tell: system registers that keep
 * what was written, and a log of the instructions that were executed. A write of a register has its
 * effect on other instructions from the next ISB on (hw_effective()).
 */
#ifndef TESTS_HW_H
#define TESTS_HW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/rmm/rule.h"

#include "rmm/arch/aarch64/cpu.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/arch.h"

#define HW_LOG_MAX 4096

struct hw_event {
	const char *what;     /* "isb", "tlbi alle1", or the register that was written */
	uint64_t value;	      /* operand or value */
	uint64_t vtcr, vttbr; /* in effect */
};

extern struct hw_event hw_log[HW_LOG_MAX];
extern size_t hw_log_length;
extern struct cpu hw_cpu;

/* Registers are 0, the log is empty, machine is all 0 and arch_features as on a PE with it all. */
int hw_reset(void **state);

uint64_t hw_reg(const char *reg);
void hw_set(const char *reg, uint64_t value);
uint64_t hw_effective(const char *reg);
void hw_forget_log(void);

/* Place in the log of the first such event at or behind `from`; it must be there. */
size_t hw_find(size_t from, const char *what);
/* How many events begin with this. */
size_t hw_count(const char *prefix);

/* Called by each event, after its effect on registers; NULL: nothing more happens. */
extern void (*hw_hook)(const char *what, uint64_t value);

#endif
