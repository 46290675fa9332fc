/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What commands on tables find does not depend on where in a table it is: they look at many entries
 * at a time. Every place is tried.
 */
#include "host.h"

#define PAR_END BIT(39) /* of the default Realm */
#define ENTRIES 512
#define PAGE(i) ((uint64_t)(i)*GRANULE_SIZE)

/* A table folds only when its 512 entries agree, whichever the odd one is. */
static void test_fold_looks_at_every_entry(void **state)
{
	struct realm r;

	realm_new(&r);
	realm_tables(&r, 0, 2);
	for (uint64_t odd = 0; odd < ENTRIES; odd++) {
		uint64_t ipa = odd * MIB(2), table = host_delegated(1);

		assert_ok(RMI_RTT_CREATE, r.rd, table, ipa, 3);
		if (odd > 0)
			realm_ripas_ram(&r, ipa, ipa + PAGE(odd));
		if (odd < ENTRIES - 1)
			realm_ripas_ram(&r, ipa + PAGE(odd + 1), ipa + PAGE(ENTRIES));
		assert_rmi(RTT_ERROR(3), RMI_RTT_FOLD, r.rd, ipa, 3);
		realm_ripas_ram(&r, ipa + PAGE(odd), ipa + PAGE(odd + 1));
		assert_ok(RMI_RTT_FOLD, r.rd, ipa, 3);
		undelegate(table, 1);
	}
	realm_destroy(&r);
}

/* The same for 512 pages of which two change places: all live, and no block. */
static void test_fold_looks_at_every_page(void **state)
{
	uint64_t block = host_delegated(ENTRIES), size = PAGE(ENTRIES);
	struct realm r;

	realm_new(&r);
	realm_tables(&r, 0, 3);
	for (uint64_t odd = 0; odd < ENTRIES; odd += 7) {
		for (uint64_t i = 0; i < ENTRIES; i++) {
			uint64_t pa = i == odd			 ? (odd + 1) % ENTRIES
				      : i == (odd + 1) % ENTRIES ? odd
								 : i;

			assert_ok(RMI_RTT_DATA_MAP, r.rd, PAGE(i), PAGE(i + 1),
				  RMI_MAP_OADDR_SINGLE, DESC(3, block + PAGE(pa), 1));
		}
		assert_rmi(RTT_ERROR(3), RMI_RTT_FOLD, r.rd, 0, 3);
		assert_ok(RMI_RTT_DATA_UNMAP, r.rd, 0, size);
	}
	undelegate(block, ENTRIES);
	realm_destroy(&r);
}

/* RTT_DESTROY where no table is tells the next live entry, wherever that is and it starts. */
static void test_the_next_live_entry(void **state)
{
	struct realm r;

	realm_new(&r);
	realm_tables(&r, 0, 2);
	for (uint64_t live = 0; live < ENTRIES; live++) {
		uint64_t table = host_delegated(1);

		assert_ok(RMI_RTT_CREATE, r.rd, table, live * MIB(2), 3);
		for (uint64_t from = 0; from < ENTRIES; from += live % 5 + 1) {
			struct rmi_regs res;

			if (from == live)
				continue;
			res = RMI(RMI_RTT_DESTROY, r.rd, from * MIB(2), 3);
			assert_int_equal(res.x[0], RTT_ERROR(2));
			assert_int_equal(res.x[2], from < live ? live * MIB(2) : GIB(1));
		}
		assert_ok(RMI_RTT_DESTROY, r.rd, live * MIB(2), 3);
		undelegate(table, 1);
	}
	realm_destroy(&r);
}

/* DATA_UNMAP passes over what maps nothing, finds each page and stops at the end asked for. */
static void test_unmap_finds_every_page(void **state)
{
	struct realm r;

	realm_new(&r);
	realm_tables(&r, 0, 3);
	for (uint64_t at = 0; at < ENTRIES; at++) {
		uint64_t end = at + 1 + at * 31 % (ENTRIES - at), page = host_delegated(1);
		struct rmi_regs res;

		assert_ok(RMI_RTT_DATA_MAP, r.rd, PAGE(at), PAGE(at + 1), RMI_MAP_OADDR_SINGLE,
			  DESC(3, page, 1));
		realm_ripas_ram(&r, PAGE(at), PAGE(at + 1));
		if (at > 0) {
			res = RMI(RMI_RTT_DATA_UNMAP, r.rd, 0, PAGE(at), RMI_MAP_OADDR_SINGLE);
			assert_int_equal(res.x[1], PAGE(at));
			assert_int_equal(res.x[2], 0);
		}
		assert_true(granule_is(pa_of(page), GRANULE_DATA));
		res = RMI(RMI_RTT_DATA_UNMAP, r.rd, PAGE(at / 2), PAGE(end), RMI_MAP_OADDR_SINGLE);
		assert_int_equal(res.x[0], RMI_SUCCESS);
		assert_int_equal(res.x[1], PAGE(end));
		assert_int_equal(res.x[2], DESC(3, page, 1));
		assert_true(granule_is(pa_of(page), GRANULE_DELEGATED));
		assert_false(machine_walk(realm_s2(&r), PAGE(at)).valid);
		undelegate(page, 1);
	}
	realm_destroy(&r);
}

