/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation and destruction of RECs: docs/spec/rmi-2.0.md section 7. */
#include <string.h>

#include "rmm/rmi2/op.h"

#define MPIDR_RES0 (~(MASK(3, 0) | MASK(31, 8)))

/* The parts of rmi_rec_params that mean something, copied from the host once. */
struct rec_params {
	uint64_t flags;
	uint64_t mpidr;
	uint64_t pc;
	uint64_t gprs[RMI_REC_CREATE_GPRS];
};

#define AT(field) offsetof(struct rmi_rec_params, field)

static bool read_params(uint64_t pa, struct rec_params *p)
{
	return rmi_ns_page(pa) &&
	       arch_ns_read(&p->flags, pa_of(pa + AT(flags)), sizeof(p->flags)) &&
	       arch_ns_read(&p->mpidr, pa_of(pa + AT(mpidr)), sizeof(p->mpidr)) &&
	       arch_ns_read(&p->pc, pa_of(pa + AT(pc)), sizeof(p->pc)) &&
	       arch_ns_read(p->gprs, pa_of(pa + AT(gprs)), sizeof(p->gprs));
}

/* Number of a REC in its Realm: Aff0 has 4 bits, the others 8. */
static uint64_t mpidr_index(uint64_t mpidr)
{
	return FIELD(mpidr, 3, 0) | FIELD(mpidr, 15, 8) << 4 | FIELD(mpidr, 23, 16) << 12 |
	       FIELD(mpidr, 31, 24) << 20;
}

/* The params' layout has Aff3 in [31:24], MPIDR_EL1 in [39:32]. */
static uint64_t mpidr_el1(uint64_t mpidr)
{
	return (mpidr & MASK(23, 0)) | FIELD(mpidr, 31, 24) << 32;
}

/* REC_AUX granules such a Realm's RECs need; none when rd is no Realm: the last step will say so.
 */
static unsigned int aux_needed(pa_t rd)
{
	struct realm_lock realm;
	unsigned int n;

	if (!realm_lock(rd, &realm))
		return 0;
	n = rec_aux_count(&realm.rd->config);
	realm_unlock(&realm);
	return n;
}

uint64_t rmi2_rec_create(const uint64_t *x, uint64_t *out)
{
	struct granule_lock lock;
	struct sro *sro;
	uint64_t handle;

	if (!granule_lock(pa_of(x[2]), GRANULE_DELEGATED, &lock))
		return RMI_ERROR_INPUT;
	sro = sro_alloc(&handle);
	if (!sro) {
		granule_unlock(&lock);
		return RMI_BLOCKED;
	}
	sro->fid = RMI_REC_CREATE;
	sro->cancellable = true;
	sro->args[0] = x[1];
	sro->args[1] = x[2];
	sro->args[2] = x[3];
	sro->object = lock.pa;
	sro->needed = aux_needed(pa_of(x[1]));
	sro->want = sro->needed ? SRO_WANT_DONATE : SRO_WANT_NONE;
	granule_unlock_to(&lock, GRANULE_PARTIAL);
	return op_start(sro, handle, out);
}

/* May a REC with these params be made now, with the memory the operation holds? */
static uint64_t check_create(const struct rd *rd, const struct rec_params *p, const struct sro *sro)
{
	if (rd->recs_made == REALM_MAX_RECS || rd->state != REALM_NEW)
		return RMI_ERROR_REALM;
	if ((p->mpidr & MPIDR_RES0) || mpidr_index(p->mpidr) != rd->recs_made)
		return RMI_ERROR_INPUT;
	/* Another Realm may have taken the place of the one the operation started with. */
	return sro->count == rec_aux_count(&rd->config) ? RMI_SUCCESS : RMI_ERROR_INPUT;
}

static void create(struct realm_lock *realm, const struct rec_params *p, const struct sro *sro)
{
	struct rec_new new = {
		.pa = sro->object,
		.mpidr = mpidr_el1(p->mpidr),
		.flags = p->flags,
		.runnable = p->flags & RMI_REC_RUNNABLE,
		.pc = p->pc,
		.num_aux = sro->count,
		.aux = sro->mem,
	};

	memcpy(new.gprs, p->gprs, sizeof(new.gprs));
	rec_make(realm, &new);
}

uint64_t rec_create_finish(struct sro *sro)
{
	struct rec_params params;
	struct realm_lock realm;
	uint64_t status;

	if (!read_params(sro->args[2], &params) || !realm_lock(pa_of(sro->args[0]), &realm))
		return RMI_ERROR_INPUT;
	status = check_create(realm.rd, &params, sro);
	if (status == RMI_SUCCESS)
		create(&realm, &params, sro);
	realm_unlock(&realm);
	return status;
}

void rec_create_abort(struct sro *sro)
{
	granule_publish(sro->object, 1, GRANULE_DELEGATED);
}

/* The REC leaves its Realm at once; its granules follow as the host asks for them. */
static void destroy(struct realm_lock *realm, struct rec_lock *lock, struct sro *sro)
{
	sro->fid = RMI_REC_DESTROY;
	sro->object = lock->rec->pa;
	sro->count = rec_unmake(realm, lock, sro->mem);
	sro->want = sro->count ? SRO_WANT_RECLAIM : SRO_WANT_NONE;
}

uint64_t rmi2_rec_destroy(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	struct rec_lock lock;
	enum rec_lock_result result;
	uint64_t handle;
	struct sro *sro = sro_alloc(&handle);

	if (!sro)
		return RMI_BLOCKED;
	result = rec_lock_with_realm(pa_of(x[1]), &realm, &lock);
	if (result != REC_LOCK_TAKEN) {
		sro_free(sro);
		return result == REC_LOCK_RUNNING ? RMI_ERROR_REC : RMI_ERROR_INPUT;
	}
	destroy(&realm, &lock, sro);
	realm_unlock(&realm);
	return op_start(sro, handle, out);
}

void rec_destroy_finish(struct sro *sro)
{
	granule_publish(sro->object, 1, GRANULE_DELEGATED);
}
