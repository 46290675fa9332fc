/* SPDX-License-Identifier: BSD-3-Clause */
/* Test RMM: what its files share. Runs at R-EL2 of the monitor; it is not the RMM. */
#ifndef TEST_RMM_H
#define TEST_RMM_H

#include <stdint.h>
#include "abi/rmm_el3.h"
#include "tests/firmware/common/agent.h"
#include "tests/lib/bare/mmu.h"
#include "tests/lib/bare/payload.h"

/* State at entry as entry.S stored it. */
struct entry_state {
	uint64_t x[5];
	uint64_t current_el;
	uint64_t daif;
	uint64_t spsel;
	uint64_t sctlr;
	uint64_t unused;
};

struct percpu {
	uint64_t index;
	uint64_t boots;
	uint64_t token_given; /* X1 (warm) or X4 (cold) at the last entry */
	uint64_t token_set;   /* what the last BOOT_COMPLETE passed */
	uint64_t entry_faults;
};

/* record.c: test points of the cold boot, fetched later by the EL2 payload. */
void record_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
const struct record *record_get(uint64_t index); /* NULL past the last one */

/* cold.c: the checks of the cold boot; `shared` is the page with the manifest. */
void cold_check_entry(const struct entry_state *entry);
void cold_check_manifest(uint64_t shared);
void cold_check_calls(uint64_t shared, uint64_t nr_cpus);

/* main.c */
extern bool main_fail_next_boot;
extern uint64_t main_shared_buffer;

#endif
