/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RTT_DATA_MAP_INIT: docs/spec/rmi-2.0.md section 8, and the RIM, section 12. Its form for ranges:
 * abi/rmi_ext.h.
 */
#include "abi/rmi_ext.h"
#include "host.h"

static void test_errors(void **state)
{
	struct realm r;
	uint64_t data = host_delegated(1), src = host_pages(1), taken;
	struct granule_lock lock;

	realm_new(&r);
	taken = realm_map(&r, 0x1000);
#define INIT(status, ...) assert_rmi(status, RMI_RTT_DATA_MAP_INIT, __VA_ARGS__)
	INIT(RMI_ERROR_INPUT, r.rd, data, 0, src, 2);
	INIT(RMI_ERROR_INPUT, r.rd, r.rd, 0, src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, data, 0, data, 0);
	INIT(RMI_ERROR_INPUT, r.rd, data, 0, src + 8, 0);
	INIT(RMI_ERROR_INPUT, r.params->rtt_base, data, 0, src, 0);
	realm_rd(&r)->state = REALM_ACTIVE;
	INIT(RMI_ERROR_REALM, r.rd, data, 8, src, 0);
	realm_rd(&r)->state = REALM_NEW;
	INIT(RMI_ERROR_INPUT, r.rd, data, 8, src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, data, BIT(39), src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, BIT(48), 0, src, 0);
	INIT(RTT_ERROR(1), r.rd, data, GIB(1), src, 0);
	INIT(RTT_ERROR(2), r.rd, data, MIB(2), src, 0);
	INIT(RTT_ERROR(3), r.rd, data, 0x1000, src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, taken, 0, src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, host_pages(1), 0, src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, r.table[1].pa, 0, src, 0);
	INIT(RMI_ERROR_INPUT, r.rd, data + 8, 0, src, 0);
	assert_true(granule_lock(pa_of(data), GRANULE_DELEGATED, &lock));
	INIT(RMI_BUSY, r.rd, data, 0, src, 0);
	granule_unlock(&lock);
	machine_ns_budget = 0;
	INIT(RMI_ERROR_INPUT, r.rd, data, 0, src, 0);
	machine_ns_budget = ~0u;
	assert_true(granule_is(pa_of(data), GRANULE_DELEGATED));
	INIT(RMI_SUCCESS, r.rd, data, 0, src, 0);
	INIT(RTT_ERROR(3), r.rd, data, 0, src, 0);
	assert_ok(RMI_RTT_DATA_UNMAP, r.rd, 0, 0x1000);
	undelegate(data, 1);
	realm_destroy(&r);
}

static void test_content(void **state)
{
	struct realm r;
	uint8_t content[GRANULE_SIZE];
	struct machine_walk w;
	uint64_t pa;

	memset(content, 0x3c, sizeof(content));
	realm_new(&r);
	pa = realm_map_init(&r, 0x5000, content);
	assert_memory_equal(arch_realm_ptr(pa_of(pa)), content, sizeof(content));
	assert_true(granule_is(pa_of(pa), GRANULE_DATA));
	w = machine_walk(realm_s2(&r), 0x5000);
	assert_true(w.valid && !w.ns && !w.xn && w.pa == pa);
	assert_int_equal(w.memattr, 6);
	assert_int_equal(w.s2ap, 3);
	realm_destroy(&r);
}

/* The RIM of a small Realm, computed here from the page's tables alone. */
static void expected_rim(enum hash_alg alg, const struct rmi_realm_params *params,
			 const uint8_t *content, uint8_t *rim)
{
	struct rmi_realm_params p = {0};
	struct rmi_rec_params rec = {.flags = 1, .pc = 0x1000};
	uint8_t desc[256] = {0};
	uint64_t v;

	p.flags0 = params->flags0;
	p.s2sz = params->s2sz;
	p.num_bps = params->num_bps;
	p.algorithm = (uint8_t)alg;
	memset(rim, 0, 64);
	hash_digest(alg, &p, sizeof(p), rim);
	/* The page at 0x5000, its content measured. */
	v = 256;
	memcpy(desc + 0x8, &v, 8);
	memcpy(desc + 0x10, rim, 64);
	v = 0x5000;
	memcpy(desc + 0x50, &v, 8);
	v = 1;
	memcpy(desc + 0x58, &v, 8);
	hash_digest(alg, content, GRANULE_SIZE, desc + 0x60);
	hash_digest(alg, desc, sizeof(desc), rim);
	/* A runnable REC. */
	memset(desc + 0x10, 0, sizeof(desc) - 0x10);
	desc[0] = 1;
	memcpy(desc + 0x10, rim, 64);
	for (uint64_t i = 0; i < 8; i++)
		rec.gprs[i] = 0x100 + i;
	hash_digest(alg, &rec, sizeof(rec), desc + 0x50);
	hash_digest(alg, desc, sizeof(desc), rim);
}

