/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_DATA_MAP and RTT_UNPROT_MAP: docs/spec/rmi-2.0.md section 8. */
#include "host.h"

#define PAR_END BIT(39)
#define SINGLE	RMI_MAP_OADDR_SINGLE
#define LIST(n) (RMI_MAP_OADDR_LIST | (uint64_t)(n) << RMI_MAP_LIST_COUNT_SHIFT)
#define NS_RW	(UINT64_C(6) << RMI_MAP_MEMATTR_SHIFT | UINT64_C(3) << RMI_MAP_S2AP_SHIFT)

struct fixture {
	struct realm r;
	uint64_t pa;   /* 512 delegated granules, aligned to 2 MiB */
	uint64_t list; /* host page */
	uint64_t *entry;
};

static void begin(struct fixture *f)
{
	realm_new(&f->r);
	f->pa = host_delegated(512);
	f->list = host_pages(1);
	f->entry = host_ptr(f->list);
	realm_tables(&f->r, 0, 3);
	realm_tables(&f->r, PAR_END, 3);
}

static void end(struct fixture *f)
{
	for (uint64_t ipa = 0; ipa < MIB(2);) {
		struct rmi_regs r = RMI(RMI_RTT_DATA_UNMAP, f->r.rd, ipa, MIB(2));

		assert_int_equal(r.x[0], RMI_SUCCESS);
		ipa = r.x[1];
	}
	undelegate(f->pa, 512);
	realm_destroy(&f->r);
}

static void assert_map(struct fixture *f, uint64_t fid, uint64_t base, uint64_t top, uint64_t flags,
		       uint64_t oaddr, uint64_t status, uint64_t out_top)
{
	struct rmi_regs r = RMI(fid, f->r.rd, base, top, flags, oaddr);

	assert_int_equal(r.x[0], status);
	assert_int_equal(r.x[1], out_top);
}

#define assert_data(f, ...) assert_map(f, RMI_RTT_DATA_MAP, __VA_ARGS__)
#define assert_ns(f, ...)   assert_map(f, RMI_RTT_UNPROT_MAP, __VA_ARGS__)

/* Every refusal by arguments and states, in the page's order: each row is right but for one thing.
 */
