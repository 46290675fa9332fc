// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation tables of a Realm (RTTs). They are made on demand out of the VM's pool, folded when
 * they are uniform, and destroyed at the end. The RMM guards its tables itself, so the functions
 * here need no lock of the VM.
 */
#include "host/mem/mem.h"
#include "host/mem/rtt.h"
#include "host/rmi/commands.h"
#include "host/stats.h"

static u64 rtt_create_one(struct cca_vm *vm, u64 ipa, int level, int *err)
{
	u64 rtt, status;

	*err = cca_pool_get(&vm->pool, &rtt);
	if (*err)
		return RMI_ERROR_NOT_SUPPORTED;
	status = rmi_rtt_create(vm->realm.rd, rtt, ALIGN_DOWN(ipa, rtt_level_size(level - 1)),
				level);
	if (status == RMI_SUCCESS)
		cca_stat_inc(STAT_RTTS);
	else
		cca_pool_put(&vm->pool, rtt);
	*err = rmi_errno(status);
	return status;
}

int cca_rtt_make(struct cca_vm *vm, u64 ipa, int from, int to)
{
	int level, err;

	for (level = from + 1; level <= to; level++) {
		u64 status = rtt_create_one(vm, ipa, level, &err);

		/* Another vCPU has made this table meanwhile. */
		if (RMI_STATUS(status) == RMI_ERROR_RTT && rtt_status_level(status) == level - 1)
			continue;
		if (err)
			return err;
	}
	return 0;
}

int cca_rtt_split(struct cca_vm *vm, u64 ipa, u64 *spare)
{
	u64 status = rmi_rtt_create(vm->realm.rd, *spare,
				    ALIGN_DOWN(ipa, rtt_level_size(BLOCK_LEVEL)), PAGE_LEVEL);

	if (status)
		return rmi_errno(status);
	*spare = 0;
	cca_stat_inc(STAT_RTTS);
	return 0;
}

void cca_rtt_fold(struct cca_vm *vm, u64 ipa, u64 *spare)
{
	u64 rtt;

	if (rmi_rtt_fold(vm->realm.rd, ALIGN_DOWN(ipa, rtt_level_size(BLOCK_LEVEL)), PAGE_LEVEL,
			 &rtt))
		return;
	if (*spare)
		cca_pool_put(&vm->pool, rtt);
	else
		*spare = rtt;
	cca_stat_add(STAT_RTTS, -1);
	cca_stat_inc(STAT_FOLDS);
}

static void rtt_destroy_range(struct cca_vm *vm, u64 base, u64 top, int level);

/* Destroys the table of a level that is at ipa, with those below it. Returns where to go on. */
static u64 rtt_destroy_at(struct cca_vm *vm, u64 ipa, int level)
{
	u64 after = ALIGN_DOWN(ipa, rtt_level_size(level - 1)) + rtt_level_size(level - 1);
	u64 rtt, next, status;

	status = rmi_rtt_destroy(vm->realm.rd, ipa, level, &rtt, &next);
	if (RMI_STATUS(status) == RMI_ERROR_RTT && rtt_status_level(status) == level &&
	    level < PAGE_LEVEL) {
		rtt_destroy_range(vm, ipa, after, level + 1);
		status = rmi_rtt_destroy(vm->realm.rd, ipa, level, &rtt, &next);
	}
	if (status == RMI_SUCCESS) {
		cca_pool_put(&vm->pool, rtt);
		cca_stat_add(STAT_RTTS, -1);
	} else if (RMI_STATUS(status) != RMI_ERROR_RTT) {
		return after;
	}
	return max(after, ALIGN_DOWN(next, rtt_level_size(level - 1)));
}

static void rtt_destroy_range(struct cca_vm *vm, u64 base, u64 top, int level)
{
	while (base < top) {
		base = rtt_destroy_at(vm, base, level);
		cond_resched();
	}
}

void cca_mem_destroy_tables(struct cca_vm *vm)
{
	rtt_destroy_range(vm, 0, 1ULL << vm->ipa_bits, vm->realm.start_level + 1);
}
