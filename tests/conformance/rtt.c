/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of a stage 2: create, destroy, fold, read. RMI 2.0 section 8. */
#include "tests/conformance/conformance.h"

static struct realm realm;

static void check_entry(uint64_t ipa, uint64_t ask, uint64_t level, uint64_t state, uint64_t ripas,
			const char *what)
{
	struct smc_regs r = read_entry(&realm, ipa, ask);

	check(r.x[0] == RMI_SUCCESS && r.x[1] == level && r.x[2] == state && r.x[4] == ripas,
	      "%s: READ_ENTRY (level %lu state %lu RIPAS %lu)", what, r.x[1], r.x[2], r.x[4]);
}

static uint64_t create(uint64_t table, uint64_t ipa, uint64_t level)
{
	return RMI_STATUS_OF(RMI_RTT_CREATE, realm.rd, table, ipa, level);
}

static void check_create_errors(void)
{
	uint64_t table = take_delegated(1), ns = pool_take(1), end = BIT(40);

	check_eq(create(ns, 0, 2), RMI_ERROR_INPUT,
		 "RTT_CREATE: a table that is not delegated is ERROR_INPUT");
	check_eq(create(table + 8, 0, 2), RMI_ERROR_INPUT,
		 "RTT_CREATE: an unaligned table is ERROR_INPUT");
	check_eq(create(realm.rd, 0, 2), RMI_ERROR_INPUT, "RTT_CREATE: the RD is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_RTT_CREATE, ns, table, 0, 2), RMI_ERROR_INPUT,
		 "RTT_CREATE: what is no RD is ERROR_INPUT");
	check_eq(create(table, 0, 1), RMI_ERROR_INPUT,
		 "RTT_CREATE: the start level is ERROR_INPUT");
	check_eq(create(table, 0, 4), RMI_ERROR_INPUT, "RTT_CREATE: level 4 is ERROR_INPUT");
	check_eq(create(table, 0, ~UINT64_C(0)), RMI_ERROR_INPUT,
		 "RTT_CREATE: level -1 is ERROR_INPUT");
	check_eq(create(table, MIB(2), 2), RMI_ERROR_INPUT,
		 "RTT_CREATE: an IPA not aligned to the parent's block is ERROR_INPUT");
	check_eq(create(table, end, 2), RMI_ERROR_INPUT,
		 "RTT_CREATE: an IPA behind the space is ERROR_INPUT");
	check_eq(create(table, 0, 3), ERROR_RTT(1),
		 "RTT_CREATE: no parent is ERROR_RTT with the level reached");
	check_eq(create(table, 0, 2), RMI_SUCCESS, "RTT_CREATE of level 2");
	check_eq(create(ns, 0, 2), RMI_ERROR_INPUT, "RTT_CREATE checks the table first");
	check_entry(0, 1, 1, RMI_TABLE, 0, "the parent is a TABLE");
	check(host_faults(table), "the host cannot read a table");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_RANGE_UNDELEGATE, table, table + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "nor undelegate it");
	pool_give(ns, 1);
	ns = take_delegated(1);
	check_eq(create(ns, 0, 2), ERROR_RTT(1), "RTT_CREATE again is ERROR_RTT of the parent");
	give_delegated(ns, 1);
	check_eq(create(table, GIB(1), 2), RMI_ERROR_INPUT, "a table is not used twice");
}

static void check_destroy(void)
{
	struct smc_regs r = RMI(RMI_RTT_DESTROY, realm.rd, 0, 1);

	check_eq(r.x[0], RMI_ERROR_INPUT, "RTT_DESTROY: the start level is ERROR_INPUT");
	r = RMI(RMI_RTT_DESTROY, realm.rd, GRANULE_SIZE, 2);
	check_eq(r.x[0], RMI_ERROR_INPUT, "RTT_DESTROY: an unaligned IPA is ERROR_INPUT");
	r = RMI(RMI_RTT_DESTROY, realm.rd, GIB(4), 3);
	check(r.x[0] == ERROR_RTT(1) && r.x[1] == 0 && r.x[2] > GIB(4),
	      "RTT_DESTROY: a walk that ends early is ERROR_RTT and tells where to go on");
	r = RMI(RMI_RTT_DESTROY, realm.rd, GIB(5), 2);
	check_eq(r.x[0], ERROR_RTT(1), "RTT_DESTROY: no table there is ERROR_RTT of the parent");
	realm_tables(&realm, 0, 3);
	r = RMI(RMI_RTT_DESTROY, realm.rd, 0, 2);
	check(r.x[0] == ERROR_RTT(2) && r.x[1] == 0 && r.x[2] == 0,
	      "RTT_DESTROY: a table with a table below is ERROR_RTT of its level, top is its IPA");
	r = RMI(RMI_RTT_DESTROY, realm.rd, 0, 3);
	check(r.x[0] == RMI_SUCCESS && r.x[2] == GIB(1),
	      "RTT_DESTROY: top is the end of what has nothing live");
	give_delegated(r.x[1], 1);
	check_entry(0, 2, 2, RMI_UNASSIGNED, RMI_RIPAS_DESTROYED,
		    "after RTT_DESTROY the parent is UNASSIGNED DESTROYED");
	r = RMI(RMI_RTT_DESTROY, realm.rd, 0, 2);
	check_eq(r.x[0], RMI_SUCCESS, "RTT_DESTROY of level 2");
	check(host_faults(r.x[1]) && give_delegated(r.x[1], 1),
	      "the table is delegated and comes back");
	check_entry(0, 1, 1, RMI_UNASSIGNED, RMI_RIPAS_DESTROYED, "and its parent is as well");
}

