/* SPDX-License-Identifier: BSD-3-Clause */
/* What the PEs can do beyond arch_features: for the machine layer alone. Constant after boot. */
#ifndef RMM_AARCH64_MACHINE_H
#define RMM_AARCH64_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct machine_features {
	bool rndr;
	bool sme;
	bool tpidr2;
	bool tlb_range; /* TLBI by range */
	bool tcr2, sctlr2, s1pie, s1poe, s2poe;
	bool el1_extensions;	  /* any of these */
	uint64_t hcrx;		  /* HCRX_EL2 while a Realm runs */
	uint8_t num_bps, num_wps; /* of the PE, minus one: at most 15 */
	uint8_t pmu_counters;	  /* of the PE */
	uint8_t num_lrs;	  /* GIC list registers */
};

extern struct machine_features machine;

/* code.c: the fields about instruction caches. */
struct arch_features;
void code_init(struct arch_features *f);

/*
 * Fills arch_features, machine and the Realm's ID registers. First CPU, MMU on, after el3_probe().
 * All PEs are taken to be alike.
 */
void machine_init(void);

#endif
