/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of a Realm: DATA_MAP_INIT, DATA_MAP, DATA_UNMAP, and UNPROT_*. RMI 2.0 section 8. */
#include <string.h>
#include "abi/rmi_ext.h"
#include "tests/conformance/conformance.h"

static struct realm realm;
static uint64_t list[RMI_LIST_ENTRIES_MAX] __attribute__((aligned(4096)));

static uint64_t data_init(uint64_t data, uint64_t ipa, uint64_t source, uint64_t flags)
{
	return RMI_STATUS_OF(RMI_RTT_DATA_MAP_INIT, realm.rd, data, ipa, source, flags);
}

static void check_init_errors(void)
{
	uint64_t data = take_delegated(1), source = pool_take(1), ipa = GIB(1);

	check_eq(data_init(data, ipa, source, 2), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: unknown flags are ERROR_INPUT");
	check_eq(data_init(realm.rd, ipa, source, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: data that is the RD is ERROR_INPUT");
	check_eq(data_init(data, ipa, data, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: a delegated source is ERROR_INPUT");
	check_eq(data_init(data, ipa, source + 8, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: an unaligned source is ERROR_INPUT");
	check_eq(data_init(data, ipa + 8, source, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: an unaligned IPA is ERROR_INPUT");
	check_eq(data_init(data, BIT(39), source, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: an unprotected IPA is ERROR_INPUT");
	check_eq(data_init(data, ipa, source, 0), ERROR_RTT(1),
		 "DATA_MAP_INIT without tables is ERROR_RTT with the level reached");
	realm_tables(&realm, ipa, 3);
	check_eq(data_init(source, ipa, source, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: data that is not delegated is ERROR_INPUT");
	check_eq(data_init(data, ipa, source, 0), RMI_SUCCESS, "DATA_MAP_INIT of one page");
	check(host_faults(data), "the host cannot read the page");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_RANGE_UNDELEGATE, data, data + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "nor undelegate it");
	pool_give(source, 1);
	source = pool_take(1);
	check_eq(data_init(data, ipa + GRANULE_SIZE, source, 0), RMI_ERROR_INPUT,
		 "DATA_MAP_INIT: a page in use is ERROR_INPUT");
	data = take_delegated(1);
	check_eq(data_init(data, ipa, source, 0), ERROR_RTT(3),
		 "DATA_MAP_INIT over a page is ERROR_RTT(3)");
	give_delegated(data, 1);
	pool_give(source, 1);
}

static struct smc_regs init_range(uint64_t base, uint64_t pages, uint64_t data, uint64_t sources)
{
	return RMI(RMI_EXT_DATA_MAP_INIT_RANGE, realm.rd, base, base + pages * GRANULE_SIZE,
		   RMI_MEASURE_CONTENT, data, sources);
}

/* abi/rmi_ext.h. An RMM that does not say it has the range form must not know its number. */
static void check_init_range(void)
{
	uint64_t data = take_delegated(4), source = pool_take(2), ipa = GIB(1) + MIB(2);
	struct smc_regs r = RMI(RMI_FEATURES, RMI_FEATURES_EXT);

	if (!(r.x[1] & RMI_FEATURE_EXT_DATA_MAP_INIT_RANGE)) {
		check_eq(init_range(ipa, 1, data, (uint64_t)list).x[0], ~UINT64_C(0),
			 "DATA_MAP_INIT_RANGE is not there");
		give_delegated(data, 4);
		pool_give(source, 2);
		return;
	}
	list[0] = list[3] = source + GRANULE_SIZE;
	list[1] = source;
	list[2] = data;
	check_eq(init_range(ipa, 3, data, (uint64_t)list + 4).x[0], RMI_ERROR_INPUT,
		 "DATA_MAP_INIT_RANGE: an unaligned list is ERROR_INPUT");
	check_eq(init_range(ipa, 3, data, data).x[0], RMI_ERROR_INPUT,
		 "DATA_MAP_INIT_RANGE: a delegated list is ERROR_INPUT");
	check_eq(init_range(ipa, 0, data, (uint64_t)list).x[0], RMI_ERROR_INPUT,
		 "DATA_MAP_INIT_RANGE of nothing is ERROR_INPUT");
	check_eq(init_range(ipa, 3, data, (uint64_t)list).x[0], ERROR_RTT(2),
		 "DATA_MAP_INIT_RANGE without a table is ERROR_RTT with the level reached");
	realm_tables(&realm, ipa, 3);
	r = init_range(ipa, 4, data, (uint64_t)list);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 2 * GRANULE_SIZE,
	      "DATA_MAP_INIT_RANGE ends before a source that is delegated");
	r = read_entry(&realm, ipa + GRANULE_SIZE, 3);
	check(r.x[2] == RMI_ASSIGNED && r.x[3] == data + GRANULE_SIZE && r.x[4] == RMI_RIPAS_RAM,
	      "and has mapped the pages before it");
	check(host_faults(data), "the host cannot read them");
	r = init_range(ipa + 2 * GRANULE_SIZE, 2, data + 2 * GRANULE_SIZE, (uint64_t)(list + 2));
	check_eq(r.x[0], RMI_ERROR_INPUT,
		 "DATA_MAP_INIT_RANGE: a first source that is delegated is ERROR_INPUT");
	list[2] = source;
	r = init_range(ipa + 2 * GRANULE_SIZE, 2, data + 2 * GRANULE_SIZE, (uint64_t)(list + 2));
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 4 * GRANULE_SIZE,
	      "DATA_MAP_INIT_RANGE of the rest");
	check(realm_unmap(&realm, ipa, 4), "what was mapped comes back");
	pool_give(source, 2);
}

static uint64_t data_map(uint64_t base, uint64_t top, uint64_t flags, uint64_t oaddr)
{
	return RMI_STATUS_OF(RMI_RTT_DATA_MAP, realm.rd, base, top, flags, oaddr);
}

static void check_map_errors(void)
{
	uint64_t pa = take_delegated(4), ns = pool_take(1), ipa = GIB(1) + MIB(4);
	uint64_t top = ipa + GRANULE_SIZE, one = range_of(pa, 1, 3);

	check_eq(data_map(ipa, ipa, 1, one), RMI_ERROR_INPUT,
		 "DATA_MAP of an empty range is ERROR_INPUT");
	check_eq(data_map(ipa, top, RMI_MAP_OADDR_NONE, one), RMI_ERROR_INPUT,
		 "DATA_MAP without addresses is ERROR_INPUT");
	check_eq(data_map(ipa, top, 3, one), RMI_ERROR_INPUT,
		 "DATA_MAP of an unknown address type is ERROR_INPUT");
	check_eq(data_map(ipa, top, 1, one | BIT(62)), RMI_ERROR_INPUT,
		 "DATA_MAP of a descriptor that says undelegated is ERROR_INPUT");
	check_eq(data_map(ipa + 8, top, 1, one), RMI_ERROR_INPUT,
		 "DATA_MAP of an unaligned base is ERROR_INPUT");
	check_eq(data_map(BIT(39), BIT(39) + GRANULE_SIZE, 1, one), RMI_ERROR_INPUT,
		 "DATA_MAP in the unprotected half is ERROR_INPUT");
	check_eq(data_map(BIT(39) - GRANULE_SIZE, BIT(39) + GRANULE_SIZE, 1, range_of(pa, 2, 3)),
		 RMI_ERROR_INPUT, "DATA_MAP across the halves is ERROR_INPUT");
	check_eq(data_map(0, GIB(512), 1, range_of(0, 1, 0)), RMI_ERROR_INPUT,
		 "DATA_MAP of a level 0 block is ERROR_INPUT");
	check_eq(data_map(ipa, top, 1, range_of(align_down(pa, MIB(2)), 1, 2)), ERROR_RTT(2),
		 "DATA_MAP of a block larger than the range is ERROR_RTT of its level");
	check_eq(data_map(ipa, top, 1, one), ERROR_RTT(2),
		 "DATA_MAP without a table is ERROR_RTT with the level reached");
	realm_tables(&realm, ipa, 3);
	check_eq(data_map(ipa, top, 1, range_of(pa, 0, 3)), RMI_ERROR_INPUT,
		 "DATA_MAP of a descriptor with nothing in it is ERROR_INPUT");
	check_eq(data_map(ipa, top, 1, range_of(ns, 1, 3)), RMI_ERROR_INPUT,
		 "DATA_MAP of memory that is not delegated is ERROR_INPUT");
	check_eq(data_map(ipa, top, 1, range_of(realm.rd, 1, 3)), RMI_ERROR_INPUT,
		 "DATA_MAP of an RD is ERROR_INPUT");
	check_eq(data_map(ipa, top, 1, one), RMI_SUCCESS, "DATA_MAP of one page");
	check_eq(data_map(ipa, top, 1, one), RMI_SUCCESS, "DATA_MAP of the same again succeeds");
	check_eq(data_map(ipa, top, 1, range_of(pa + GRANULE_SIZE, 1, 3)), ERROR_RTT(3),
		 "DATA_MAP of another page there is ERROR_RTT");
	check_eq(data_map(top, top + GRANULE_SIZE, 1, one), RMI_ERROR_INPUT,
		 "DATA_MAP of a page in use is ERROR_INPUT");
	check(host_faults(pa), "the host cannot read mapped memory");
	check(give_delegated(pa + GRANULE_SIZE, 3), "what was not mapped comes back");
	check(realm_unmap(&realm, ipa, 1), "what was mapped comes back");
	pool_give(ns, 1);
}

/* DATA_MAP of a range that is larger than the descriptors cover, or than the table does. */
static void check_map_progress(void)
{
	uint64_t pa = take_delegated(11), ipa = GIB(1) + MIB(8) - 4 * GRANULE_SIZE;
	struct smc_regs r;

	realm_tables(&realm, GIB(1) + MIB(6), 3);
	realm_tables(&realm, GIB(1) + MIB(8), 3);
	r = RMI(RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + 8 * GRANULE_SIZE, 1, range_of(pa, 8, 3));
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 4 * GRANULE_SIZE,
	      "DATA_MAP ends with the table and says so");
	/* No two of the four granules lie side by side. */
	list[0] = range_of(pa + 6 * GRANULE_SIZE, 1, 3);
	list[1] = range_of(0, 0, 3);
	list[2] = range_of(pa + 4 * GRANULE_SIZE, 1, 3);
	list[3] = range_of(pa + 8 * GRANULE_SIZE, 1, 3);
	list[4] = range_of(pa + 10 * GRANULE_SIZE, 1, 3);
	r = RMI(RMI_RTT_DATA_MAP, realm.rd, r.x[1], r.x[1] + 16 * GRANULE_SIZE,
		RMI_MAP_OADDR_LIST | 5 << RMI_MAP_LIST_COUNT_SHIFT, (uint64_t)list);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 8 * GRANULE_SIZE,
	      "DATA_MAP from a list ends with the list");
	r = read_entry(&realm, ipa + 4 * GRANULE_SIZE, 3);
	check(r.x[2] == RMI_ASSIGNED && r.x[3] == pa + 6 * GRANULE_SIZE,
	      "the list's order is the range's");
	for (uint64_t i = 5; i <= 9; i += 2)
		give_delegated(pa + i * GRANULE_SIZE, 1);
}

static struct smc_regs unmap(uint64_t base, uint64_t top, uint64_t flags, uint64_t oaddr)
{
	return RMI(RMI_RTT_DATA_UNMAP, realm.rd, base, top, flags, oaddr);
}

static void check_unmap_errors(void)
{
	uint64_t ipa = GIB(1);

	check_eq(unmap(ipa, ipa + GRANULE_SIZE, 1, 8).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: an address without a list is ERROR_INPUT");
	check_eq(unmap(ipa, ipa + GRANULE_SIZE, 2, (uint64_t)list).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: a list without room is ERROR_INPUT");
	check_eq(unmap(ipa, ipa + GRANULE_SIZE, 2 | 1 << 2, (uint64_t)list + 4).x[0],
		 RMI_ERROR_INPUT, "DATA_UNMAP: an unaligned list is ERROR_INPUT");
	check_eq(unmap(ipa, ipa + GRANULE_SIZE, 2 | 1 << 2, realm.rd).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: a list in a Realm's memory is ERROR_INPUT");
	check_eq(unmap(ipa, ipa + GRANULE_SIZE, 3, 0).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: an unknown address type is ERROR_INPUT");
	check_eq(unmap(ipa + 8, ipa + GRANULE_SIZE, 0, 0).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: an unaligned base is ERROR_INPUT");
	check_eq(unmap(ipa, ipa, 0, 0).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: an empty range is ERROR_INPUT");
	check_eq(unmap(BIT(39), BIT(39) + GRANULE_SIZE, 0, 0).x[0], RMI_ERROR_INPUT,
		 "DATA_UNMAP: the unprotected half is ERROR_INPUT");
	check_eq(unmap(GIB(7) + MIB(2), GIB(7) + MIB(4), 0, 0).x[0], ERROR_RTT(1),
		 "DATA_UNMAP: a base not aligned to the level found is ERROR_RTT");
}

static void give_list(uint64_t entries)
{
	for (uint64_t i = 0; i < entries; i++)
		give_delegated(list[i] & RMI_DESC_ADDR_MASK, RMI_DESC_COUNT(list[i]));
}

/* The eight pages of check_map_progress() come back by all three ways. */
static void check_unmap_reports(void)
{
	uint64_t ipa = GIB(1) + MIB(8) - 4 * GRANULE_SIZE, top = ipa + 8 * GRANULE_SIZE;
	struct smc_regs r;
	uint64_t first;

	first = read_entry(&realm, ipa, 3).x[3];
	r = unmap(ipa, ipa + 2 * GRANULE_SIZE, RMI_MAP_OADDR_SINGLE, 0);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 2 * GRANULE_SIZE &&
		      r.x[2] == range_of(first, 2, 3),
	      "DATA_UNMAP SINGLE reports one run of two pages");
	r = unmap(ipa, ipa + 2 * GRANULE_SIZE, RMI_MAP_OADDR_SINGLE, 0);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 2 * GRANULE_SIZE && r.x[2] == 0,
	      "DATA_UNMAP of nothing is SUCCESS with progress");
	r = unmap(ipa + 2 * GRANULE_SIZE, ipa + 4 * GRANULE_SIZE, RMI_MAP_OADDR_NONE, 0);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + 4 * GRANULE_SIZE && r.x[2] == 0,
	      "DATA_UNMAP NONE reports no addresses");
	check(give_delegated(first, 4), "the four pages are delegated and come back");
	memset(list, 0, sizeof(list));
	r = unmap(ipa + 4 * GRANULE_SIZE, top, 2 | 2 << 2, (uint64_t)list);
	check(r.x[0] == RMI_SUCCESS && r.x[3] == 2 && r.x[1] == ipa + 6 * GRANULE_SIZE &&
		      list[2] == 0,
	      "DATA_UNMAP LIST stops where the list is full");
	give_list(r.x[3]);
	r = unmap(ipa + 6 * GRANULE_SIZE, top, 2 | 16 << 2, (uint64_t)list);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == top && r.x[3] == 2, "and goes on with the rest");
	give_list(r.x[3]);
	check_eq(read_entry(&realm, ipa, 3).x[2], RMI_UNASSIGNED, "nothing is mapped any more");
}

/* Blocks of 2 MiB. */
static void check_blocks(void)
{
	uint64_t pa = pool_take_aligned(1024, MIB(2)), ipa = GIB(1) + MIB(64);
	struct smc_regs r;

	delegate(pa, 1024);
	realm_tables(&realm, ipa, 2);
	r = RMI(RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + MIB(4), 1, range_of(pa, 2, 2));
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + MIB(4), "DATA_MAP of two 2 MiB blocks");
	r = read_entry(&realm, ipa + MIB(2), 3);
	check(r.x[1] == 2 && r.x[2] == RMI_ASSIGNED && r.x[3] == pa + MIB(2),
	      "READ_ENTRY ends at the block");
	check_eq(data_map(ipa + MIB(4), ipa + MIB(6), 1, range_of(pa + GRANULE_SIZE, 1, 2)),
		 RMI_ERROR_INPUT, "DATA_MAP of a block at an odd address is ERROR_INPUT");
	check_eq(unmap(ipa, ipa + GRANULE_SIZE, 0, 0).x[0], ERROR_RTT(2),
		 "DATA_UNMAP of a part of a block is ERROR_RTT of its level");
	r = unmap(ipa, ipa + MIB(4), RMI_MAP_OADDR_SINGLE, 0);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + MIB(4) && r.x[2] == range_of(pa, 2, 2),
	      "DATA_UNMAP reports two blocks as one run");
	check(give_delegated(pa, 1024), "and they come back");
}

static void check_ripas_after(void)
{
	uint64_t ipa = GIB(1) + MIB(10);
	struct smc_regs r;

	check_eq(realm_map(&realm, ipa, 1), RMI_SUCCESS, "a page under RIPAS EMPTY");
	r = read_entry(&realm, ipa, 3);
	check(r.x[2] == RMI_ASSIGNED && r.x[4] == RMI_RIPAS_EMPTY, "DATA_MAP keeps the RIPAS");
	realm_unmap(&realm, ipa, 1);
	check_eq(read_entry(&realm, ipa, 3).x[4], RMI_RIPAS_EMPTY,
		 "DATA_UNMAP of EMPTY leaves EMPTY");
	check_eq(realm_init_ripas(&realm, ipa, ipa + GRANULE_SIZE), RMI_SUCCESS, "INIT_RIPAS");
	realm_map(&realm, ipa, 1);
	realm_unmap(&realm, ipa, 1);
	check_eq(read_entry(&realm, ipa, 3).x[4], RMI_RIPAS_DESTROYED,
		 "DATA_UNMAP of RAM leaves DESTROYED");
	check_eq(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, realm.rd, ipa, ipa + GRANULE_SIZE), ERROR_RTT(3),
		 "INIT_RIPAS of DESTROYED is ERROR_RTT");
	check_eq(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, realm.rd, ipa, ipa), RMI_ERROR_INPUT,
		 "INIT_RIPAS of nothing is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, realm.rd, BIT(39), BIT(39) + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "INIT_RIPAS of the unprotected half is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, realm.rd, ipa + 8, ipa + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "INIT_RIPAS of an unaligned base is ERROR_INPUT");
}

void test_data(void)
{
	const struct realm_options options = {0};

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm for data"))
		return;
	check_init_errors();
	check_init_range();
	check_map_errors();
	check_map_progress();
	check_unmap_errors();
	check_unmap_reports();
	check_blocks();
	check_ripas_after();
	realm_end(&realm);
}

#define NS_WB (RMI_MEMATTR_NORMAL_WB << RMI_MAP_MEMATTR_SHIFT | 3 << RMI_MAP_S2AP_SHIFT)

static struct smc_regs unprot_map(uint64_t ipa, uint64_t flags, uint64_t desc)
{
	return RMI(RMI_RTT_UNPROT_MAP, realm.rd, ipa, ipa + GRANULE_SIZE, flags | 1, desc);
}

static void check_unprot_errors(uint64_t ipa, uint64_t pa)
{
	uint64_t desc = range_of(pa, 1, 3);

	check_eq(unprot_map(ipa, NS_WB, desc | UINT64_C(3) << 62).x[0], RMI_ERROR_INPUT,
		 "UNPROT_MAP of an unknown state is ERROR_INPUT");
	check_eq(unprot_map(GIB(1), NS_WB, desc).x[0], RMI_ERROR_INPUT,
		 "UNPROT_MAP in the protected half is ERROR_INPUT");
	check_eq(unprot_map(ipa, 4 << RMI_MAP_MEMATTR_SHIFT, desc).x[0], RMI_ERROR_INPUT,
		 "UNPROT_MAP with reserved attributes is ERROR_INPUT");
	check_eq(unprot_map(ipa, NS_WB | 8 << RMI_MAP_S2AP_SHIFT, desc).x[0], RMI_ERROR_INPUT,
		 "UNPROT_MAP with reserved permissions is ERROR_INPUT");
}

void test_unprotected(void)
{
	const struct realm_options options = {0};
	uint64_t ipa = BIT(39) + GIB(1), pa = pool_take(2), desc = range_of(pa, 1, 3) | BIT(62);
	struct smc_regs r;

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm that shares memory"))
		return;
	check_eq(unprot_map(ipa, NS_WB, desc).x[0], ERROR_RTT(1),
		 "UNPROT_MAP without tables is ERROR_RTT");
	realm_tables(&realm, ipa, 3);
	check_unprot_errors(ipa, pa);
	check_eq(unprot_map(ipa, NS_WB, desc).x[0], RMI_SUCCESS, "UNPROT_MAP of one page");
	check_eq(unprot_map(ipa, NS_WB, desc).x[0], RMI_SUCCESS, "UNPROT_MAP of the same again");
	check_eq(unprot_map(ipa, NS_WB, desc + GRANULE_SIZE).x[0], ERROR_RTT(3),
		 "UNPROT_MAP of another page there is ERROR_RTT");
	check_eq(unprot_map(ipa + GRANULE_SIZE, NS_WB, range_of(pa, 1, 3) | BIT(63)).x[0],
		 RMI_SUCCESS, "UNPROT_MAP takes the older spelling of undelegated");
	r = read_entry(&realm, ipa, 3);
	check(r.x[2] == RMI_ASSIGNED && r.x[3] == (pa | 6 << 2 | 3 << 6) && r.x[4] == 0,
	      "READ_ENTRY gives address, attributes and permissions");
	check(host_can_read(pa), "the host still uses shared memory");
	r = RMI(RMI_RTT_UNPROT_UNMAP, realm.rd, ipa, ipa + GRANULE_SIZE, 1, 0);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + GRANULE_SIZE &&
		      (r.x[2] & ~(UINT64_C(3) << 62)) == range_of(pa, 1, 3),
	      "UNPROT_UNMAP reports the page");
	check_eq(read_entry(&realm, ipa, 3).x[2], RMI_UNASSIGNED, "and it is unassigned");
	r = RMI(RMI_RTT_UNPROT_UNMAP, realm.rd, GIB(1), GIB(2), 0, 0);
	check_eq(r.x[0], RMI_ERROR_INPUT, "UNPROT_UNMAP in the protected half is ERROR_INPUT");
	/* The second page stays mapped, which keeps neither the tables nor the Realm from going. */
	realm_end(&realm);
	check(host_can_read(pa), "shared memory outlives the Realm");
	pool_give(pa, 2);
}
