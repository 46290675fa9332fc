/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hostile hosts: random RMI calls over a small set of granules, Realms and IPAs, so that calls meet
 * each other's objects; and the invariants that hold whenever no call is under way. Used by the
 * threaded stress and by the fuzz target.
 */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a host takes its decisions from: a generator, or the bytes of a fuzz input. */
struct hostile {
	uint64_t seed;	     /* generator, when data is NULL */
	const uint8_t *data; /* fuzz input */
	size_t size, pos;
	uint64_t scratch; /* PA of the host's own pages: parameters, list, run page */
	unsigned int cpu;
};

#define HOSTILE_SCRATCH_PAGES 4
#define HOSTILE_OPS	      28

/*
 * Calls that returned SUCCESS (or INCOMPLETE) by kind, to see that the test tests something; the
 * last kind is a sequence of others, counted when its Realm is active.
 */
extern uint64_t hostile_done[HOSTILE_OPS];
extern const char *const hostile_name[HOSTILE_OPS];

/* Once, after machine_init() and RMM_ACTIVATE. */
void hostile_init(void);

/* One call, or one short sequence. False: the input is used up. */
bool hostile_step(struct hostile *h);

/*
 * Aborts unless: every granule is unlocked and in the PAS of its state; every RTT, DATA, REC and
 * REC_AUX granule belongs to exactly one place of one Realm; reference counts are right; no memory
 * of a Realm can be read by the host.
 */
void hostile_check(void);

#endif
