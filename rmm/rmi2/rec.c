/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation and destruction of RECs: docs/spec/rmi-2.0.md section 7. */
#include "rmm/rmi/rec.h"
#include "rmm/rmi2/op.h"

/* REC_AUX granules that a REC of this Realm needs. None if rd is no Realm: the last step fails. */
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

/*
 * The checks include that the operation holds what a REC of this Realm needs: another Realm may
 * have taken the place of the one that it began with.
 */
uint64_t rec_create_finish(struct sro *sro)
{
	struct rmi_rec_args args;
	struct realm_lock realm;
	uint64_t status;

	if (!rmi_rec_read(sro->args[2], &args) || !realm_lock(pa_of(sro->args[0]), &realm))
		return RMI_ERROR_INPUT;
	status = rmi_rec_check(realm.rd, &args, sro->count);
	if (status == RMI_SUCCESS)
		rmi_rec_make(&realm, &args, sro->object, sro->mem, sro->count);
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
