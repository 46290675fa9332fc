/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where an UNDEFINED exception goes that EL3 gives to a lower level, and the state it finds there.
 * This file accesses no register, so that it can be tested natively; smc.c writes the registers.
 */
#ifndef MONITOR_UNDEF_H
#define MONITOR_UNDEF_H

#include <stdbool.h>
#include <stdint.h>

/* The trapped level (spsr) and what its exceptions depend on. */
struct undef_source {
	uint64_t spsr;
	uint64_t hcr_el2;
	uint64_t sctlr_el1, sctlr_el2;
	uint64_t id_aa64pfr1;
};

struct undef_target {
	bool el2; /* else EL1 */
	uint64_t pstate;
	uint64_t vector; /* offset from VBAR */
};

struct undef_target undef_target(const struct undef_source *from);

#endif
