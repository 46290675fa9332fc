/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool of stateful operations. See sro.h. */
#include "rmm/arch/arch.h"
#include "rmm/rmi2/sro.h"

enum slot_state { SLOT_FREE, SLOT_PARKED, SLOT_HELD };

static struct slot {
	uint32_t state;
	struct sro sro;
} pool[SRO_MAX];

static bool slot_take(struct slot *slot, uint32_t from)
{
	return __atomic_compare_exchange_n(&slot->state, &from, SLOT_HELD, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static void slot_put(struct sro *sro, enum slot_state to)
{
	struct slot *slot = (struct slot *)((char *)sro - offsetof(struct slot, sro));

	__atomic_store_n(&slot->state, (uint32_t)to, __ATOMIC_RELEASE);
}

/* A new operation has nothing yet. What is in args, object and mem is not looked at before it is
 * set. */
static void forget(struct sro *sro)
{
	sro->fid = 0;
	sro->want = SRO_WANT_NONE;
	sro->cancellable = sro->failed = false;
	sro->status = 0;
	sro->needed = sro->count = 0;
}

struct sro *sro_alloc(uint64_t *handle)
{
	for (size_t i = 0; i < SRO_MAX; i++) {
		if (slot_take(&pool[i], SLOT_FREE)) {
			forget(&pool[i].sro);
			*handle = i;
			return &pool[i].sro;
		}
	}
	return NULL;
}

enum sro_get sro_take(uint64_t handle, struct sro **sro)
{
	if (handle >= SRO_MAX)
		return SRO_NONE;
	handle = index_nospec(handle, SRO_MAX);
	*sro = &pool[handle].sro;
	if (slot_take(&pool[handle], SLOT_PARKED))
		return SRO_OK;
	return __atomic_load_n(&pool[handle].state, __ATOMIC_RELAXED) == SLOT_FREE ? SRO_NONE
										   : SRO_BUSY;
}

void sro_park(struct sro *sro)
{
	slot_put(sro, SLOT_PARKED);
}

void sro_free(struct sro *sro)
{
	slot_put(sro, SLOT_FREE);
}
