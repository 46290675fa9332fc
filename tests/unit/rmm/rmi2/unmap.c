/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_DATA_UNMAP and RTT_UNPROT_UNMAP: docs/spec/rmi-2.0.md section 8. */
#include "host.h"

#define PAR_END BIT(39)
#define SINGLE	RMI_MAP_OADDR_SINGLE
#define NONE	RMI_MAP_OADDR_NONE
#define LIST(n) (RMI_MAP_OADDR_LIST | (uint64_t)(n) << RMI_MAP_LIST_COUNT_SHIFT)
#define NS_RW	(SINGLE | UINT64_C(6) << RMI_MAP_MEMATTR_SHIFT | UINT64_C(3) << RMI_MAP_S2AP_SHIFT)
#define P(n)	(f.pa + (uint64_t)(n)*GRANULE_SIZE)

struct fixture {
	struct realm r;
	uint64_t pa; /* 512 delegated granules, aligned to 2 MiB */
	uint64_t list;
	uint64_t *entry;
};

static void begin(struct fixture *f)
{
	realm_new(&f->r);
	f->pa = host_delegated(512);
	f->list = host_pages(1);
	f->entry = host_ptr(f->list);
	memset(f->entry, 0xee, GRANULE_SIZE);
	realm_tables(&f->r, 0, 3);
	realm_tables(&f->r, PAR_END, 3);
}

static void end(struct fixture *f)
{
	assert_int_equal(granule_count_state(pa_of(f->pa), 512, GRANULE_DELEGATED), 512);
	undelegate(f->pa, 512);
	realm_destroy(&f->r);
}

static void map(const struct fixture *f, uint64_t ipa, uint64_t pa, uint64_t n)
{
	assert_int_equal(
		RMI(RMI_RTT_DATA_MAP, f->r.rd, ipa, ipa + n * GRANULE_SIZE, SINGLE, DESC(3, pa, n))
			.x[1],
		ipa + n * GRANULE_SIZE);
}

static void map_ns(const struct fixture *f, uint64_t ipa, uint64_t pa, uint64_t n)
{
	assert_int_equal(
		RMI(RMI_RTT_UNPROT_MAP, f->r.rd, ipa, ipa + n * GRANULE_SIZE, NS_RW, DESC(3, pa, n))
			.x[1],
		ipa + n * GRANULE_SIZE);
}

static void check_unmap(int line, const char *rule, const struct fixture *f, uint64_t fid,
			uint64_t base, uint64_t top, uint64_t flags, uint64_t oaddr,
			uint64_t status, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct rmi_regs r = RMI(fid, f->r.rd, base, top, flags, oaddr);

	check_rule(rule, "X0", r.x[0], status, __FILE__, line);
	check_rule(rule, "X1", r.x[1], x1, __FILE__, line);
	check_rule(rule, "X2", r.x[2], x2, __FILE__, line);
	check_rule(rule, "X3", r.x[3], x3, __FILE__, line);
}

#define assert_data(f, ...) check_unmap(__LINE__, "DATA_UNMAP", f, RMI_RTT_DATA_UNMAP, __VA_ARGS__)
#define assert_ns(f, ...)                                                                          \
	check_unmap(__LINE__, "UNPROT_UNMAP", f, RMI_RTT_UNPROT_UNMAP, __VA_ARGS__)

