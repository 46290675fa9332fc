/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_DATA_MAP_INIT: abi/rmi-2.0.md section 8, and the RIM, section 12. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_rim),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
