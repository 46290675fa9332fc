/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What it costs to create a Realm, alone and among many, and to create and destroy a REC: all calls
 * of these operations together.
 */
#include <string.h>
#include "tests/conformance/bench.h"

#define MANY 256

static uint64_t list[RMI_LIST_ENTRIES_MAX] __attribute__((aligned(4096)));
static struct realm many[MANY + 1];

/* 33 bits of address space are what the VMM takes: eight tables of level 2, or one of level 1. */
static const struct realm_options one_root = {.s2sz = 33, .start_level = 1, .num_start = 1};
static const struct realm_options eight_roots = {.s2sz = 33, .start_level = 2, .num_start = 8};

/* REALM_CREATE, timed; the Realm stays. */
static bool create(struct realm *realm, const struct realm_options *options, uint64_t *ticks)
{
	uint64_t status, out[2];

	*ticks = 0;
	memset(realm, 0, sizeof(*realm));
	realm->params = (struct rmi_realm_params *)pool_take(1);
	realm->rd = take_delegated(1);
	realm->root = pool_take_aligned(options->num_start, options->num_start * GRANULE_SIZE);
	delegate(realm->root, options->num_start);
	realm_params_default(realm, options);
	status = bench_timed(RMI_REALM_CREATE, realm->rd, (uint64_t)realm->params, 0, 0, 0, out,
			     ticks);
	return status == RMI_SUCCESS;
}

static void bench_create(void)
{
	struct worst single = {.name = "realm_create"}, last = {.name = "realm_create_many"};
	struct worst eight = {.name = "realm_create_8_roots"};
	uint64_t ticks;
	bool ok = true;

	ok = create(&many[0], &one_root, &ticks);
	worst_add(&single, ok, ticks, "no other Realm");
	for (unsigned int i = 1; i < MANY && ok; i++)
		ok = create(&many[i], &one_root, &ticks);
	ok = ok && create(&many[MANY], &one_root, &ticks);
	worst_add(&last, ok, ticks, "256 others");
	check(ok && last.ticks * 100 <= single.ticks * 105,
	      "with 256 Realms alive one more costs at most 1.05 times the first");
	for (unsigned int i = 0; i <= MANY; i++)
		ok = many[i].rd && realm_destroy(&many[i]) && ok;
	check(ok, "the Realms' memory all comes back");
	ok = create(&many[0], &eight_roots, &ticks);
	worst_add(&eight, ok, ticks, "no other Realm");
	realm_end(&many[0]);
	worst_figure(&single);
	worst_figure(&last);
	worst_figure(&eight);
}

/* One call of an operation; the sum of the ticks is the operation's. */
static uint64_t step(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t *out,
		     uint64_t *sum)
{
	return bench_timed(fid, a1, a2, a3, 0, 0, out, sum);
}

static bool create_rec(const struct realm *realm, uint64_t rec, const struct rmi_rec_params *params,
		       uint64_t aux, uint64_t *sum)
{
	uint64_t out[2], handle;
	uint64_t status = step(RMI_REC_CREATE, realm->rd, rec, (uint64_t)params, out, sum);

	handle = out[0];
	if (RMI_OP_MEM(status) == RMI_OP_MEM_WANTS_DONATE) {
		list[0] = range_of(aux, (out[1] >> RMI_DONATE_COUNT_SHIFT) & RMI_DONATE_COUNT_MASK,
				   3);
		step(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 1, out, sum);
	}
	return step(RMI_OP_CONTINUE, handle, 0, 0, out, sum) == RMI_SUCCESS;
}

static bool destroy_rec(uint64_t rec, uint64_t *sum)
{
	uint64_t out[2], handle;
	uint64_t status = step(RMI_REC_DESTROY, rec, 0, 0, out, sum);

	handle = out[0];
	if (RMI_OP_MEM(status) == RMI_OP_MEM_WANTS_RECLAIM)
		step(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list, RMI_LIST_ENTRIES_MAX, out, sum);
	return step(RMI_OP_CONTINUE, handle, 0, 0, out, sum) == RMI_SUCCESS;
}

static void bench_rec(void)
{
	struct worst created = {.name = "rec_create"}, destroyed = {.name = "rec_destroy"};
	struct rmi_rec_params *params = (struct rmi_rec_params *)pool_take(1);
	uint64_t memory = take_delegated(16), ticks;
	struct realm *realm = &many[0];
	bool ok;

	memset(params, 0, sizeof(*params));
	params->flags = RMI_REC_RUNNABLE;
	params->pc = GIB(1);
	if (check(create(realm, &one_root, &ticks), "a Realm for a REC")) {
		ticks = 0;
		ok = create_rec(realm, memory, params, memory + GRANULE_SIZE, &ticks);
		worst_add(&created, ok, ticks, "runnable, so measured");
		worst_figure(&created);
		ticks = 0;
		ok = destroy_rec(memory, &ticks);
		worst_add(&destroyed, ok, ticks, "never run");
		worst_figure(&destroyed);
	}
	realm_end(realm);
	give_delegated(memory, 16);
	pool_give((uint64_t)params, 1);
}

void bench_objects(void)
{
	bench_create();
	bench_rec();
}