static void test_arguments(void **state)
{
	struct fixture f;

	begin(&f);
	const struct {
		const char *rule;
		uint64_t base, top, flags, oaddr;
	} rows[] = {
		{"NONE with a list", 0, 0x1000, NONE, 8},
		{"SINGLE with a list", 0, 0x1000, SINGLE, 0x1000},
		{"SINGLE with a count", 0, 0x1000, SINGLE | 4, 0},
		{"NONE with a count", 0, 0x1000, NONE | 4, 0},
		{"a list of no entry", 0, 0x1000, LIST(0), f.list},
		{"a list not aligned", 0, 0x1000, LIST(1), f.list + 4},
		{"a list in a delegated page", 0, 0x1000, LIST(1), f.pa},
		{"an unknown type", 0, 0x1000, 3, 0},
		{"base not aligned", 8, 0x1000, NONE, 0},
		{"top not aligned", 0, 0x1008, NONE, 0},
		{"empty", 0x1000, 0x1000, NONE, 0},
		{"the wrong way round", 0x2000, 0x1000, NONE, 0},
		{"across the halves", 0, PAR_END + 0x1000, NONE, 0},
		{"the unprotected half", PAR_END, PAR_END + 0x1000, NONE, 0},
	};

	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_DATA_UNMAP, f.list, 0, 0x1000);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_unmap(__LINE__, rows[i].rule, &f, RMI_RTT_DATA_UNMAP, rows[i].base,
			    rows[i].top, rows[i].flags, rows[i].oaddr, RMI_ERROR_INPUT, 0, 0, 0);
	assert_ns(&f, 0, 0x1000, NONE, 0, RMI_ERROR_INPUT, 0, 0, 0);
	assert_ns(&f, PAR_END - 0x1000, PAR_END, NONE, 0, RMI_ERROR_INPUT, 0, 0, 0);
	assert_ns(&f, PAR_END, BIT(40) + 0x1000, NONE, 0, RMI_ERROR_INPUT, 0, 0, 0);
	/* A range that begins inside a larger entry, or is smaller than its entry, is refused. */
	assert_data(&f, MIB(2) + 0x1000, MIB(4), NONE, 0, RTT_ERROR(2), 0, 0, 0);
	assert_data(&f, MIB(2), MIB(3), NONE, 0, RTT_ERROR(2), 0, 0, 0);
	assert_data(&f, GIB(1), GIB(1) + MIB(2), NONE, 0, RTT_ERROR(1), 0, 0, 0);
	/* A walk goes to the deepest table: tables are only met behind the first entry. */
	assert_data(&f, GIB(1), PAR_END, NONE, 0, RMI_SUCCESS, PAR_END, 0, 0);
	end(&f);
}

/* The new state of an entry by its old one, and whether TLBs are invalidated. */
static void test_states(void **state)
{
	struct fixture f;
	struct rmi_regs e;

	begin(&f);
	map(&f, 0, P(0), 2);
	realm_ripas_ram(&f.r, 0x1000, 0x2000);
	assert_true(machine_walk(realm_s2(&f.r), 0x1000).valid);
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	assert_data(&f, 0, 0x1000, NONE, 0, RMI_SUCCESS, 0x1000, 0, 0);
	assert_int_equal(machine_tlbi.ranges, 0);
	e = RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0, 3);
	assert_int_equal(e.x[2], RMI_UNASSIGNED);
	assert_int_equal(e.x[4], RMI_RIPAS_EMPTY);
	assert_data(&f, 0x1000, 0x2000, NONE, 0, RMI_SUCCESS, 0x2000, 0, 0);
	assert_int_equal(machine_tlbi.ranges, 1);
	assert_int_equal(machine_tlbi.base, 0x1000);
	assert_int_equal(machine_tlbi.size, 0x1000);
	assert_true(machine_tlbi.leaf_only);
	assert_int_equal(machine_tlbi.vmid, realm_s2(&f.r)->vmid);
	assert_false(machine_walk(realm_s2(&f.r), 0x1000).valid);
	e = RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0x1000, 3);
	assert_int_equal(e.x[2], RMI_UNASSIGNED);
	assert_int_equal(e.x[4], RMI_RIPAS_DESTROYED);
	/* DESTROYED stays so when mapped and unmapped again. */
	map(&f, 0x1000, P(3), 1);
	assert_int_equal(RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0x1000, 3).x[4], RMI_RIPAS_DESTROYED);
	assert_data(&f, 0x1000, 0x2000, NONE, 0, RMI_SUCCESS, 0x2000, 0, 0);
	assert_int_equal(machine_tlbi.ranges, 1);
	assert_int_equal(RMI(RMI_RTT_READ_ENTRY, f.r.rd, 0x1000, 3).x[4], RMI_RIPAS_DESTROYED);
	/* Unmapping works in every state of the Realm. */
	map(&f, 0, P(0), 1);
	realm_rd(&f.r)->state = REALM_ZOMBIE;
	assert_data(&f, 0, 0x1000, NONE, 0, RMI_SUCCESS, 0x1000, 0, 0);
	end(&f);
}

