/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Costs of single commands on the tables of a stage 2, each in the situations that could make it
 * expensive. The content of a table must not matter much.
 */
#include "tests/conformance/bench.h"

static struct realm realm;

/* One call, timed. */
struct timed {
	uint64_t status, out[2], ticks;
};

static struct timed timed(uint64_t fid, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	struct timed t = {.ticks = 0};

	t.status = bench_timed(fid, realm.rd, a2, a3, a4, a5, t.out, &t.ticks);
	return t;
}

/* RTT_CREATE at (ipa, level), which must succeed. */
static void add_create(struct worst *w, uint64_t ipa, int64_t level, const char *situation)
{
	uint64_t table = take_delegated(1);
	struct timed t = timed(RMI_RTT_CREATE, table, ipa, (uint64_t)level, 0);

	worst_add(w, t.status == RMI_SUCCESS, t.ticks, situation);
	if (t.status != RMI_SUCCESS)
		give_delegated(table, 1);
}

/* RTT_DESTROY or RTT_FOLD of the table at (ipa, level), which must succeed. */
static void add_removal(struct worst *w, uint64_t fid, uint64_t ipa, int64_t level,
			const char *situation)
{
	struct timed t = timed(fid, ipa, (uint64_t)level, 0, 0);

	worst_add(w, t.status == RMI_SUCCESS, t.ticks, situation);
	if (t.status == RMI_SUCCESS)
		give_delegated(t.out[0], 1);
}

static void add_refusal(struct worst *w, uint64_t fid, uint64_t ipa, int64_t level,
			const char *situation)
{
	struct timed t = timed(fid, ipa, (uint64_t)level, 0, 0);

	worst_add(w, RMI_STATUS(t.status) == RMI_ERROR_RTT, t.ticks, situation);
}

/* Tables over entries of all kinds that map nothing. */
static void create_destroy(void)
{
	struct worst create = {.name = "rtt_create"}, destroy = {.name = "rtt_destroy"};
	uint64_t ram = GIB(2), shared = realm_unprotected(&realm);

	realm_tables(&realm, 0, 2);
	realm_tables(&realm, ram, 2);
	realm_tables(&realm, shared, 2);
	realm_init_ripas(&realm, ram, ram + GIB(1));
	add_create(&create, 0, 3, "RIPAS EMPTY");
	add_create(&create, ram, 3, "RIPAS RAM");
	add_create(&create, shared, 3, "unprotected");
	add_removal(&destroy, RMI_RTT_DESTROY, 0, 3, "the only one of its parent");
	add_create(&create, 0, 3, "RIPAS DESTROYED");
	add_create(&create, MIB(2), 3, "RIPAS EMPTY, with a neighbour");
	add_removal(&destroy, RMI_RTT_DESTROY, 0, 3, "with a neighbour");
	add_removal(&destroy, RMI_RTT_DESTROY, MIB(2), 3, "without one");
	add_removal(&destroy, RMI_RTT_DESTROY, ram, 3, "of RAM");
	add_removal(&destroy, RMI_RTT_DESTROY, shared, 3, "unprotected");
	add_refusal(&destroy, RMI_RTT_DESTROY, 0, 3, "there is none");
	add_refusal(&destroy, RMI_RTT_DESTROY, GIB(100), 3, "nor one above it");
	worst_figure(&create);
	worst_figure(&destroy);
}

/* Splitting a block of a Realm's memory, and one of shared memory. */
static void split(void)
{
	struct worst create = {.name = "rtt_create_split"}, fold = {.name = "rtt_fold"};
	uint64_t ipa = GIB(4), shared = realm_unprotected(&realm) + GIB(1), pa, ns;
	struct timed t;

	pa = pool_take_aligned(512, MIB(2));
	ns = pool_take_aligned(512, MIB(2));
	delegate(pa, 512);
	realm_tables(&realm, ipa, 2);
	realm_tables(&realm, shared, 2);
	t = timed(RMI_RTT_DATA_MAP, ipa, ipa + MIB(2), RMI_MAP_OADDR_SINGLE, range_of(pa, 1, 2));
	check_eq(t.status, RMI_SUCCESS, "a block is mapped");
	t = timed(RMI_RTT_UNPROT_MAP, shared, shared + MIB(2),
		  RMI_MAP_OADDR_SINGLE | RMI_MEMATTR_NORMAL_WB << RMI_MAP_MEMATTR_SHIFT |
			  (RMI_S2AP_R | RMI_S2AP_W) << RMI_MAP_S2AP_SHIFT,
		  range_of(ns, 1, 2) | (uint64_t)RMI_DESC_UNDELEGATED << RMI_DESC_STATE_SHIFT);
	check_eq(t.status, RMI_SUCCESS, "and one of shared memory");
	add_create(&create, ipa, 3, "a block of RIPAS RAM");
	add_create(&create, shared, 3, "an unprotected block");
	worst_figure(&create);
	add_removal(&fold, RMI_RTT_FOLD, ipa, 3, "512 pages that make a block");
	add_removal(&fold, RMI_RTT_FOLD, shared, 3, "512 unprotected pages");
	worst_figure(&fold);
	realm_unmap(&realm, ipa, 512);
	timed(RMI_RTT_UNPROT_UNMAP, shared, shared + MIB(2), RMI_MAP_OADDR_NONE, 0);
	pool_give(ns, 512);
}