/* A sweep ends at a table, though entries before it map nothing. */
static void test_unmap_stops_at_a_table(void **state)
{
	struct realm r;

	realm_new(&r);
	realm_tables(&r, 0, 2);
	for (uint64_t live = 1; live < ENTRIES; live += 3) {
		uint64_t table = host_delegated(1);

		assert_ok(RMI_RTT_CREATE, r.rd, table, live * MIB(2), 3);
		assert_int_equal(RMI(RMI_RTT_DATA_UNMAP, r.rd, 0, GIB(1)).x[1], live * MIB(2));
		assert_ok(RMI_RTT_DESTROY, r.rd, live * MIB(2), 3);
		undelegate(table, 1);
	}
	realm_destroy(&r);
}

/* A block that is split maps the same memory by each of its 512 pages, with the same attributes. */
static void test_split_unprotected_block(void **state)
{
	uint64_t table = host_delegated(1), base = BANK1_BASE;
	struct realm r;

	realm_new(&r);
	realm_tables(&r, PAR_END, 2);
	assert_ok(RMI_RTT_UNPROT_MAP, r.rd, PAR_END, PAR_END + MIB(2),
		  RMI_MAP_OADDR_SINGLE | UINT64_C(6) << RMI_MAP_MEMATTR_SHIFT |
			  UINT64_C(1) << RMI_MAP_S2AP_SHIFT,
		  DESC(2, base, 1));
	assert_ok(RMI_RTT_CREATE, r.rd, table, PAR_END, 3);
	for (uint64_t i = 0; i < ENTRIES; i++) {
		struct machine_walk w = machine_walk(realm_s2(&r), PAR_END + PAGE(i));

		assert_true(w.valid && w.ns && w.level == 3 && w.memattr == 6);
		assert_int_equal(w.pa, base + PAGE(i));
	}
	assert_ok(RMI_RTT_DESTROY, r.rd, PAR_END, 3);
	undelegate(table, 1);
	realm_destroy(&r);
}

/* The halves of a Realm's address space meet at the right entry of the root, whatever its shape. */
static void test_roots(void **state)
{
	static const struct {
		const char *rule;
		uint32_t bits, num;
		int64_t level;
	} shapes[] = {{"33 bits, one table of level 1", 33, 1, 1},
		      {"34 bits, 16 tables of level 2", 34, 16, 2},
		      {"33 bits, 8 tables of level 2", 33, 8, 2},
		      {"39 bits, one full table of level 1", 39, 1, 1},
		      {"40 bits, two tables of level 1", 40, 2, 1},
		      {"43 bits, 16 tables of level 1", 43, 16, 1}};

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		uint64_t half = BIT(shapes[i].bits - 1), size = half * 2;
		uint64_t level = (uint64_t)shapes[i].level, step = BIT(12 + 9 * (3 - level));
		struct realm r;

		realm_init(&r);
		r.params->s2sz = shapes[i].bits;
		r.params->rtt_level_start = shapes[i].level;
		r.params->rtt_num_start = shapes[i].num;
		r.params->rtt_base = host_delegated(shapes[i].num);
		memset(arch_realm_ptr(pa_of(r.params->rtt_base)), 0xff,
		       (size_t)shapes[i].num * GRANULE_SIZE);
		realm_create(&r);
		for (uint64_t ipa = 0; ipa < size; ipa += step) {
			struct rmi_regs e = RMI(RMI_RTT_READ_ENTRY, r.rd, ipa, level);

			assert_rule(shapes[i].rule, e.x[2], RMI_UNASSIGNED);
			assert_rule(shapes[i].rule,
				    RMI(RMI_RTT_UNPROT_MAP, r.rd, ipa, ipa + step,
					RMI_MAP_OADDR_SINGLE, DESC(level, 0, 1))
					    .x[0],
				    ipa < half ? RMI_ERROR_INPUT : RMI_SUCCESS);
		}
		realm_destroy(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold_looks_at_every_entry),
		cmocka_unit_test(test_fold_looks_at_every_page),
		cmocka_unit_test(test_the_next_live_entry),
		cmocka_unit_test(test_unmap_finds_every_page),
		cmocka_unit_test(test_unmap_stops_at_a_table),
		cmocka_unit_test(test_split_unprotected_block),
		cmocka_unit_test(test_roots),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
