/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether the RMM is at work (ACTIVE) or waits to be configured (INIT), and how many granules the
 * host has given it. Both are in one word, so that the RMM can only leave ACTIVE while it has no
 * granule: a delegation that is under way on another CPU either is counted before that, or finds
 * that it came too late. docs/spec/rmi-2.0.md section 18.
 */
#ifndef RMM_CORE_LIFE_H
#define RMM_CORE_LIFE_H

#include "rmm/core/types.h"

bool life_active(void);

/* INIT to ACTIVE; false: it is ACTIVE already. */
bool life_start(void);

/* ACTIVE to INIT; false, with nothing changed: not ACTIVE, or some granule is not the host's. */
bool life_stop(void);

/*
 * Before n granules leave the host, with their locks held: false, with nothing counted, when the
 * RMM is not ACTIVE. After n granules are the host's again, or were not moved: life_give_back().
 */
bool life_take(size_t n);
void life_give_back(size_t n);

/* Granules in any state but NS. */
uint64_t life_granules(void);

#endif
