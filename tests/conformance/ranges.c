/* SPDX-License-Identifier: BSD-3-Clause */
/* GRANULE_RANGE_DELEGATE and UNDELEGATE, and who can read what. RMI 2.0 section 4. */
#include <string.h>
#include "tests/conformance/conformance.h"

#define N 1024 /* granules: more than one 2 MiB step */

/* Bytes [pa, pa + n granules) all zero, for the host. */
static bool all_zero(uint64_t pa, uint64_t granules)
{
	const uint64_t *p = (const uint64_t *)pa;

	for (uint64_t i = 0; i < granules * GRANULE_SIZE / 8; i++) {
		if (p[i])
			return false;
	}
	return true;
}

static uint64_t faulting(uint64_t pa, uint64_t granules)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < granules; i++)
		n += host_faults(pa + i * GRANULE_SIZE);
	return n;
}

/* Moves the whole range, in as many calls as it takes. */
static void check_range(uint64_t pa, uint64_t granules, const char *what)
{
	memset((void *)pa, 0x5a, granules * GRANULE_SIZE);
	check(delegate(pa, granules), "%s: delegated", what);
	check_eq(faulting(pa, granules), granules,
		 "%s: the host's access to each granule is a granule protection fault", what);
	check(undelegate(pa, granules), "%s: undelegated", what);
	check_eq(faulting(pa, granules), 0, "%s: the host can use it again", what);
	check(all_zero(pa, granules), "%s: it comes back scrubbed", what);
}

static void check_writes(uint64_t pa)
{
	struct probe probe;

	delegate(pa, 1);
	probe = probe_write64(pa, 1);
	check(ESR_EC(probe.esr) == EC_DABT_SAME && ESR_FSC(probe.esr) == FSC_GPF,
	      "the host's write to a delegated granule faults");
	probe = probe_exec(pa);
	check(ESR_EC(probe.esr) == EC_IABT_SAME && ESR_FSC(probe.esr) == FSC_GPF,
	      "the host's fetch from a delegated granule faults");
	undelegate(pa, 1);
}

static void check_bad(uint64_t pa, uint64_t top, const char *what)
{
	struct smc_regs r = RMI(RMI_GRANULE_RANGE_DELEGATE, pa, top);

	check(r.x[0] == RMI_ERROR_INPUT && r.x[1] == pa, "delegate: %s is ERROR_INPUT at base",
	      what);
	r = RMI(RMI_GRANULE_RANGE_UNDELEGATE, pa, top);
	check(r.x[0] == RMI_ERROR_INPUT && r.x[1] == pa, "undelegate: %s is ERROR_INPUT at base",
	      what);
}

static void check_arguments(uint64_t pa)
{
	check_bad(pa + 8, pa + GRANULE_SIZE, "an unaligned base");
	check_bad(pa, pa + GRANULE_SIZE + 8, "an unaligned top");
	check_bad(pa, pa, "an empty range");
	check_bad(pa + GRANULE_SIZE, pa, "a range that ends before its start");
	check_bad(0, GRANULE_SIZE, "memory that is not DRAM");
	check_bad(0x09000000, 0x09001000, "a device");
	check_bad(BIT(47), BIT(47) + GRANULE_SIZE, "memory that is not there");
	check_bad(~UINT64_C(0xfff), 0, "a range that wraps");
	check(host_can_read(pa), "none of that changed anything");
}

/* Granules of the range that already are in the target state are passed over. */
static void check_partial(uint64_t pa)
{
	check(delegate(pa + 3 * GRANULE_SIZE, 2), "two granules in the middle are delegated");
	check(delegate(pa, 8), "a range with delegated granules in it can be delegated");
	check_eq(faulting(pa, 8), 8, "and all of it is");
	check(undelegate(pa + 4 * GRANULE_SIZE, 1), "one granule is undelegated");
	check(undelegate(pa, 8), "a range with an undelegated granule in it can be undelegated");
	check_eq(faulting(pa, 8), 0, "and all of it is");
	check(delegate(pa, 8) && delegate(pa, 8), "delegating twice is no error");
	check(undelegate(pa, 8) && undelegate(pa, 8), "undelegating twice is no error");
}

/* A granule in the way (an RD) ends the range; what lies before it is done. */
static void check_stops(uint64_t pa)
{
	const struct realm_options options = {0};
	struct realm realm;
	struct smc_regs r;

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm for what follows"))
		return;
	r = RMI(RMI_GRANULE_RANGE_UNDELEGATE, realm.rd, realm.rd + GRANULE_SIZE);
	check(r.x[0] == RMI_ERROR_INPUT && r.x[1] == realm.rd,
	      "a granule in use (an RD) cannot be undelegated");
	r = RMI(RMI_GRANULE_RANGE_DELEGATE, realm.rd, realm.rd + GRANULE_SIZE);
	check_eq(r.x[0], RMI_ERROR_INPUT, "nor delegated");
	r = RMI(RMI_GRANULE_RANGE_UNDELEGATE, realm.root, realm.root + GRANULE_SIZE);
	check_eq(r.x[0], RMI_ERROR_INPUT, "a root table cannot be undelegated");
	check(host_faults(realm.rd), "the host cannot read an RD");
	check(host_faults(realm.root), "the host cannot read a table");
	realm_end(&realm);
	check(host_can_read(pa), "other memory is as it was");
}

static void check_stops_in_range(void)
{
	const struct realm_options options = {0};
	uint64_t pa = pool_take_aligned(8, MIB(2)), end = pa + 8 * GRANULE_SIZE;
	struct realm realm;
	struct smc_regs r;
	uint64_t rd;

	if (realm_create(&realm, &options) != RMI_SUCCESS)
		return;
	/* A second Realm whose RD lies in the middle of the range. */
	rd = pa + 4 * GRANULE_SIZE;
	delegate(rd, 1);
	RMI(RMI_REALM_TERMINATE, realm.rd);
	RMI(RMI_REALM_DESTROY, realm.rd);
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, rd, (uint64_t)realm.params), RMI_SUCCESS,
		 "a Realm whose RD lies in the middle of a range");
	r = RMI(RMI_GRANULE_RANGE_DELEGATE, pa, end);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == rd,
	      "delegate: the range is done up to the granule in use");
	r = RMI(RMI_GRANULE_RANGE_DELEGATE, rd, end);
	check(r.x[0] == RMI_ERROR_INPUT && r.x[1] == rd, "delegate: going on there is ERROR_INPUT");
	r = RMI(RMI_GRANULE_RANGE_UNDELEGATE, pa, end);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == rd,
	      "undelegate: the range is done up to the granule in use");
	RMI(RMI_REALM_TERMINATE, rd);
	check_eq(RMI_STATUS_OF(RMI_REALM_DESTROY, rd), RMI_SUCCESS, "that Realm is destroyed");
	check(undelegate(pa, 8), "and its granules come back");
	pool_give(pa, 8);
	give_delegated(realm.rd, 1);
	give_delegated(realm.root, 2);
	pool_give((uint64_t)realm.params, 1);
}

void test_ranges(void)
{
	uint64_t pa = pool_take_aligned(N, MIB(2)), before;

	check_range(pa, 1, "one granule");
	check_range(pa, 512, "an aligned 2 MiB");
	check_range(pa + 5 * GRANULE_SIZE, 600, "600 granules across a 2 MiB border");
	check_range(pa, N, "4 MiB");
	check_writes(pa);
	check_arguments(pa);
	check_partial(pa);
	pool_give(pa, N);
	before = pool_in_use();
	check_stops(pa);
	check_stops_in_range();
	check_eq(pool_in_use(), before, "every granule came back");
}
