/* SPDX-License-Identifier: BSD-3-Clause */
/* Parameters of a new REC. See rec.h. */
#include <string.h>

#include "rmm/rmi/decode.h"
#include "rmm/rmi/rec.h"

#define MPIDR_RES0 (~(MASK(3, 0) | MASK(31, 8)))

#define AT(field) offsetof(struct rmi_rec_params, field)

bool rmi_rec_read(uint64_t params, struct rmi_rec_args *args)
{
	return rmi_ns_page(params) &&
	       arch_ns_read(&args->flags, pa_of(params + AT(flags)), sizeof(args->flags)) &&
	       arch_ns_read(&args->mpidr, pa_of(params + AT(mpidr)), sizeof(args->mpidr)) &&
	       arch_ns_read(&args->pc, pa_of(params + AT(pc)), sizeof(args->pc)) &&
	       arch_ns_read(args->gprs, pa_of(params + AT(gprs)), sizeof(args->gprs));
}

/* The parameters have Aff3 in [31:24], MPIDR_EL1 has it in [39:32]. */
static uint64_t mpidr_el1(uint64_t mpidr)
{
	return (mpidr & MASK(23, 0)) | FIELD(mpidr, 31, 24) << 32;
}

uint64_t rmi_rec_check(const struct rd *rd, const struct rmi_rec_args *args, unsigned int num_aux)
{
	if (rd->recs_made == REALM_MAX_RECS || rd->state != REALM_NEW)
		return RMI_ERROR_REALM;
	if ((args->mpidr & MPIDR_RES0) || rec_index_of(mpidr_el1(args->mpidr)) != rd->recs_made)
		return RMI_ERROR_INPUT;
	return num_aux == rec_aux_count(&rd->config) ? RMI_SUCCESS : RMI_ERROR_INPUT;
}

void rmi_rec_make(struct realm_lock *realm, const struct rmi_rec_args *args, pa_t rec,
		  const pa_t *aux, unsigned int num_aux)
{
	struct rec_new new = {
		.pa = rec,
		.mpidr = mpidr_el1(args->mpidr),
		.flags = args->flags,
		.runnable = args->flags & RMI_REC_RUNNABLE,
		.pc = args->pc,
		.num_aux = num_aux,
		.aux = aux,
	};

	memcpy(new.gprs, args->gprs, sizeof(new.gprs));
	rec_make(realm, &new);
}