static void check_read_errors(void)
{
	check_eq(read_entry(&realm, 0, 0).x[0], RMI_ERROR_INPUT,
		 "READ_ENTRY above the start level is ERROR_INPUT");
	check_eq(read_entry(&realm, 0, 4).x[0], RMI_ERROR_INPUT,
		 "READ_ENTRY of level 4 is ERROR_INPUT");
	check_eq(read_entry(&realm, GRANULE_SIZE, 2).x[0], RMI_ERROR_INPUT,
		 "READ_ENTRY of an IPA not aligned to the level is ERROR_INPUT");
	check_eq(read_entry(&realm, BIT(40), 3).x[0], RMI_ERROR_INPUT,
		 "READ_ENTRY behind the IPA space is ERROR_INPUT");
	check_entry(GIB(3), 3, 1, RMI_UNASSIGNED, RMI_RIPAS_EMPTY,
		    "a walk that ends early tells its level");
	check_entry(BIT(39), 3, 1, RMI_UNASSIGNED, 0, "the unprotected half has no RIPAS");
}

static struct smc_regs fold(uint64_t ipa, uint64_t level)
{
	return RMI(RMI_RTT_FOLD, realm.rd, ipa, level);
}

/* RIPAS only: an unfolded and refolded table means the same. */
static void check_fold_unassigned(void)
{
	uint64_t ipa = GIB(2);
	struct smc_regs r;

	realm_tables(&realm, ipa, 2);
	check_eq(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, realm.rd, ipa, ipa + MIB(2)), RMI_SUCCESS,
		 "INIT_RIPAS of a 2 MiB entry");
	realm_tables(&realm, ipa, 3);
	check_entry(ipa + 7 * GRANULE_SIZE, 3, 3, RMI_UNASSIGNED, RMI_RIPAS_RAM,
		    "unfolding keeps the RIPAS");
	check_eq(fold(ipa, 2).x[0], ERROR_RTT(2), "RTT_FOLD of a table with a table is ERROR_RTT");
	r = fold(ipa, 3);
	check_eq(r.x[0], RMI_SUCCESS, "RTT_FOLD of a table that says one thing");
	give_delegated(r.x[1], 1);
	check_entry(ipa, 3, 2, RMI_UNASSIGNED, RMI_RIPAS_RAM, "the parent takes over the RIPAS");
	check_eq(fold(ipa, 3).x[0], ERROR_RTT(2), "RTT_FOLD of no table is ERROR_RTT");
	check_eq(fold(ipa, 2).x[0], ERROR_RTT(2), "RTT_FOLD of entries that differ is ERROR_RTT");
	check_eq(fold(ipa + GRANULE_SIZE, 3).x[0], RMI_ERROR_INPUT,
		 "RTT_FOLD of an unaligned IPA is ERROR_INPUT");
	check_eq(fold(ipa, 1).x[0], RMI_ERROR_INPUT, "RTT_FOLD of the start level is ERROR_INPUT");
}

static uint64_t map_page(uint64_t ipa, uint64_t pa, uint64_t count)
{
	return RMI_STATUS_OF(RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + count * GRANULE_SIZE,
			     RMI_MAP_OADDR_SINGLE, range_of(pa, count, 3));
}

/* 512 pages that lie right become a block, and fall apart again. */
static void check_fold_assigned(void)
{
	uint64_t ipa = GIB(3), pa = pool_take_aligned(512, MIB(2));
	struct smc_regs r;

	delegate(pa, 512);
	realm_tables(&realm, ipa, 3);
	check_eq(map_page(ipa, pa, 511), RMI_SUCCESS, "511 pages are mapped");
	check_eq(fold(ipa, 3).x[0], ERROR_RTT(3), "RTT_FOLD of a table not full is ERROR_RTT");
	check_eq(map_page(ipa + 511 * GRANULE_SIZE, pa + 511 * GRANULE_SIZE, 1), RMI_SUCCESS,
		 "the last page is mapped");
	r = fold(ipa, 3);
	check_eq(r.x[0], RMI_SUCCESS, "RTT_FOLD of 512 contiguous pages");
	give_delegated(r.x[1], 1);
	r = read_entry(&realm, ipa, 3);
	check(r.x[1] == 2 && r.x[2] == RMI_ASSIGNED && r.x[3] == pa,
	      "the block maps the same memory");
	realm_tables(&realm, ipa, 3);
	r = read_entry(&realm, ipa + 300 * GRANULE_SIZE, 3);
	check(r.x[1] == 3 && r.x[2] == RMI_ASSIGNED && r.x[3] == pa + 300 * GRANULE_SIZE,
	      "RTT_CREATE over a block splits it");
	check(realm_unmap(&realm, ipa, 512), "the pages are unmapped and come back");
}

/* Not contiguous: never a block. */
static void check_fold_scattered(void)
{
	uint64_t ipa = GIB(3) + MIB(2), pa = pool_take_aligned(512, MIB(2));

	delegate(pa, 512);
	realm_tables(&realm, ipa, 3);
	map_page(ipa, pa + GRANULE_SIZE, 1);
	map_page(ipa + GRANULE_SIZE, pa, 1);
	map_page(ipa + 2 * GRANULE_SIZE, pa + 2 * GRANULE_SIZE, 510);
	check_eq(fold(ipa, 3).x[0], ERROR_RTT(3), "RTT_FOLD of pages out of order is ERROR_RTT");
	check(realm_unmap(&realm, ipa, 512), "they are unmapped and come back");
}

void test_rtt(void)
{
	const struct realm_options options = {0};

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm for tables"))
		return;
	check_create_errors();
	check_destroy();
	check_read_errors();
	check_fold_unassigned();
	check_fold_assigned();
	check_fold_scattered();
	realm_end(&realm);
}
