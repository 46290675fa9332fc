/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 2 as a Realm uses it: every shape of tables, blocks, blocks that are split and joined while
 * the Realm looks, the longest operations.
 */
#include <string.h>
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;

/* First, last and middle pages of the protected half. */
static void check_corners(uint32_t s2sz)
{
	const uint64_t pages[] = {0, BIT(s2sz - 2) + MIB(32), BIT(s2sz - 1) - GRANULE_SIZE};

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		uint64_t at = pages[i];

		guest_start(rec, GUEST_SMC, RSI_IPA_STATE_SET, at, at + GRANULE_SIZE, RSI_RIPAS_RAM,
			    0);
		realm_tables(&realm, at, 3);
		RMI(RMI_RTT_SET_RIPAS, realm.rd, rec->pa, at, at + GRANULE_SIZE);
		rec_run(rec);
		realm_map(&realm, at, 1);
		guest_call(rec, GUEST_FILL, at, 1, i);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		check_eq(guest_call(rec, GUEST_CHECK, pages[i], 1, i)[0], 0,
			 "%u bits: the Realm uses the page at 0x%lx", s2sz, pages[i]);
}

static void check_shared_corner(uint32_t s2sz)
{
	uint64_t pa = pool_take(1), at = BIT(s2sz) - GRANULE_SIZE;

	*(uint64_t *)pa = 0xfeed;
	check_eq(realm_map_ns(&realm, at, pa, 1), RMI_SUCCESS,
		 "%u bits: the last unprotected page is mapped", s2sz);
	check_eq(guest_exec(rec, 0, at, INSN_LDR_X1_X2).x[0], 0xfeed,
		 "%u bits: and the Realm reads it", s2sz);
	RMI(RMI_RTT_UNPROT_UNMAP, realm.rd, at, at + GRANULE_SIZE, RMI_MAP_OADDR_NONE, 0);
	pool_give(pa, 1);
}

static void check_shape(uint32_t s2sz, int64_t level, uint32_t num, uint64_t flags0)
{
	const struct realm_options options = {
		.s2sz = s2sz, .start_level = level, .num_start = num, .flags0 = flags0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm of another shape")) {
		note("%u bits from level %ld with %u tables", s2sz, level, num);
		check_corners(s2sz);
		check_shared_corner(s2sz);
	}
	realm_end(&realm);
}

void test_shapes(void)
{
	struct smc_regs features = RMI(RMI_FEATURES, 0);

	check_shape(32, 1, 1, 0);
	check_shape(34, 2, 16, 0);
	check_shape(43, 1, 16, 0);
	check_shape(48, 0, 1, 0);
	if (!(features.x[1] & RMI_FEATURE0_LPA2)) {
		skip("LPA2: not offered");
		return;
	}
	check_shape(40, 1, 2, RMI_REALM_LPA2);
	check_shape(48, 0, 1, RMI_REALM_LPA2);
	if (FIELD(features.x[1], 7, 0) >= 52) {
		check_shape(52, 0, 16, RMI_REALM_LPA2);
		check_shape(52, -1, 1, RMI_REALM_LPA2);
	}
}

/* 2 MiB of the Realm as a block, as pages, and as a block again. */
void test_blocks(void)
{
	const struct realm_options options = {0};
	uint64_t ipa = GUEST_IPA + MIB(8), pa = pool_take_aligned(512, MIB(2));
	struct smc_regs r;

	rec = &realm.rec[0];
	delegate(pa, 512);
	if (realm_start(&realm, &options, "a Realm with a 2 MiB block")) {
		check_eq(RMI_STATUS_OF(RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + MIB(2),
				       RMI_MAP_OADDR_SINGLE, range_of(pa, 1, 2)),
			 RMI_SUCCESS, "a block is mapped");
		check_eq(guest_call(rec, GUEST_SUM, ipa, MIB(2))[0], 0, "it is zero");
		guest_call(rec, GUEST_FILL, ipa, 512, 3);
		realm_tables(&realm, ipa, 3);
		check_eq(guest_call(rec, GUEST_CHECK, ipa, 512, 3)[0], 0, "split, it is the same");
		check(realm_unmap(&realm, ipa + 5 * GRANULE_SIZE, 1), "a page is taken out of it");
		guest_start(rec, GUEST_CHECK, ipa, 512, 3);
		check(rec_exited(rec, RMI_EXIT_SYNC) &&
			      rec->run->exit.hpfar == (ipa + 5 * GRANULE_SIZE) >> 8,
		      "the Realm's look at that page alone is an abort");
	}
	realm_end(&realm);
	pa = pool_take_aligned(512, MIB(2));
	delegate(pa, 512);
	if (realm_start(&realm, &options, "a Realm whose pages become a block")) {
		realm_tables(&realm, ipa, 3);
		RMI(RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + MIB(2), RMI_MAP_OADDR_SINGLE,
		    range_of(pa, 512, 3));
		guest_call(rec, GUEST_FILL, ipa, 512, 4);
		r = RMI(RMI_RTT_FOLD, realm.rd, ipa, 3);
		check_eq(r.x[0], RMI_SUCCESS, "512 pages are folded");
		give_delegated(r.x[1], 1);
		check_eq(guest_call(rec, GUEST_CHECK, ipa, 512, 4)[0], 0, "joined, it is the same");
	}
	realm_end(&realm);
}

