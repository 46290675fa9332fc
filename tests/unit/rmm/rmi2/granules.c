/* SPDX-License-Identifier: BSD-3-Clause */
/* Delegation and tracking: docs/spec/rmi-2.0.md sections 3 and 4. */
#include "host.h"

#define BASE	 (BANK1_BASE + MIB(16))
#define BASE_END (BASE + MIB(8))

static void check_range(const char *rule, uint64_t fid, uint64_t base, uint64_t top,
			uint64_t status, uint64_t out_top, int line)
{
	struct rmi_regs r = RMI(fid, base, top);

	check_rule(rule, "X0", r.x[0], status, __FILE__, line);
	check_rule(rule, "X1", r.x[1], out_top, __FILE__, line);
}

#define delegate_gives(...)                                                                        \
	check_range("delegation", RMI_GRANULE_RANGE_DELEGATE, __VA_ARGS__, __LINE__)
#define undelegate_gives(...)                                                                      \
	check_range("undelegation", RMI_GRANULE_RANGE_UNDELEGATE, __VA_ARGS__, __LINE__)

static void test_arguments(void **state)
{
	static const struct {
		const char *rule;
		uint64_t base, top;
	} rows[] = {
		{"base not aligned", BASE + 8, BASE + 0x2000},
		{"top not aligned", BASE, BASE + 8},
		{"empty", BASE, BASE},
		{"the wrong way round", BASE + 0x1000, BASE},
		{"no memory", 0, 0x1000},
		{"behind a bank", BANK1_BASE + BANK1_SIZE, BANK1_BASE + BANK1_SIZE + 0x1000},
		{"around the end of all addresses", ~0xfffull, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_range(rows[i].rule, RMI_GRANULE_RANGE_DELEGATE, rows[i].base, rows[i].top,
			    RMI_ERROR_INPUT, rows[i].base, __LINE__);
		check_range(rows[i].rule, RMI_GRANULE_RANGE_UNDELEGATE, rows[i].base, rows[i].top,
			    RMI_ERROR_INPUT, rows[i].base, __LINE__);
	}
}

static void test_whole_range(void **state)
{
	for (uint64_t skip = 0; skip < 3; skip++) {
		uint64_t base = BASE + skip * GRANULE_SIZE, top = BASE_END - skip * GRANULE_SIZE;

		delegate_gives(base, top, RMI_SUCCESS, top);
		for (uint64_t pa = base; pa < top; pa += GRANULE_SIZE) {
			assert_int_equal(machine_pas(pa), PAS_REALM);
			assert_true(granule_is(pa_of(pa), GRANULE_DELEGATED));
		}
		undelegate_gives(base, top, RMI_SUCCESS, top);
		for (uint64_t pa = base; pa < top; pa += GRANULE_SIZE) {
			assert_int_equal(machine_pas(pa), PAS_NS);
			assert_true(granule_is(pa_of(pa), GRANULE_NS));
		}
	}
}

/* A granule that is in the target state already is passed over. */
static void test_passed_over(void **state)
{
	delegate(BASE + MIB(1), 3);
	delegate_gives(BASE, BASE + MIB(2), RMI_SUCCESS, BASE + MIB(2));
	delegate_gives(BASE, BASE + MIB(2), RMI_SUCCESS, BASE + MIB(2));
	undelegate(BASE + MIB(1), 3);
	undelegate_gives(BASE, BASE + MIB(2), RMI_SUCCESS, BASE + MIB(2));
	undelegate_gives(BASE, BASE + MIB(2), RMI_SUCCESS, BASE + MIB(2));
}

/* A range ends at a granule that is in another state or that EL3 refuses. */
static void test_stops(void **state)
{
	const uint64_t bad = BASE + MIB(2) + 5 * GRANULE_SIZE;
	struct granule_lock lock;

	machine_set_pas(bad, PAS_SECURE);
	delegate_gives(BASE, BASE_END, RMI_SUCCESS, bad);
	delegate_gives(bad, BASE_END, RMI_ERROR_INPUT, bad);
	assert_true(granule_is(pa_of(bad), GRANULE_NS));
	assert_true(granule_is(pa_of(bad + GRANULE_SIZE), GRANULE_NS));
	machine_set_pas(bad, PAS_NS);
	delegate_gives(bad, BASE_END, RMI_SUCCESS, BASE_END);

	assert_true(granule_lock(pa_of(bad), GRANULE_DELEGATED, &lock));
	granule_unlock_to(&lock, GRANULE_PARTIAL);
	undelegate_gives(BASE, BASE_END, RMI_SUCCESS, bad);
	undelegate_gives(bad, BASE_END, RMI_ERROR_INPUT, bad);
	delegate_gives(bad, BASE_END, RMI_ERROR_INPUT, bad);
	granule_publish(pa_of(bad), 1, GRANULE_DELEGATED);
	undelegate_gives(bad, BASE_END, RMI_SUCCESS, BASE_END);
	/* EL3 is not asked to move a granule that it has in another space. */
	delegate(BASE, 1);
	machine_set_pas(BASE, PAS_SECURE);
	machine_set_pas(BASE, PAS_REALM);
	undelegate(BASE, 1);
}

/* A granule that EL3 refuses to give back stays delegated, and is scrubbed. */
static void test_undelegate_refused(void **state)
{
	struct granule_lock lock;

	delegate(BASE, 1);
	assert_int_equal(granule_claim(pa_of(BASE), 1, GRANULE_DELEGATED, NULL), 1);
	granule_scrub(pa_of(BASE), 1);
	granule_release(pa_of(BASE), 1);
	machine_set_pas(BASE, PAS_SECURE);
	undelegate_gives(BASE, BASE + 0x1000, RMI_ERROR_INPUT, BASE);
	assert_true(granule_lock(pa_of(BASE), GRANULE_DELEGATED, &lock));
	granule_unlock(&lock);
	machine_set_pas(BASE, PAS_REALM);
	undelegate(BASE, 1);
}

static void test_contended(void **state)
{
	struct granule_lock lock;

	assert_true(granule_lock(pa_of(BASE + 0x2000), GRANULE_NS, &lock));
	delegate_gives(BASE, BASE + 0x4000, RMI_SUCCESS, BASE + 0x2000);
	delegate_gives(BASE + 0x2000, BASE + 0x4000, RMI_BUSY, BASE + 0x2000);
	granule_unlock(&lock);
	delegate_gives(BASE + 0x2000, BASE + 0x4000, RMI_SUCCESS, BASE + 0x4000);
	undelegate(BASE, 4);
}

/* machine_irq = n: an interrupt is pending from the nth look on. Comments say who looks when. */
static void test_interrupted(void **state)
{
	const uint64_t step = 16 * GRANULE_SIZE;

	/* EL3 looks after each 64 KiB, the command after each 2 MiB. */
	machine_irq = 1;
	delegate_gives(BASE, BASE_END, RMI_SUCCESS, BASE + step);
	delegate_gives(BASE + MIB(2) - step, BASE_END, RMI_SUCCESS, BASE + MIB(2));
	machine_irq = 32;
	delegate_gives(BASE, BASE_END, RMI_SUCCESS, BASE + MIB(2));
	machine_irq = 0;
	delegate_gives(BASE, BASE_END, RMI_SUCCESS, BASE_END);
	/* Scrubbing looks after each 256 KiB, and leaves all but the first 64 KiB delegated. */
	machine_irq = 1;
	undelegate_gives(BASE, BASE_END, RMI_SUCCESS, BASE + step);
	machine_irq = 2;
	memset(arch_realm_ptr(pa_of(BASE + MIB(1))), 0x5a, MIB(1));
	undelegate_gives(BASE + step, BASE_END, RMI_SUCCESS, BASE + 2 * step);
	assert_int_equal(granule_count_state(pa_of(BASE + 2 * step), 512, GRANULE_DELEGATED), 512);
	assert_int_equal(granule_count_zeroed(pa_of(BASE + 2 * step), 512), 128 - 16);
	machine_irq = 0;
	undelegate_gives(BASE, BASE_END, RMI_SUCCESS, BASE_END);
	for (uint64_t at = BASE; at < BASE + MIB(2); at += sizeof(uint64_t))
		assert_int_equal(*(uint64_t *)host_ptr(at), 0);
}

/* What the Realm world had in a granule is gone when the host gets it back. */
static void test_scrubbed(void **state)
{
	uint64_t pa = host_pages(1);
	const uint8_t *mem;

	memset(host_ptr(pa), 0xa5, GRANULE_SIZE);
	delegate(pa, 1);
	memset(arch_realm_ptr(pa_of(pa)), 0x5a, GRANULE_SIZE);
	undelegate(pa, 1);
	mem = host_ptr(pa);
	for (size_t i = 0; i < GRANULE_SIZE; i++)
		assert_int_equal(mem[i], 0);
}

#define RAM_IS	RMI_TRACKING_CONVENTIONAL, RMI_TRACKING_FINE
#define HOLE_IS RMI_TRACKING_NO_CATEGORY, RMI_TRACKING_RESERVED

static void test_tracking_get(void **state)
{
	static const struct {
		const char *rule;
		uint64_t start, end, status, category, tracking, top;
	} rows[] = {
		{"memory", BANK0_BASE, BANK0_BASE + 0x2000, RMI_SUCCESS, RAM_IS,
		 BANK0_BASE + 0x2000},
		{"to the end of a bank", BANK0_BASE, BANK1_BASE, RMI_SUCCESS, RAM_IS,
		 BANK0_BASE + BANK0_SIZE},
		{"a hole, to the next bank", 0, BANK1_BASE, RMI_SUCCESS, HOLE_IS, BANK0_BASE},
		{"the hole between two banks", BANK0_BASE + BANK0_SIZE, GIB(16), RMI_SUCCESS,
		 HOLE_IS, BANK1_BASE},
		{"a hole, to the end of the range", BANK1_BASE + BANK1_SIZE, GIB(16), RMI_SUCCESS,
		 HOLE_IS, GIB(16)},
		{"a hole, to a bank far away", BANK1_BASE + BANK1_SIZE, BIT(48), RMI_SUCCESS,
		 HOLE_IS, BANK2_BASE},
		{"memory above 16 TiB", BANK2_BASE, BIT(48), RMI_SUCCESS, RAM_IS,
		 BANK2_BASE + BANK2_SIZE},
		{"a hole, to the end of the PA space", BANK2_BASE + BANK2_SIZE, BIT(48),
		 RMI_SUCCESS, HOLE_IS, BIT(48)},
		{"start not aligned", BANK0_BASE + 8, BANK1_BASE, RMI_ERROR_INPUT, 0, 0, 0},
		{"end not aligned", BANK0_BASE, BANK1_BASE + 8, RMI_ERROR_INPUT, 0, 0, 0},
		{"empty", BANK0_BASE, BANK0_BASE, RMI_ERROR_INPUT, 0, 0, 0},
		{"the wrong way round", BANK1_BASE, BANK0_BASE, RMI_ERROR_INPUT, 0, 0, 0},
		{"beyond the PA space", BANK0_BASE, BIT(48) + 0x1000, RMI_ERROR_INPUT, 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rmi_regs r = RMI(RMI_GRANULE_TRACKING_GET, rows[i].start, rows[i].end);

		assert_rule(rows[i].rule, r.x[0], rows[i].status);
		assert_rule(rows[i].rule, r.x[1], rows[i].category);
		assert_rule(rows[i].rule, r.x[2], rows[i].tracking);
		assert_rule(rows[i].rule, r.x[3], rows[i].top);
	}
}

/*
 * Memory lies in [1, 2) and [2, 4) GiB, with a hole below and between them, and at 16 TiB in the
 * GiB of BANK2_BASE.
 */
static void test_gpt_info(void **state)
{
	static const struct {
		const char *rule;
		uint8_t l0gptsz;
		uint64_t base, top, status, end, gpt;
	} rows[] = {
		{"the region of a bank", 0, GIB(1), GIB(2), RMI_SUCCESS, GIB(2), RMI_GPT_PLAT},
		{"all regions with memory", 0, GIB(1), GIB(16), RMI_SUCCESS, GIB(4), RMI_GPT_PLAT},
		{"one of two regions of a bank", 0, GIB(2), GIB(3), RMI_SUCCESS, GIB(3),
		 RMI_GPT_PLAT},
		{"memory up to a hole", 0, GIB(3), GIB(6), RMI_SUCCESS, GIB(4), RMI_GPT_PLAT},
		{"the region below memory", 0, 0, GIB(1), RMI_SUCCESS, GIB(1), RMI_GPT_RESERVED},
		{"a hole, to the first bank", 0, 0, GIB(16), RMI_SUCCESS, GIB(1), RMI_GPT_RESERVED},
		{"the region behind memory", 0, GIB(4), GIB(5), RMI_SUCCESS, GIB(5),
		 RMI_GPT_RESERVED},
		{"a hole, to a bank far away", 0, GIB(4), BIT(48) - GIB(1), RMI_SUCCESS, BANK2_BASE,
		 RMI_GPT_RESERVED},
		{"a region above 16 TiB", 0, BANK2_BASE, BIT(48) - GIB(1), RMI_SUCCESS,
		 BANK2_BASE + GIB(1), RMI_GPT_PLAT},
		{"a hole, to the end of the range", 0, BANK2_BASE + GIB(1), BIT(48) - GIB(1),
		 RMI_SUCCESS, BIT(48) - GIB(1), RMI_GPT_RESERVED},
		{"base not aligned", 0, GIB(1) + 0x1000, GIB(2), RMI_ERROR_INPUT, 0, 0},
		{"top not aligned", 0, GIB(1), GIB(2) - 0x1000, RMI_ERROR_INPUT, 0, 0},
		{"empty", 0, GIB(1), GIB(1), RMI_ERROR_INPUT, 0, 0},
		{"the wrong way round", 0, GIB(2), GIB(1), RMI_ERROR_INPUT, 0, 0},
		{"top at the end of the PA space", 0, GIB(1), BIT(48), RMI_ERROR_INPUT, 0, 0},
		{"base at the end of the PA space", 0, BIT(48), BIT(48) + GIB(1), RMI_ERROR_INPUT,
		 0, 0},
		{"top far beyond the PA space", 0, GIB(1), BIT(60), RMI_ERROR_INPUT, 0, 0},
		{"16 GiB, memory in a part", 4, 0, GIB(16), RMI_SUCCESS, GIB(16), RMI_GPT_PLAT},
		{"16 GiB, to a region without memory", 4, 0, GIB(64), RMI_SUCCESS, GIB(16),
		 RMI_GPT_PLAT},
		{"16 GiB, no memory", 4, GIB(16), GIB(64), RMI_SUCCESS, GIB(64), RMI_GPT_RESERVED},
		{"16 GiB, top not aligned", 4, 0, GIB(1), RMI_ERROR_INPUT, 0, 0},
		{"512 GiB, memory in a part", 9, 0, GIB(512), RMI_SUCCESS, GIB(512), RMI_GPT_PLAT},
		{"512 GiB, base not aligned", 9, GIB(16), GIB(512), RMI_ERROR_INPUT, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rmi_regs r;

		arch_features.l0gptsz = rows[i].l0gptsz;
		r = RMI(RMI_GPT_INFO, rows[i].base, rows[i].top);
		assert_rule(rows[i].rule, r.x[0], rows[i].status);
		assert_rule(rows[i].rule, r.x[1], rows[i].end);
		assert_rule(rows[i].rule, r.x[2], rows[i].gpt);
	}
	machine_default_features();
}

static void test_gpt_l1(void **state)
{
	static const struct {
		const char *rule;
		uint8_t l0gptsz;
		uint64_t pa, create, destroy;
	} rows[] = {
		{"a table of the platform's", 0, GIB(1), RMI_ERROR_GPT, RMI_ERROR_GLOBAL},
		{"another one", 0, GIB(3), RMI_ERROR_GPT, RMI_ERROR_GLOBAL},
		{"no memory", 0, GIB(4), RMI_ERROR_GLOBAL, RMI_ERROR_GLOBAL},
		{"not aligned", 0, GIB(1) + MIB(2), RMI_ERROR_INPUT, RMI_ERROR_INPUT},
		{"beyond the PA space", 0, BIT(48), RMI_ERROR_INPUT, RMI_ERROR_INPUT},
		{"a region of 16 GiB", 4, 0, RMI_ERROR_GPT, RMI_ERROR_GLOBAL},
		{"not aligned to 16 GiB", 4, GIB(1), RMI_ERROR_INPUT, RMI_ERROR_INPUT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		arch_features.l0gptsz = rows[i].l0gptsz;
		assert_rule(rows[i].rule, RMI(RMI_GPT_L1_CREATE, rows[i].pa).x[0], rows[i].create);
		assert_rule(rows[i].rule, RMI(RMI_GPT_L1_DESTROY, rows[i].pa).x[0],
			    rows[i].destroy);
	}
	machine_default_features();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_whole_range),
		cmocka_unit_test(test_passed_over),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_undelegate_refused),
		cmocka_unit_test(test_contended),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_scrubbed),
		cmocka_unit_test(test_tracking_get),
		cmocka_unit_test(test_gpt_info),
		cmocka_unit_test(test_gpt_l1),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