static void test_rim(void **state)
{
	for (enum hash_alg alg = HASH_SHA256; alg <= HASH_SHA384; alg++) {
		struct realm r;
		uint8_t content[GRANULE_SIZE], rim[64];

		memset(content, 0x77, sizeof(content));
		realm_init(&r);
		r.params->algorithm = (uint8_t)alg;
		r.params->num_bps = 1;
		memset(r.params->rpv, 1, sizeof(r.params->rpv));
		realm_create(&r);
		realm_map_init(&r, 0x5000, content);
		realm_add_rec(&r, true);
		realm_add_rec(&r, false);
		realm_map(&r, 0x7000);
		realm_ripas_ram(&r, 0x5000, 0x8000);
		expected_rim(alg, r.params, content, rim);
		assert_memory_equal(realm_rd(&r)->measurements.slot[MEASURE_RIM], rim, 64);
		realm_destroy(&r);
	}
}

/* Pages of a range: their memory and sources, and the list, in pages of the host. */
#define PAGES 6
struct range {
	struct realm r;
	uint64_t data, src, list;
	uint64_t *entry;
};

static void range_begin(struct range *f)
{
	realm_new(&f->r);
	f->data = host_delegated(PAGES);
	f->src = host_pages(PAGES);
	f->list = host_pages(2);
	f->entry = host_ptr(f->list);
	realm_tables(&f->r, 0, 3);
	for (unsigned int i = 0; i < PAGES; i++) {
		/* Not in the order of their addresses. */
		f->entry[i] = f->src + (PAGES - 1 - i) * GRANULE_SIZE;
		memset(host_ptr(f->entry[i]), 0x10 + (int)i, GRANULE_SIZE);
	}
}

static void range_end(struct range *f)
{
	for (uint64_t ipa = 0; ipa < MIB(2);)
		ipa = RMI(RMI_RTT_DATA_UNMAP, f->r.rd, ipa, MIB(2)).x[1];
	undelegate(f->data, PAGES);
	realm_destroy(&f->r);
}

static void assert_range(struct range *f, uint64_t base, uint64_t top, uint64_t data, uint64_t list,
			 uint64_t status, uint64_t out_top)
{
	struct rmi_regs r = RMI(RMI_EXT_DATA_MAP_INIT_RANGE, f->r.rd, base, top,
				RMI_MEASURE_CONTENT, data, list);

	assert_int_equal(r.x[0], status);
	assert_int_equal(r.x[1], out_top);
}

static void test_range_errors(void **state)
{
	struct range f;
	struct granule_lock lock;
	uint64_t rd, data, list;

	range_begin(&f);
	rd = f.r.rd;
	data = f.data;
	list = f.list;
#define RANGE(status, ...) assert_rmi(status, RMI_EXT_DATA_MAP_INIT_RANGE, __VA_ARGS__)
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 2, data, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data + 8, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data, list + 4);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data, data);
	RANGE(RMI_ERROR_INPUT, list, 0x4000, 0x6000, 0, data, list);
	realm_rd(&f.r)->state = REALM_ACTIVE;
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data + 8, list);
	RANGE(RMI_ERROR_REALM, rd, 0x6000, 0x4000, 0, data, list);
	realm_rd(&f.r)->state = REALM_NEW;
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x4000, 0, data, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x6000, 0x4000, 0, data, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4008, 0x6000, 0, data, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6008, 0, data, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, BIT(39) + 0x1000, 0, data, list);
	RANGE(RTT_ERROR(1), rd, GIB(1), GIB(1) + 0x1000, 0, data, list);
	RANGE(RTT_ERROR(2), rd, MIB(2), MIB(2) + 0x1000, 0, BIT(48), list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, BIT(48), list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, rd, list);
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, list, list);
	assert_true(granule_lock(pa_of(data), GRANULE_DELEGATED, &lock));
	RANGE(RMI_BUSY, rd, 0x4000, 0x6000, 0, data, list);
	granule_unlock(&lock);
	f.entry[0] |= 8;
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data, list);
	f.entry[0] = data;
	RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data, list);
	f.entry[0] = f.src;
	/* Neither the list nor the page it leads to can be relied on to stay. */
	for (machine_ns_budget = 0; machine_ns_budget < 2;) {
		uint32_t budget = machine_ns_budget;

		RANGE(RMI_ERROR_INPUT, rd, 0x4000, 0x6000, 0, data, list);
		machine_ns_budget = budget + 1;
	}
	machine_ns_budget = ~0u;
	assert_int_equal(granule_count_state(pa_of(data), PAGES, GRANULE_DELEGATED), PAGES);
	range_end(&f);
}