static void test_data_arguments(void **state)
{
	struct fixture f;
	uint64_t p;

	begin(&f);
	p = f.pa;
	const struct {
		const char *rule;
		uint64_t base, top, flags, oaddr, status;
	} rows[] = {
		{"empty", 0x1000, 0x1000, SINGLE, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"the wrong way round", 0x2000, 0x1000, SINGLE, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"type NONE", 0, 0x1000, RMI_MAP_OADDR_NONE, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"an unknown type", 0, 0x1000, 3, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"a list of no entry", 0, 0x1000, LIST(0), f.list, RMI_ERROR_INPUT},
		{"a list not aligned", 0, 0x1000, LIST(1), f.list + 4, RMI_ERROR_INPUT},
		{"a list in a delegated page", 0, 0x1000, LIST(1), p, RMI_ERROR_INPUT},
		{"a list where no memory is", 0, 0x1000, LIST(1), 0, RMI_ERROR_INPUT},
		{"an empty descriptor", 0, 0x1000, SINGLE, DESC(3, p, 0), RMI_ERROR_INPUT},
		{"a list of empty descriptors", 0, 0x1000, LIST(4), f.list, RMI_ERROR_INPUT},
		{"UNDELEGATED of bet3", 0, 0x1000, SINGLE, DESC(3, p, 1) | BIT(62),
		 RMI_ERROR_INPUT},
		{"UNDELEGATED of bet1", 0, 0x1000, SINGLE, DESC(3, p, 1) | BIT(63),
		 RMI_ERROR_INPUT},
		{"a block of 512G", 0, BIT(39), SINGLE, DESC(0, 0, 1), RMI_ERROR_INPUT},
		{"base not aligned to 4K", 0x800, 0x2000, SINGLE, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"base not aligned to the block", 0x1000, MIB(4), SINGLE, DESC(2, p, 1),
		 RMI_ERROR_INPUT},
		{"top not aligned", 0, 0x1800, SINGLE, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"the unprotected half", PAR_END, PAR_END + 0x1000, SINGLE, DESC(3, p, 1),
		 RMI_ERROR_INPUT},
		{"across the halves", 0, PAR_END + 0x1000, SINGLE, DESC(3, p, 1), RMI_ERROR_INPUT},
		{"behind the IPA space", BIT(40), BIT(40) + 0x1000, SINGLE, DESC(3, p, 1),
		 RMI_ERROR_INPUT},
		{"less than a block", 0, MIB(1), SINGLE, DESC(2, p, 1), RTT_ERROR(2)},
		{"no table of level 3", MIB(2), MIB(2) + 0x1000, SINGLE, DESC(3, p, 1),
		 RTT_ERROR(2)},
		{"no table of level 2", GIB(1), GIB(1) + 0x1000, SINGLE, DESC(3, p, 1),
		 RTT_ERROR(1)},
		{"a table where the block would be", 0, MIB(2), SINGLE, DESC(2, p, 1),
		 RTT_ERROR(2)},
		{"a page above 48 bits without LPA2", 0, 0x1000, SINGLE,
		 DESC(3, p + 0x1000, 1) | BIT(51), RMI_ERROR_INPUT},
		{"a block that is not aligned", MIB(2), MIB(4), SINGLE, DESC(2, p + 0x1000, 1),
		 RMI_ERROR_INPUT},
	};

	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_DATA_MAP, f.list, 0, 0x1000, SINGLE, DESC(3, p, 1));
	for (enum realm_state s = REALM_SYSTEM_OFF; s <= REALM_ZOMBIE; s++) {
		realm_rd(&f.r)->state = s;
		assert_data(&f, 0, 0, SINGLE, DESC(3, p, 1), RMI_ERROR_REALM, 0);
	}
	realm_rd(&f.r)->state = REALM_ACTIVE;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rmi_regs r = RMI(RMI_RTT_DATA_MAP, f.r.rd, rows[i].base, rows[i].top,
					rows[i].flags, rows[i].oaddr);

		assert_rule(rows[i].rule, r.x[0], rows[i].status);
	}
	assert_int_equal(granule_count_state(pa_of(p), 512, GRANULE_DELEGATED), 512);
	realm_rd(&f.r)->state = REALM_NEW;
	end(&f);
}

static void test_data_single(void **state)
{
	struct fixture f;

	begin(&f);
	memset(arch_realm_ptr(pa_of(f.pa)), 0x11, MIB(2));
	assert_data(&f, 0, 0x5000, SINGLE, DESC(3, f.pa, 5), RMI_SUCCESS, 0x5000);
	for (uint64_t i = 0; i < 5 * GRANULE_SIZE; i++)
		assert_int_equal(((uint8_t *)arch_realm_ptr(pa_of(f.pa)))[i], 0);
	assert_int_equal(granule_count_state(pa_of(f.pa), 512, GRANULE_DATA), 5);
	/* The descriptor may have fewer or more blocks than the range. */
	assert_data(&f, 0x8000, 0xa000, SINGLE, DESC(3, f.pa + 0x5000, 1), RMI_SUCCESS, 0x9000);
	assert_data(&f, 0x9000, 0xa000, SINGLE, DESC(3, f.pa + 0x6000, 8), RMI_SUCCESS, 0xa000);
	/* A mapping that is there already counts as done, another one is refused. */
	assert_data(&f, 0, 0x5000, SINGLE, DESC(3, f.pa, 5), RMI_SUCCESS, 0x5000);
	assert_data(&f, 0, 0x1000, SINGLE, DESC(3, f.pa + 0x8000, 1), RTT_ERROR(3), 0);
	assert_data(&f, 0x7000, 0x9000, SINGLE, DESC(3, f.pa + 0x8000, 2), RMI_SUCCESS, 0x8000);
	/* Memory that is in use, or not delegated. */
	assert_data(&f, 0x10000, 0x11000, SINGLE, DESC(3, f.pa, 1), RMI_ERROR_INPUT, 0);
	assert_data(&f, 0x10000, 0x11000, SINGLE, DESC(3, f.list, 1), RMI_ERROR_INPUT, 0);
	assert_data(&f, 0x10000, 0x11000, SINGLE, DESC(3, f.r.rd, 1), RMI_ERROR_INPUT, 0);
	assert_data(&f, 0x10000, 0x11000, SINGLE, DESC(3, f.r.table[1].pa, 1), RMI_ERROR_INPUT, 0);
	assert_data(&f, 0x10000, 0x11000, SINGLE, DESC(3, 0x1000, 1), RMI_ERROR_INPUT, 0);
	end(&f);
}

