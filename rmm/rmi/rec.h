/* SPDX-License-Identifier: BSD-3-Clause */
/* What REC_CREATE is told and checks, in all versions of the RMI: docs/spec/rmi-2.0.md section 7.
 */
#ifndef RMM_RMI_REC_H
#define RMM_RMI_REC_H

#include "abi/rmi.h"
#include "rmm/core/rec.h"

/* The parts of rmi_rec_params that mean something, copied from the host once. */
struct rmi_rec_args {
	uint64_t flags;
	uint64_t mpidr;
	uint64_t pc;
	uint64_t gprs[RMI_REC_CREATE_GPRS];
};

/* Copies the parameters from the host's page. False: it is not Non-secure or cannot be read. */
bool rmi_rec_read(uint64_t params, struct rmi_rec_args *args);

/*
 * RMI_SUCCESS if the Realm may have a REC with these parameters and num_aux donated granules now,
 * or the error. The Realm's RD is locked.
 */
uint64_t rmi_rec_check(const struct rd *rd, const struct rmi_rec_args *args, unsigned int num_aux);

/* After that check: rec_make() in the granules at rec and aux, which are PARTIAL. Cannot fail. */
void rmi_rec_make(struct realm_lock *realm, const struct rmi_rec_args *args, pa_t rec,
		  const pa_t *aux, unsigned int num_aux);

#endif