/* True if [pa, top) belongs to the host, by a look at one granule of each 64K. */
static bool all_back(uint64_t pa, uint64_t top)
{
	for (; pa < top; pa += KIB(64)) {
		if (host_faults(pa) || *(volatile uint64_t *)pa)
			return false;
	}
	return true;
}

static uint64_t longest; /* of the calls timed: how long interrupts may have waited */

static void timed_call(struct smc_regs *r)
{
	uint64_t start = timer_now();

	smc_call(r);
	if (timer_now() - start > longest)
		longest = timer_now() - start;
}

/* DATA_MAP of a GiB comes to its end although an interrupt waits all the time. */
static uint64_t map_gib(uint64_t ipa, uint64_t pa, unsigned int *steps)
{
	struct smc_regs r = {{RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + GIB(1), RMI_MAP_OADDR_SINGLE,
			      range_of(pa, 1, 1)}};
	uint64_t end = timer_now() + timer_seconds(100), handle = 0;
	bool first = true;

	timed_call(&r);
	for (*steps = 0; timer_now() < end; (*steps)++) {
		if (RMI_STATUS(r.x[0]) == RMI_BUSY) {
			r = (struct smc_regs){{RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + GIB(1),
					       RMI_MAP_OADDR_SINGLE, range_of(pa, 1, 1)}};
		} else if (RMI_STATUS(r.x[0]) == RMI_INCOMPLETE) {
			handle = first ? r.x[1] : handle;
			first = false;
			r = (struct smc_regs){{RMI_OP_CONTINUE, handle, 0}};
		} else {
			break;
		}
		timed_call(&r);
	}
	return r.x[0];
}

void test_gib_block(void)
{
	const struct realm_options options = {0};
	uint64_t pa, ipa = GIB(8);
	unsigned int steps;
	struct smc_regs r;

	if (!memory_find(GIB(1), GIB(1), &pa)) {
		skip("a 1 GiB block: the machine has no free aligned GiB");
		return;
	}
	rec = &realm.rec[0];
	check(delegate(pa, GIB(1) / GRANULE_SIZE), "a GiB is delegated");
	if (realm_start(&realm, &options, "a Realm with a 1 GiB block")) {
		timer_el2_after(0);
		check_eq(map_gib(ipa, pa, &steps), RMI_SUCCESS,
			 "DATA_MAP of a 1 GiB block ends though interrupts wait");
		timer_el2_off();
		check(steps > 100, "in steps that let them in (%u)", steps);
		note("the longest call took %lu counts of the timer", longest);
		r = read_entry(&realm, ipa + MIB(6), 3);
		check(r.x[1] == 1 && r.x[2] == RMI_ASSIGNED && r.x[3] == pa,
		      "READ_ENTRY: a block at level 1");
		r = RMI(RMI_RTT_DATA_UNMAP, realm.rd, ipa, ipa + GIB(1), RMI_MAP_OADDR_SINGLE, 0);
		check(r.x[0] == RMI_SUCCESS && r.x[1] == ipa + GIB(1) &&
			      r.x[2] == range_of(pa, 1, 1),
		      "DATA_UNMAP takes it out at once");
	}
	realm_end(&realm);
	timer_el2_after(0);
	check(undelegate(pa, GIB(1) / GRANULE_SIZE), "undelegated though interrupts wait");
	timer_el2_off();
	check(all_back(pa, pa + GIB(1)), "the host has it back, scrubbed");
}
