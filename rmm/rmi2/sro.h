/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stateful RMI operations: commands that take several calls because they need memory from the
 * host, give some back, or are long. A static pool of contexts; the handle is the index, the
 * lowest free one first. A context is used by one CPU at a time; docs/spec/rmi-2.0.md section 9.
 */
#ifndef RMM_RMI2_SRO_H
#define RMM_RMI2_SRO_H

#include "rmm/core/rec.h"

/*
 * A host meets BLOCKED when all are open, and Linux then gives up the vCPU it makes: so there are
 * as many as a host may have threads that make or end a vCPU at once.
 */
#define SRO_MAX	    512
#define SRO_MEM_MAX REC_AUX_MAX
#define SRO_ARGS    6

/* What the operation wants from the host next. */
enum sro_want {
	SRO_WANT_NONE,	  /* OP_CONTINUE */
	SRO_WANT_DONATE,  /* OP_MEM_DONATE */
	SRO_WANT_RECLAIM, /* OP_MEM_RECLAIM */
};

struct sro {
	uint32_t fid; /* of the command; the front end finds the continuation by it */
	enum sro_want want;
	bool cancellable;
	bool failed; /* reclaiming; ends with `status` */
	uint64_t status;
	uint64_t args[SRO_ARGS]; /* X1.. of the command */
	pa_t object;		 /* the granule under construction, PARTIAL */
	unsigned int needed;	 /* granules to donate in all */
	unsigned int count;	 /* granules held now, state PARTIAL */
	pa_t mem[SRO_MEM_MAX];
};

/* A free context, held by this CPU; NULL when all are in use. *handle is its handle. */
struct sro *sro_alloc(uint64_t *handle);

/* The context of a handle the host gave. SRO_BUSY: another CPU is in it. */
enum sro_get {
	SRO_OK,
	SRO_NONE,
	SRO_BUSY,
};
enum sro_get sro_take(uint64_t handle, struct sro **sro);

/* Back to the pool's waiting contexts, for the next call with its handle. */
void sro_park(struct sro *sro);
/* The operation is over. */
void sro_free(struct sro *sro);

#endif