static void test_none(void **state)
{
	struct fixture f;

	begin(&f);
	map(&f, 0x1000, P(5), 3);
	map(&f, 0x9000, P(1), 1);
	/* Without a list a call goes to the end of the table, over gaps too. */
	assert_data(&f, 0, MIB(4), NONE, 0, RMI_SUCCESS, MIB(2), 0, 0);
	assert_data(&f, 0, MIB(2), NONE, 0, RMI_SUCCESS, MIB(2), 0, 0);
	end(&f);
}

static void test_single(void **state)
{
	struct fixture f;

	begin(&f);
	map(&f, 0x1000, P(5), 3);
	map(&f, 0x4000, P(20), 1);
	map(&f, 0x6000, P(21), 2);
	/* A call ends where the PA does not go on; gaps in the IPA do not end it. */
	assert_data(&f, 0, 0x10000, SINGLE, 0, RMI_SUCCESS, 0x4000, DESC(3, P(5), 3), 0);
	assert_data(&f, 0x4000, 0x7000, SINGLE, 0, RMI_SUCCESS, 0x7000, DESC(3, P(20), 2), 0);
	assert_data(&f, 0x7000, 0x10000, SINGLE, 0, RMI_SUCCESS, 0x10000, DESC(3, P(22), 1), 0);
	assert_data(&f, 0, 0x10000, SINGLE, 0, RMI_SUCCESS, 0x10000, 0, 0);
	end(&f);
}

static void test_list(void **state)
{
	struct fixture f;
	uint64_t pas[] = {3, 4, 9, 1, 30};

	begin(&f);
	for (uint64_t i = 0; i < ARRAY_SIZE(pas); i++)
		map(&f, i * 0x1000, P(pas[i]), 1);
	/* The list has room for two runs of pages. */
	assert_data(&f, 0, 0x10000, LIST(2), f.list, RMI_SUCCESS, 0x3000, 0, 2);
	assert_int_equal(f.entry[0], DESC(3, P(3), 2));
	assert_int_equal(f.entry[1], DESC(3, P(9), 1));
	assert_int_equal(f.entry[2], 0xeeeeeeeeeeeeeeee);
	/* A list that ends with its page. */
	assert_data(&f, 0x3000, 0x10000, LIST(9), f.list + 511 * 8, RMI_SUCCESS, 0x4000, 0, 1);
	assert_int_equal(f.entry[511], DESC(3, P(1), 1));
	/* The pages are unmapped even if the list cannot be written. */
	machine_ns_budget = 0;
	assert_data(&f, 0x4000, 0x5000, LIST(1), f.list, RMI_SUCCESS, 0x5000, 0, 0);
	machine_ns_budget = ~0u;
	assert_data(&f, 0, 0x5000, LIST(1), f.list, RMI_SUCCESS, 0x5000, 0, 0);
	end(&f);
}

static void test_block(void **state)
{
	struct fixture f;

	begin(&f);
	assert_ok(RMI_RTT_DATA_MAP, f.r.rd, MIB(2), MIB(4), SINGLE, DESC(2, f.pa, 1));
	realm_ripas_ram(&f.r, MIB(2), MIB(4));
	assert_data(&f, MIB(3), MIB(4), SINGLE, 0, RTT_ERROR(2), 0, 0, 0);
	assert_data(&f, MIB(2), MIB(3), SINGLE, 0, RTT_ERROR(2), 0, 0, 0);
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	assert_data(&f, MIB(2), MIB(8), SINGLE, 0, RMI_SUCCESS, MIB(8), DESC(2, f.pa, 1), 0);
	assert_int_equal(machine_tlbi.size, MIB(6));
	/* A table behind the first entry ends the sweep. */
	realm_tables(&f.r, MIB(6), 3);
	assert_data(&f, MIB(2), MIB(8), SINGLE, 0, RMI_SUCCESS, MIB(6), 0, 0);
	end(&f);
}

