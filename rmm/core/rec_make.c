/* SPDX-License-Identifier: BSD-3-Clause */
/* How a REC comes into being, starts, and goes. See rec.h. */
#include <string.h>

#include "rmm/arch/arch.h"
#include "rmm/attest/attest.h"
#include "rmm/core/rec.h"

static void init(struct rec *rec, const struct realm_lock *realm, const struct rec_new *new)
{
	arch_zero(rec, GRANULE_SIZE);
	rec->pa = new->pa;
	rec->rd = realm->granule.pa;
	rec->config = realm->rd->config;
	rec->index = realm->rd->recs_made;
	rec->mpidr = new->mpidr;
	rec->runnable = new->runnable;
	rec->num_aux = (uint8_t) new->num_aux;
	for (unsigned int i = 0; i < new->num_aux; i++) {
		rec->aux[i] = new->aux[i];
		arch_zero(rec_aux(rec, i), GRANULE_SIZE);
	}
	rec_init_regs(rec);
	rec->regs.pc = new->pc;
	memcpy(rec->regs.gprs, new->gprs, sizeof(new->gprs));
}

void rec_make(struct realm_lock *realm, const struct rec_new *new)
{
	struct rd *rd = realm->rd;

	init(arch_realm_ptr(new->pa), realm, new);
	if (new->runnable) {
		arch_simd_begin();
		measure_rec(&rd->measurements, new->flags, new->pc, new->gprs);
		arch_simd_end();
	}
	realm_set_rec_pa(rd, rd->recs_made++, new->pa);
	rd->recs_live++;
	for (unsigned int i = 0; i < new->num_aux; i++)
		granule_publish(new->aux[i], 1, GRANULE_REC_AUX);
	granule_publish(new->pa, 1, GRANULE_REC);
}

unsigned int rec_unmake(struct realm_lock *realm, struct rec_lock *lock, pa_t aux[REC_AUX_MAX])
{
	const struct rec *rec = lock->rec;
	unsigned int n = rec->num_aux;

	attest_token_drop(rec_aux(rec, REC_AUX_TOKEN));
	realm_set_rec_pa(realm->rd, rec->index, pa_of(0));
	realm->rd->recs_live--;
	for (unsigned int i = 0; i < n; i++) {
		aux[i] = rec->aux[i];
		granule_publish(rec->aux[i], 1, GRANULE_PARTIAL);
	}
	granule_unlock_to(&lock->granule, GRANULE_PARTIAL);
	return n;
}
