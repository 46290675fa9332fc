/* SPDX-License-Identifier: BSD-3-Clause */
/* REC_CREATE and REC_DESTROY, step by step, and REC_ENTER's checks. RMI 2.0 sections 7 and 9. */
#include <string.h>
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rmi_rec_params *params;
static uint64_t list[RMI_LIST_ENTRIES_MAX] __attribute__((aligned(4096)));

static void good_params(uint32_t index)
{
	memset(params, 0, sizeof(*params));
	params->flags = RMI_REC_RUNNABLE;
	params->mpidr = index;
	params->pc = GUEST_IPA;
}

static struct smc_regs create(uint64_t rec)
{
	return RMI(RMI_REC_CREATE, realm.rd, rec, (uint64_t)params);
}

static uint64_t wants(uint64_t x0)
{
	return RMI_STATUS(x0) == RMI_INCOMPLETE ? RMI_OP_MEM(x0) : ~UINT64_C(0);
}

/* Sees the operation to its end, whatever that is. */
static uint64_t create_all(uint64_t rec)
{
	struct smc_regs r = create(rec);

	return sro_finish(&r);
}

static void check_params(uint64_t rec)
{
	uint64_t other = take_delegated(1), status;

	good_params(0);
	params->mpidr = BIT(4);
	check_eq(create_all(rec), RMI_ERROR_INPUT, "REC_CREATE: mpidr bit 4 ends as ERROR_INPUT");
	good_params(0);
	params->mpidr = BIT(32);
	check_eq(create_all(rec), RMI_ERROR_INPUT, "REC_CREATE: mpidr bit 32 ends as ERROR_INPUT");
	good_params(1);
	check_eq(create_all(rec), RMI_ERROR_INPUT,
		 "REC_CREATE: index 1 before index 0 ends as ERROR_INPUT");
	good_params(0);
	check_eq(RMI_STATUS_OF(RMI_REC_CREATE, realm.rd, (uint64_t)params, (uint64_t)params),
		 RMI_ERROR_INPUT, "REC_CREATE: a REC that is not delegated is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REC_CREATE, realm.rd, rec + 8, (uint64_t)params),
		 RMI_ERROR_INPUT, "REC_CREATE: an unaligned REC is ERROR_INPUT");
	struct smc_regs r = RMI(RMI_REC_CREATE, realm.rd, rec, other);
	status = sro_finish(&r);
	check_eq(status, RMI_ERROR_INPUT, "REC_CREATE: delegated params end as ERROR_INPUT");
	r = RMI(RMI_REC_CREATE, other, rec, (uint64_t)params);
	check_eq(sro_finish(&r), RMI_ERROR_INPUT, "REC_CREATE: what is no RD ends as ERROR_INPUT");
	check(give_delegated(rec, 1), "a refused REC is delegated and comes back");
	give_delegated(other, 1);
}

/* Donates granules in two portions. In between everything goes wrong that may. */
static void check_donation(uint64_t rec)
{
	struct smc_regs r, first;
	uint64_t handle, count, granule;

	good_params(0);
	first = create(rec);
	handle = first.x[1];
	check_eq(RMI_STATUS(first.x[0]), RMI_INCOMPLETE, "REC_CREATE is INCOMPLETE at first");
	check_eq(RMI_STATUS_OF(RMI_OP_CONTINUE, handle + 999, 0), RMI_ERROR_INPUT,
		 "OP_CONTINUE of a handle nobody has is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list, 1), RMI_ERROR_INPUT,
		 "OP_MEM_RECLAIM when nothing is to come back is ERROR_INPUT");
	if (wants(first.x[0]) != RMI_OP_MEM_WANTS_DONATE) {
		skip("this RMM needs no memory for a REC");
		check_eq(RMI_STATUS_OF(RMI_OP_CONTINUE, handle, 0), RMI_SUCCESS, "REC_CREATE ends");
		return;
	}
	count = (first.x[2] >> RMI_DONATE_COUNT_SHIFT) & RMI_DONATE_COUNT_MASK;
	check(count >= 1 && (first.x[2] & 3) == RMI_DESC_SIZE_L3, "it asks for %lu granules",
	      count);
	check(count + 1 <= 3, "with the REC itself at most 3");
	check_eq(RMI_STATUS_OF(RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT,
		 "OP_CONTINUE before the donation is ERROR_INPUT");
	granule = take_delegated(1);
	for (uint64_t i = 0; i <= count; i++)
		list[i] = range_of(granule, 1, 3);
	r = RMI(RMI_OP_MEM_DONATE, handle, (uint64_t)list, count + 1);
	check(RMI_STATUS(r.x[0]) == RMI_ERROR_INPUT && r.x[1] == 0,
	      "OP_MEM_DONATE of more than asked for is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_OP_MEM_DONATE, handle, (uint64_t)list + 4, 1), RMI_ERROR_INPUT,
		 "OP_MEM_DONATE of an unaligned list is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_OP_MEM_DONATE, handle, granule, 1), RMI_ERROR_INPUT,
		 "OP_MEM_DONATE of a list in delegated memory is ERROR_INPUT");
	list[0] = range_of(granule, 1, 3) | BIT(62);
	check_eq(RMI_STATUS_OF(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 1), RMI_ERROR_INPUT,
		 "OP_MEM_DONATE of a descriptor that says undelegated is ERROR_INPUT");
	list[0] = range_of(align_down(granule, MIB(2)), 1, 2);
	check_eq(RMI_STATUS_OF(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 1), RMI_ERROR_INPUT,
		 "OP_MEM_DONATE of a 2 MiB block is ERROR_INPUT");
	list[0] = range_of(granule, 0, 3);
	list[1] = range_of(granule, 1, 3);
	r = RMI(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 2);
	check(RMI_STATUS(r.x[0]) == RMI_INCOMPLETE && r.x[1] == 1,
	      "OP_MEM_DONATE takes one granule; empty entries are passed over");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_RANGE_UNDELEGATE, granule, granule + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "a donated granule cannot be undelegated");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_RANGE_UNDELEGATE, rec, rec + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "nor the REC under construction");
	r.x[1] = handle;
	check_eq(sro_finish(&r), RMI_SUCCESS, "with the rest of the granules the REC is made");
	check(host_faults(rec) && host_faults(granule), "the host cannot read REC or donation");
}