/* After 64 MiB a call ends, so that interrupts do not wait for more. */
static void test_cut(void **state)
{
	const uint64_t base = MIB(128), n = 33, top = base + n * MIB(2);
	const uint64_t pa = BANK1_BASE; /* not handed out by host_pages() */
	struct fixture f;

	begin(&f);
	delegate(pa, n * 512);
	for (uint64_t i = 0; i < n; i++)
		assert_ok(RMI_RTT_DATA_MAP, f.r.rd, base + i * MIB(2), base + (i + 1) * MIB(2),
			  SINGLE, DESC(2, pa + i * MIB(2), 1));
	assert_data(&f, base, top, SINGLE, 0, RMI_SUCCESS, base + MIB(64), DESC(2, pa, 32), 0);
	assert_data(&f, base + MIB(64), top, SINGLE, 0, RMI_SUCCESS, top, DESC(2, pa + MIB(64), 1),
		    0);
	undelegate(pa, n * 512);
	end(&f);
}

static void test_unprot(void **state)
{
	struct fixture f;
	const uint64_t b = PAR_END, ns = BIT(62);

	begin(&f);
	map_ns(&f, b, BANK0_BASE, 3);
	map_ns(&f, b + 0x8000, BANK1_BASE, 1);
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	assert_ns(&f, b, b + 0x10000, SINGLE, 0, RMI_SUCCESS, b + 0x8000,
		  DESC(3, BANK0_BASE, 3) | ns, 0);
	assert_int_equal(machine_tlbi.ranges, 1);
	assert_int_equal(machine_tlbi.base, b);
	assert_false(machine_walk(realm_s2(&f.r), b).valid);
	assert_ns(&f, b, b + 0x10000, LIST(4), f.list, RMI_SUCCESS, b + 0x10000, 0, 1);
	assert_int_equal(f.entry[0], DESC(3, BANK1_BASE, 1) | ns);
	assert_true(granule_is(pa_of(BANK1_BASE), GRANULE_NS));
	assert_ns(&f, b, b + MIB(2), NONE, 0, RMI_SUCCESS, b + MIB(2), 0, 0);
	assert_ns(&f, b + 0x1000 + MIB(2), b + MIB(4), NONE, 0, RTT_ERROR(2), 0, 0, 0);
	end(&f);
}

/*
 * On a PE whose instruction caches keep what was overwritten, the RMM invalidates them once in a
 * call, when no TLB leads to the pages any more and the pages are still the Realm's.
 */
static uint64_t code_pa;
static unsigned int code_gone;

static void check_code_gone(void)
{
	code_gone++;
	assert_true(machine_tlbi.ranges + machine_tlbi.all > 0);
	for (uint64_t i = 0; i < 3; i++)
		assert_true(granule_is(pa_of(code_pa + i * GRANULE_SIZE), GRANULE_DATA));
}

static void test_code(void **state)
{
	for (int needed = 0; needed <= 1; needed++) {
		struct fixture f;

		begin(&f);
		map(&f, 0, f.pa, 3);
		realm_ripas_ram(&f.r, 0, 3 * GRANULE_SIZE);
		map_ns(&f, PAR_END, BANK0_BASE, 3);
		arch_features.forget_code = needed;
		machine_code_gone = check_code_gone;
		memset(&machine_tlbi, 0, sizeof(machine_tlbi));
		code_pa = f.pa;
		code_gone = 0;
		assert_data(&f, 0, 3 * GRANULE_SIZE, NONE, 0, RMI_SUCCESS, 3 * GRANULE_SIZE, 0, 0);
		assert_int_equal(code_gone, needed);
		/* Nothing to forget: no page was mapped, and shared memory is never executed. */
		assert_data(&f, 0, 3 * GRANULE_SIZE, NONE, 0, RMI_SUCCESS, 3 * GRANULE_SIZE, 0, 0);
		assert_ns(&f, PAR_END, PAR_END + 3 * GRANULE_SIZE, NONE, 0, RMI_SUCCESS,
			  PAR_END + 3 * GRANULE_SIZE, 0, 0);
		assert_int_equal(code_gone, needed);
		machine_code_gone = NULL;
		machine_default_features();
		end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_states),
		cmocka_unit_test(test_none),	  cmocka_unit_test(test_single),
		cmocka_unit_test(test_list),	  cmocka_unit_test(test_block),
		cmocka_unit_test(test_cut),	  cmocka_unit_test(test_unprot),
		cmocka_unit_test(test_code),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