static void test_data_list(void **state)
{
	struct fixture f;

	begin(&f);
	f.entry[0] = DESC(3, f.pa + 0x3000, 1);
	f.entry[1] = DESC(3, 0, 0);
	f.entry[2] = DESC(3, f.pa, 2);
	f.entry[3] = DESC(2, f.pa, 1);
	assert_data(&f, 0x1000, 0x9000, LIST(3), f.list, RMI_SUCCESS, 0x4000);
	assert_int_equal(machine_pas(f.pa), PAS_REALM);
	assert_int_equal(RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0x1000, 3).x[3], f.pa + 0x3000);
	assert_int_equal(RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0x2000, 3).x[3], f.pa);
	assert_int_equal(RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0x3000, 3).x[3], f.pa + 0x1000);
	/* A block of another level in the list ends the call before that block. */
	assert_data(&f, 0x1000, 0x9000, LIST(4), f.list, RMI_SUCCESS, 0x4000);
	/* The list ends with its page. */
	f.entry[511] = DESC(3, f.pa + 0x5000, 1);
	assert_data(&f, 0x5000, 0x9000, LIST(9), f.list + 511 * 8, RMI_SUCCESS, 0x6000);
	/* Blocks from before an unreadable part of the list are mapped; none is an error. */
	machine_ns_budget = 0;
	assert_data(&f, 0x7000, 0x9000, LIST(2), f.list, RMI_ERROR_INPUT, 0);
	machine_ns_budget = ~0u;
	f.entry[0] = DESC(3, f.pa + 0x6000, 1);
	f.entry[1] = DESC(3, f.pa + 0x7000, 1);
	machine_ns_budget = 1;
	assert_data(&f, 0x7000, 0x9000, LIST(2), f.list, RMI_SUCCESS, 0x8000);
	machine_ns_budget = ~0u;
	/* A later descriptor with the wrong state ends the call before it. */
	f.entry[0] = DESC(3, f.pa + 0x8000, 1);
	f.entry[1] = DESC(3, f.pa + 0x9000, 1) | BIT(62);
	assert_data(&f, 0xa000, 0xc000, LIST(2), f.list, RMI_SUCCESS, 0xb000);
	end(&f);
}

/* A call ends with its table. The host goes on at the address that is returned. */
static void test_data_table_end(void **state)
{
	struct fixture f;

	begin(&f);
	assert_data(&f, MIB(2) - 0x2000, MIB(2) + 0x2000, SINGLE, DESC(3, f.pa, 4), RMI_SUCCESS,
		    MIB(2));
	end(&f);
}

static void test_data_block(void **state)
{
	struct fixture f;
	uint64_t flags = SINGLE;

	begin(&f);
	memset(arch_realm_ptr(pa_of(f.pa)), 0x22, MIB(2));
	assert_data(&f, MIB(2), MIB(5), flags, DESC(2, f.pa, 2), RMI_SUCCESS, MIB(4));
	assert_int_equal(granule_count_state(pa_of(f.pa), 512, GRANULE_DATA), 512);
	assert_int_equal(*(uint64_t *)arch_realm_ptr(pa_of(f.pa + MIB(2) - 8)), 0);
	/* EMPTY stays inaccessible, RAM is mapped. */
	assert_false(machine_walk(realm_s2(&f.r), MIB(2)).valid);
	realm_ripas_ram(&f.r, MIB(2), MIB(4));
	assert_true(machine_walk(realm_s2(&f.r), MIB(3)).valid);
	assert_int_equal(machine_walk(realm_s2(&f.r), MIB(3)).pa, f.pa + MIB(1));
	assert_data(&f, MIB(2), MIB(4), flags, DESC(2, f.pa, 1), RMI_SUCCESS, MIB(4));
	assert_int_equal(RMI(RMI_RTT_DATA_UNMAP, f.r.rd, MIB(2), MIB(4)).x[1], MIB(4));
	/* A block with one granule missing is no block. */
	undelegate(f.pa + MIB(1), 1);
	assert_data(&f, MIB(2), MIB(4), flags, DESC(2, f.pa, 1), RMI_ERROR_INPUT, 0);
	assert_int_equal(granule_count_state(pa_of(f.pa), 512, GRANULE_DELEGATED), 256);
	delegate(f.pa + MIB(1), 1);
	end(&f);
}