static uint64_t destroy(uint64_t rec)
{
	struct smc_regs r = RMI(RMI_REC_DESTROY, rec);

	return sro_finish(&r);
}

static void check_destroy(uint64_t rec)
{
	struct smc_regs r;
	uint64_t handle, taken = 0;

	check_eq(RMI_STATUS_OF(RMI_REC_DESTROY, realm.rd), RMI_ERROR_INPUT,
		 "REC_DESTROY of what is no REC is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REC_DESTROY, rec + 8), RMI_ERROR_INPUT,
		 "REC_DESTROY of an unaligned address is ERROR_INPUT");
	r = RMI(RMI_REC_DESTROY, rec);
	handle = r.x[1];
	if (wants(r.x[0]) == RMI_OP_MEM_WANTS_RECLAIM) {
		check_eq(RMI_STATUS_OF(RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT,
			 "OP_CONTINUE before all memory came back is ERROR_INPUT");
		r = RMI(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list, 0);
		check(wants(r.x[0]) == RMI_OP_MEM_WANTS_RECLAIM && r.x[1] == 0,
		      "OP_MEM_RECLAIM with no room gives nothing and stays INCOMPLETE");
		while (wants(r.x[0]) == RMI_OP_MEM_WANTS_RECLAIM) {
			r = RMI(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list, 1);
			if (r.x[1] != 1)
				break;
			taken++;
			give_delegated(list[0] & RMI_DESC_ADDR_MASK, RMI_DESC_COUNT(list[0]));
		}
		check(taken >= 1, "OP_MEM_RECLAIM gives back one entry at a time (%lu)", taken);
	}
	check_eq(wants(r.x[0]), RMI_OP_MEM_NONE, "then nothing more is wanted");
	check_eq(RMI_STATUS_OF(RMI_OP_CONTINUE, handle, 0), RMI_SUCCESS, "and REC_DESTROY ends");
	check_eq(RMI_STATUS_OF(RMI_OP_CONTINUE, handle, 0), RMI_ERROR_INPUT,
		 "the handle is gone with the operation");
}

static void check_cancel(uint64_t rec)
{
	struct smc_regs r;
	uint64_t handle;

	good_params(1);
	r = create(rec);
	handle = r.x[1];
	check(r.x[0] & RMI_OP_CAN_CANCEL, "REC_CREATE can be cancelled");
	if (wants(r.x[0]) == RMI_OP_MEM_WANTS_DONATE) {
		list[0] = range_of(take_delegated(1), 1, 3);
		RMI(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 1);
	}
	r = RMI(RMI_OP_CANCEL, handle);
	check(RMI_STATUS(r.x[0]) == RMI_INCOMPLETE && wants(r.x[0]) != RMI_OP_MEM_WANTS_DONATE,
	      "OP_CANCEL: the operation gives back what it has");
	r.x[1] = handle;
	check(sro_finish(&r) != RMI_SUCCESS, "and does not end as SUCCESS");
	check(undelegate(rec, 1) && delegate(rec, 1), "the REC is delegated again");
	check_eq(RMI_STATUS_OF(RMI_OP_CANCEL, handle), RMI_ERROR_INPUT,
		 "OP_CANCEL of an ended operation is ERROR_INPUT");
}

/* The first granule is not delegated: the operation fails and gives back. */
static void check_bad_donation(uint64_t rec)
{
	struct smc_regs r;
	uint64_t handle;

	good_params(1);
	r = create(rec);
	handle = r.x[1];
	if (wants(r.x[0]) != RMI_OP_MEM_WANTS_DONATE) {
		sro_finish(&r);
		return;
	}
	list[0] = range_of((uint64_t)params, 1, 3);
	r = RMI(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 1);
	check(RMI_STATUS(r.x[0]) == RMI_INCOMPLETE && r.x[1] == 0,
	      "OP_MEM_DONATE of a granule that is not delegated takes none");
	r.x[1] = handle;
	check_eq(sro_finish(&r), RMI_ERROR_INPUT, "and the operation ends as ERROR_INPUT");
}

void test_rec_create(void)
{
	const struct realm_options options = {0};
	uint64_t rec;

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm for RECs"))
		return;
	params = (struct rmi_rec_params *)pool_take(1);
	check_params(take_delegated(1));
	rec = take_delegated(1);
	check_donation(rec);
	check_eq(RMI_STATUS_OF(RMI_REC_CREATE, realm.rd, rec, (uint64_t)params), RMI_ERROR_INPUT,
		 "REC_CREATE over a REC is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_TERMINATE, rec), RMI_ERROR_INPUT, "a REC is no RD");
	check_destroy(rec);
	check_cancel(rec);
	check_bad_donation(rec);
	good_params(1);
	check_eq(create_all(rec), RMI_SUCCESS, "REC 1 follows REC 0, which is gone");
	check_eq(destroy(rec), RMI_SUCCESS, "and is destroyed");
	check(give_delegated(rec, 1), "REC and donations come back");
	pool_give((uint64_t)params, 1);
	realm_end(&realm);
}

static uint64_t enter(uint64_t rec, uint64_t run)
{
	return RMI_STATUS_OF(RMI_REC_ENTER, rec, run);
}

static void check_lr(struct rec *rec, uint64_t lr0, uint64_t lr1, uint64_t want, const char *what)
{
	gic_inject(0, lr0);
	gic_inject(1, lr1);
	rec_enter(rec);
	check_eq(rec->status, want, "REC_ENTER: %s", what);
	gic_clear();
}

void test_rec_enter(void)
{
	const struct realm_options options = {.nr_recs = 2};
	struct rec *rec = &realm.rec[0];
	uint64_t run;

	if (!realm_start(&realm, &options,
			 "a Realm with a REC that may run and one that may not")) {
		realm_end(&realm);
		return;
	}
	run = (uint64_t)rec->run;
	check_eq(enter(rec->pa, run + 8), RMI_ERROR_INPUT,
		 "REC_ENTER: unaligned run is ERROR_INPUT");
	check_eq(enter(rec->pa, realm.rd), RMI_ERROR_INPUT,
		 "REC_ENTER: run in Realm memory is ERROR_INPUT");
	check_eq(enter(rec->pa, 0x09000000), RMI_ERROR_INPUT,
		 "REC_ENTER: run in a device is ERROR_INPUT");
	check_eq(enter(realm.rd, run), RMI_ERROR_INPUT, "REC_ENTER: an RD is ERROR_INPUT");
	check_eq(enter(rec->pa + 8, run), RMI_ERROR_INPUT, "REC_ENTER: unaligned is ERROR_INPUT");
	check_eq(enter(realm.rec[1].pa, run), RMI_ERROR_REC,
		 "REC_ENTER: a REC that is not runnable is ERROR_REC");
	rec->run->enter.flags = RMI_ENTER_INJECT_SEA;
	check_eq(enter(rec->pa, run), RMI_ERROR_REC,
		 "REC_ENTER: INJECT_SEA without a data abort is ERROR_REC");
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	check_eq(enter(rec->pa, run), RMI_ERROR_REC,
		 "REC_ENTER: EMUL_MMIO without an emulatable abort is ERROR_REC");
	rec->run->enter.flags = 0;
	check_lr(rec, LR_PENDING(40) | LR_HW, 0, RMI_ERROR_REC, "an LR with HW is ERROR_REC");
	check_lr(rec, LR_PENDING(40), LR_PENDING(40), RMI_ERROR_REC,
		 "the same vINTID in two LRs is ERROR_REC");
	rec->run->enter.gprs[0] = GUEST_READY;
	check_lr(rec, LR_PENDING(40), LR_PENDING(41), RMI_SUCCESS, "two pending LRs are fine");
	check(rec_reported(rec), "none of the refused calls changed the REC");
	check_eq(RMI_STATUS_OF(RMI_REALM_TERMINATE, realm.rd), RMI_SUCCESS, "terminated");
	check_eq(enter(rec->pa, run), RMI_ERROR_REALM, "REC_ENTER: ZOMBIE is ERROR_REALM");
	check_eq(enter(realm.rec[1].pa, run), RMI_ERROR_REALM,
		 "REC_ENTER: the Realm's state is looked at before the REC's");
	realm_end(&realm);
}