/* As the same pages one by one: content, mapping and measurement. */
static void test_range(void **state)
{
	uint8_t rim[MEASURE_SIZE], content[GRANULE_SIZE];
	struct range f;
	struct realm one;

	realm_new(&one);
	for (unsigned int i = 0; i < PAGES; i++) {
		memset(content, 0x10 + (int)i, sizeof(content));
		realm_map_init(&one, 0x4000 + i * GRANULE_SIZE, content);
	}
	memcpy(rim, realm_rd(&one)->measurements.slot[MEASURE_RIM], sizeof(rim));
	realm_destroy(&one);

	range_begin(&f);
	assert_range(&f, 0x4000, 0xa000, f.data, f.list, RMI_SUCCESS, 0xa000);
	for (uint64_t i = 0; i < PAGES; i++) {
		struct machine_walk w = machine_walk(realm_s2(&f.r), 0x4000 + i * GRANULE_SIZE);

		assert_true(w.valid && !w.ns && !w.xn && w.pa == f.data + i * GRANULE_SIZE);
		assert_int_equal(*(uint8_t *)arch_realm_ptr(pa_of(w.pa)), 0x10 + i);
	}
	assert_int_equal(granule_count_state(pa_of(f.data), PAGES, GRANULE_DATA), PAGES);
	assert_memory_equal(realm_rd(&f.r)->measurements.slot[MEASURE_RIM], rim, sizeof(rim));
	assert_range(&f, 0x4000, 0xa000, f.data, f.list, RTT_ERROR(3), 0);
	range_end(&f);
}

/* What ends a range after its first page; nothing behind the end is touched. */
static void test_range_ends(void **state)
{
	struct range f;

	range_begin(&f);
	/* The table, and the list's page. */
	assert_range(&f, MIB(2) - 0x1000, MIB(2) + 0x1000, f.data, f.list, RMI_SUCCESS, MIB(2));
	f.entry[511] = f.entry[512] = f.src;
	assert_range(&f, 0x4000, 0x6000, f.data + 0x1000, f.list + 511 * 8, RMI_SUCCESS, 0x5000);
	/* A page mapped before, a source that is none, memory in use, an interrupt. */
	assert_range(&f, 0x3000, 0x5000, f.data + 0x2000, f.list, RMI_SUCCESS, 0x4000);
	f.entry[1] = f.data;
	assert_range(&f, 0x8000, 0xa000, f.data + 0x3000, f.list, RMI_SUCCESS, 0x9000);
	assert_range(&f, 0x9000, 0xa000, f.data + 0x3000, f.list, RMI_ERROR_INPUT, 0);
	f.entry[1] = f.src;
	machine_irq = 1;
	assert_range(&f, 0x9000, 0xb000, f.data + 0x4000, f.list, RMI_SUCCESS, 0xa000);
	machine_irq = 0;
	assert_int_equal(granule_count_state(pa_of(f.data), PAGES, GRANULE_DATA), PAGES - 1);
	assert_true(granule_is(pa_of(f.data + 0x5000), GRANULE_DELEGATED));
	range_end(&f);
}

/*
 * On a PE whose fetches do not look into data caches: content and zeroes are cleaned as far as they
 * do, before the page is mapped.
 */
static void test_code(void **state)
{
	static const uint8_t content[GRANULE_SIZE] = {1, 2, 3};

	for (int needed = 0; needed <= 1; needed++) {
		struct realm r;
		uint64_t pa;

		realm_new(&r);
		arch_features.clean_code = needed;
		memset(&machine_code, 0, sizeof(machine_code));
		pa = realm_map_init(&r, 0x1000, content);
		assert_int_equal(machine_code.cleaned, needed);
		assert_ptr_equal(machine_code.last, needed ? arch_realm_ptr(pa_of(pa)) : NULL);
		pa = realm_map(&r, 0x2000);
		assert_int_equal(machine_code.cleaned, 2 * needed);
		assert_ptr_equal(machine_code.last, needed ? arch_realm_ptr(pa_of(pa)) : NULL);
		machine_default_features();
		realm_destroy(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors), cmocka_unit_test(test_content),
		cmocka_unit_test(test_rim),    cmocka_unit_test(test_range_errors),
		cmocka_unit_test(test_range),  cmocka_unit_test(test_range_ends),
		cmocka_unit_test(test_code),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
