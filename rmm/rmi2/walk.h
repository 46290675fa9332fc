/* SPDX-License-Identifier: BSD-3-Clause */
/* From a Realm's lock to a walk of its stage 2. */
#ifndef RMM_RMI2_WALK_H
#define RMM_RMI2_WALK_H

#include "rmm/rmi2/handlers.h"

/* A walk with its own copy of the stage 2's description: the RD is not locked any more. */
struct rmi2_walk {
	struct s2 s2;
	struct rtt_walk walk;
};

/* Locks the root table for ipa (checked: below the IPA size), then lets the Realm go. */
static inline void rmi2_walk_start(struct realm_lock *realm, uint64_t ipa, struct rmi2_walk *w)
{
	w->s2 = realm->rd->config.s2;
	rtt_walk_start(&w->s2, ipa_of(ipa), &w->walk);
	realm_unlock(realm);
}

#endif