/* Maps `count` pages of [ipa, ipa + 2 MiB) from page `first` on: page i to page i behind pa. */
static void map_pages(uint64_t ipa, uint64_t pa, uint64_t first, uint64_t count)
{
	uint64_t at = ipa + first * GRANULE_SIZE;
	struct timed t = timed(RMI_RTT_DATA_MAP, at, at + count * GRANULE_SIZE,
			       RMI_MAP_OADDR_SINGLE, range_of(pa + first * GRANULE_SIZE, count, 3));

	check_eq(t.status, RMI_SUCCESS, "%lu pages are mapped", count);
}

/* RTT_FOLD of a table of pages that cannot be a block, for each of many reasons. */
static void fold_refused(void)
{
	struct worst fold = {.name = "rtt_fold_refused"};
	uint64_t ipa = GIB(5), pa = pool_take_aligned(513, MIB(2));

	delegate(pa, 513);
	realm_tables(&realm, ipa, 3);
	realm_init_ripas(&realm, ipa, ipa + 511 * GRANULE_SIZE);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "nothing mapped, two kinds of RIPAS");
	map_pages(ipa, pa, 0, 1);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "1 page");
	map_pages(ipa, pa, 1, 1);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "2 pages");
	map_pages(ipa, pa, 2, 254);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "256 pages");
	map_pages(ipa, pa, 256, 255);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "511 pages");
	map_pages(ipa, pa + GRANULE_SIZE, 511, 1);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "512 pages, the last elsewhere");
	realm_unmap(&realm, ipa, 512);
	add_refusal(&fold, RMI_RTT_FOLD, GIB(6), 3, "there is no table");
	give_delegated(pa + 511 * GRANULE_SIZE, 1);
	pa = pool_take_aligned(512, MIB(2));
	delegate(pa, 512);
	map_pages(ipa, pa + GRANULE_SIZE, 0, 511);
	map_pages(ipa, pa - 511 * GRANULE_SIZE, 511, 1);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "512 pages, the last first");
	realm_unmap(&realm, ipa, 512);
	pa = pool_take_aligned(513, MIB(2));
	delegate(pa, 513);
	map_pages(ipa, pa + GRANULE_SIZE, 0, 512);
	add_refusal(&fold, RMI_RTT_FOLD, ipa, 3, "512 pages in order, but not aligned");
	realm_unmap(&realm, ipa, 512);
	give_delegated(pa, 1);
	worst_figure(&fold);
}

/* One DATA_UNMAP or UNPROT_UNMAP over a whole half of the address space, with nothing mapped. */
static void unmap_nothing(void)
{
	const struct realm_options options = {.s2sz = 39, .start_level = 1, .num_start = 1};
	struct worst unmap = {.name = "data_unmap_empty_root"};
	struct timed t;

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm with nothing in it"))
		return;
	t = timed(RMI_RTT_DATA_UNMAP, 0, BIT(38), RMI_MAP_OADDR_NONE, 0);
	worst_add(&unmap, t.status == RMI_SUCCESS && t.out[0] == BIT(38), t.ticks, "DATA_UNMAP");
	t = timed(RMI_RTT_UNPROT_UNMAP, BIT(38), BIT(39), RMI_MAP_OADDR_NONE, 0);
	worst_add(&unmap, t.status == RMI_SUCCESS && t.out[0] == BIT(39), t.ticks, "UNPROT_UNMAP");
	worst_figure(&unmap);
	realm_end(&realm);
}

/* A table of level 0, which covers 256 TiB: only with LPA2 is there a table above it. */
static void destroy_large(void)
{
	const struct realm_options options = {
		.s2sz = 52, .start_level = -1, .num_start = 1, .flags0 = RMI_REALM_LPA2};
	struct worst destroy = {.name = "rtt_destroy_level_0"};
	struct smc_regs features = RMI(RMI_FEATURES, 0);

	if (!(features.x[1] & RMI_FEATURE0_LPA2) || FIELD(features.x[1], 7, 0) < 52) {
		skip("a table of level 0 below another: the machine has no 52 bits");
		return;
	}
	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm of 52 bits"))
		return;
	realm_tables(&realm, 0, 0);
	add_removal(&destroy, RMI_RTT_DESTROY, 0, 0, "level 0");
	worst_figure(&destroy);
	realm_end(&realm);
}

void bench_tables(void)
{
	const struct realm_options options = {0};

	if (!check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm for tables"))
		return;
	create_destroy();
	split();
	fold_refused();
	realm_end(&realm);
	unmap_nothing();
	destroy_large();
}
