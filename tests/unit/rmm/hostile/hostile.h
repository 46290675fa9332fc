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

/*
 * The kinds of step, and one out of how many of each a generator makes: what ends a Realm, an
 * operation or a table is less frequent, or there would be little to attack. The last is a sequence
 * of others, and counts as a success when its Realm is active.
 */
#define HOSTILE_KINDS(X)                                                                           \
	X(delegate, 1)                                                                             \
	X(undelegate, 4)                                                                           \
	X(deactivate, 16)                                                                          \
	X(realm_create, 1)                                                                         \
	X(realm_activate, 255)                                                                     \
	X(realm_terminate, 255)                                                                    \
	X(realm_destroy, 32)                                                                       \
	X(rec_create, 1)                                                                           \
	X(rec_destroy, 8)                                                                          \
	X(rec_leave, 16)                                                                           \
	X(op_continue, 1)                                                                          \
	X(op_donate, 1)                                                                            \
	X(op_reclaim, 1)                                                                           \
	X(op_cancel, 16)                                                                           \
	X(table_create, 1)                                                                         \
	X(table_destroy, 8)                                                                        \
	X(fold, 4)                                                                                 \
	X(read_entry, 1)                                                                           \
	X(data_map_init, 1)                                                                        \
	X(data_map_init_range, 1)                                                                  \
	X(data_map, 1)                                                                             \
	X(data_unmap, 1)                                                                           \
	X(unprot_map, 1)                                                                           \
	X(unprot_unmap, 1)                                                                         \
	X(init_ripas, 1)                                                                           \
	X(set_ripas, 1)                                                                            \
	X(rec_enter, 1)                                                                            \
	X(psci_complete, 1)                                                                        \
	X(realm_run, 16)

#define HOSTILE_KIND(name, one_in) KIND_##name,
enum hostile_kind { HOSTILE_KINDS(HOSTILE_KIND) HOSTILE_KIND_COUNT };

/* Calls that returned SUCCESS or INCOMPLETE by kind, to see that the test tests something. */
extern uint64_t hostile_done[HOSTILE_KIND_COUNT];
extern const char *const hostile_name[HOSTILE_KIND_COUNT];

/* Once, after machine_init() and RMM_ACTIVATE. */
void hostile_init(void);

/* One call, or one short sequence. False: the input is used up. */
bool hostile_step(struct hostile *h);

/*
 * By RMI alone, and without knowing what is where: ends all operations, RECs and Realms,
 * undelegates all memory, deactivates the RMM and activates it again. Always possible while no
 * other host calls; false if RMM_DEACTIVATE was refused.
 */
bool hostile_take_back(struct hostile *h);

/*
 * Aborts unless: every granule is unlocked and in the PAS of its state; every RTT, DATA, REC and
 * REC_AUX granule belongs to exactly one place of one Realm; reference counts are right; no memory
 * of a Realm can be read by the host.
 */
void hostile_check(void);

#endif