static void test_contended(void **state)
{
	struct fixture f;
	struct granule_lock lock;

	begin(&f);
	assert_true(granule_lock(pa_of(f.pa + 0x3000), GRANULE_DELEGATED, &lock));
	assert_data(&f, MIB(2), MIB(4), SINGLE, DESC(2, f.pa, 1), RMI_BUSY, 0);
	assert_data(&f, 0, 0x4000, SINGLE, DESC(3, f.pa, 4), RMI_SUCCESS, 0x3000);
	assert_data(&f, 0x3000, 0x4000, SINGLE, DESC(3, f.pa + 0x3000, 1), RMI_BUSY, 0);
	granule_unlock(&lock);
	end(&f);
}

/* An interrupt ends the call behind the block in work. */
static void test_interrupted(void **state)
{
	struct fixture f;

	begin(&f);
	machine_irq = 3;
	assert_data(&f, 0, 0x8000, SINGLE, DESC(3, f.pa, 8), RMI_SUCCESS, 0x3000);
	machine_irq = 0;
	end(&f);
}

/* A 1 GiB block is zeroed in steps, with BUSY when an interrupt waits, and never twice. */
static void test_gigabyte(void **state)
{
	struct fixture f;
	uint64_t pa = BANK1_BASE, base = GIB(2), top = base + GIB(1), n = 0, *word;
	struct rmi_regs r;

	begin(&f);
	/* The rest of the bank is free: the fixture's memory lies behind the gigabyte. */
	assert_true(f.r.rd >= BANK1_BASE + GIB(1));
	delegate(pa, GIB(1) >> GRANULE_SHIFT);
	word = arch_realm_ptr(pa_of(pa + MIB(700)));
	*word = 0x33;
	machine_irq = 10;
	r = RMI(RMI_RTT_DATA_MAP, f.r.rd, base, top, SINGLE, DESC(1, pa, 1));
	assert_int_equal(r.x[0], RMI_BUSY);
	machine_irq = 0;
	assert_int_equal(granule_count_state(pa_of(pa), 262144, GRANULE_DELEGATED), 262144);
	*(uint64_t *)arch_realm_ptr(pa_of(pa)) =
		0x44; /* zeroed before: must not be touched again */
	while (r.x[0] == RMI_BUSY) {
		machine_irq = 200;
		r = RMI(RMI_RTT_DATA_MAP, f.r.rd, base, top, SINGLE, DESC(1, pa, 1));
		machine_irq = 0;
		assert_true(n++ < 8);
	}
	assert_true(n > 1);
	assert_int_equal(r.x[0], RMI_SUCCESS);
	assert_int_equal(r.x[1], top);
	assert_int_equal(*word, 0);
	assert_int_equal(*(uint64_t *)arch_realm_ptr(pa_of(pa)), 0x44);
	assert_int_equal(granule_count_state(pa_of(pa), 262144, GRANULE_DATA), 262144);
	realm_ripas_ram(&f.r, base, top);
	assert_int_equal(machine_walk(realm_s2(&f.r), base + MIB(700)).pa, pa + MIB(700));
	assert_int_equal(machine_walk(realm_s2(&f.r), base).level, 1);
	r = RMI(RMI_RTT_DATA_UNMAP, f.r.rd, base, top, RMI_MAP_OADDR_NONE, 0);
	assert_int_equal(r.x[1], top);
	assert_int_equal(granule_count_state(pa_of(pa), 262144, GRANULE_DELEGATED), 262144);
	undelegate(pa, GIB(1) >> GRANULE_SHIFT);
	end(&f);
}

static void test_unprot_arguments(void **state)
{
	struct fixture f;
	const uint64_t b = PAR_END, d = DESC(3, BANK0_BASE, 1);
	static const uint64_t s2ap4 = UINT64_C(4) << RMI_MAP_S2AP_SHIFT,
			      s2ap8 = UINT64_C(8) << RMI_MAP_S2AP_SHIFT;

	begin(&f);
	assert_ns(&f, b, b + 0x1000, SINGLE | s2ap4, d, RMI_ERROR_INPUT, 0);
	assert_ns(&f, b, b + 0x1000, SINGLE | s2ap8, d, RMI_ERROR_INPUT, 0);
	assert_ns(&f, b - 0x1000, b, SINGLE | NS_RW, d, RMI_ERROR_INPUT, 0);
	assert_ns(&f, b, b, SINGLE | NS_RW, d, RMI_ERROR_INPUT, 0);
	assert_ns(&f, BIT(40) - 0x1000, BIT(40) + 0x1000, SINGLE | NS_RW, d, RMI_ERROR_INPUT, 0);
	assert_ns(&f, b, b + 0x1000, SINGLE | UINT64_C(4) << RMI_MAP_MEMATTR_SHIFT, d,
		  RMI_ERROR_INPUT, 0);
	assert_ns(&f, b, b + 0x1000, SINGLE | NS_RW, d | BIT(62) | BIT(63), RMI_ERROR_INPUT, 0);
	assert_ns(&f, b, b + 0x1000, SINGLE | NS_RW, DESC(3, BIT(48), 1), RMI_ERROR_INPUT, 0);
	realm_rd(&f.r)->state = REALM_ZOMBIE;
	assert_ns(&f, b, b + 0x1000, SINGLE | NS_RW, d, RMI_ERROR_REALM, 0);
	realm_rd(&f.r)->state = REALM_NEW;
	/* The reserved attribute is found after the walk. */
	assert_ns(&f, b + MIB(2), b + MIB(2) + 0x1000,
		  SINGLE | UINT64_C(4) << RMI_MAP_MEMATTR_SHIFT, d, RTT_ERROR(2), 0);
	end(&f);
}

static void test_unprot(void **state)
{
	struct fixture f;
	const uint64_t b = PAR_END, states[] = {0, BIT(62), BIT(63)};
	struct machine_walk w;

	begin(&f);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		uint64_t ipa = b + i * 0x1000, pa = BANK0_BASE + i * 0x1000;

		assert_ns(&f, ipa, ipa + 0x1000, SINGLE | NS_RW, DESC(3, pa, 1) | states[i],
			  RMI_SUCCESS, ipa + 0x1000);
		w = machine_walk(realm_s2(&f.r), ipa);
		assert_true(w.valid && w.ns && w.xn && w.pa == pa);
		assert_int_equal(w.memattr, 6);
		assert_int_equal(w.s2ap, 3);
	}
	/* The same again is fine; another address, attribute or permission is not. */
	assert_ns(&f, b, b + 0x1000, SINGLE | NS_RW, DESC(3, BANK0_BASE, 1), RMI_SUCCESS,
		  b + 0x1000);
	assert_ns(&f, b, b + 0x1000, SINGLE | NS_RW, DESC(3, BANK1_BASE, 1), RTT_ERROR(3), 0);
	assert_ns(&f, b, b + 0x1000, SINGLE | UINT64_C(6) << 16 | UINT64_C(2) << 19,
		  DESC(3, BANK0_BASE, 1), RTT_ERROR(3), 0);
	/* Device memory, read-only, in a block: no memory of the RMM's table. */
	assert_ns(&f, b + MIB(2), b + MIB(4), SINGLE | UINT64_C(1) << 16 | UINT64_C(2) << 19,
		  DESC(2, 0x8000000, 1), RMI_SUCCESS, b + MIB(4));
	w = machine_walk(realm_s2(&f.r), b + MIB(3));
	assert_true(w.valid && w.ns && w.pa == 0x8000000 + MIB(1));
	assert_int_equal(w.memattr, 1);
	assert_int_equal(w.s2ap, 1);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data_arguments), cmocka_unit_test(test_data_single),
		cmocka_unit_test(test_data_list),      cmocka_unit_test(test_data_table_end),
		cmocka_unit_test(test_data_block),     cmocka_unit_test(test_contended),
		cmocka_unit_test(test_interrupted),    cmocka_unit_test(test_unprot_arguments),
		cmocka_unit_test(test_unprot),	       cmocka_unit_test(test_gigabyte),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
