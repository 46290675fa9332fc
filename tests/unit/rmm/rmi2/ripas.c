/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_INIT_RIPAS and RTT_SET_RIPAS: docs/spec/rmi-2.0.md section 8. */
#include "realm_run.h"

static void assert_init(const struct realm *r, uint64_t base, uint64_t top, uint64_t status,
			uint64_t out_top)
{
	struct rmi_regs res = RMI(RMI_RTT_INIT_RIPAS, r->rd, base, top);

	assert_int_equal(res.x[0], status);
	assert_int_equal(res.x[1], out_top);
}

static uint64_t ripas_at(const struct realm *r, uint64_t ipa)
{
	return RMI(RMI_RTT_READ_ENTRY, r->rd, ipa, 3).x[4];
}

static void test_init(void **state)
{
	struct realm r;

	realm_new(&r);
	assert_init(&r, 0x1000, 0x1000, RMI_ERROR_INPUT, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_INIT_RIPAS, r.params_pa, 0, 0x1000);
	assert_init(&r, 8, 0x1000, RMI_ERROR_INPUT, 0);
	assert_init(&r, 0, 0x1008, RMI_ERROR_INPUT, 0);
	assert_init(&r, BIT(39) - 0x1000, BIT(39) + 0x1000, RMI_ERROR_INPUT, 0);
	assert_init(&r, 0, 0x1000, RTT_ERROR(1), 0);
	assert_init(&r, 0x1000, GIB(1), RTT_ERROR(1), 0);
	realm_tables(&r, MIB(2), 3);
	/* A call changes whole entries of the table that it finds, to the table's end at most. */
	assert_init(&r, 0, MIB(2), RMI_SUCCESS, MIB(2));
	assert_init(&r, 0, MIB(2), RMI_SUCCESS, MIB(2));
	assert_init(&r, 0, MIB(3), RMI_SUCCESS, MIB(2));
	assert_init(&r, MIB(2) + 0x5000, MIB(6), RMI_SUCCESS, MIB(4));
	assert_init(&r, MIB(4), MIB(7), RMI_SUCCESS, MIB(6));
	assert_init(&r, GIB(1), BIT(39), RMI_SUCCESS, BIT(39));
	assert_int_equal(ripas_at(&r, MIB(2) + 0x4000), RMI_RIPAS_EMPTY);
	assert_int_equal(ripas_at(&r, MIB(2) + 0x5000), RMI_RIPAS_RAM);
	/* An entry with RIPAS DESTROYED ends the call, a mapped page does not. */
	realm_map(&r, MIB(2) + 0x1000);
	assert_ok(RMI_RTT_DATA_UNMAP, r.rd, MIB(2) + 0x8000, MIB(2) + 0x9000);
	assert_int_equal(ripas_at(&r, MIB(2) + 0x8000), RMI_RIPAS_RAM); /* not mapped: no change */
	realm_map(&r, MIB(2) + 0x8000);
	assert_ok(RMI_RTT_DATA_UNMAP, r.rd, MIB(2) + 0x8000, MIB(2) + 0x9000);
	undelegate(r.page[--r.pages].pa, 1);
	assert_init(&r, MIB(2), MIB(4), RMI_SUCCESS, MIB(2) + 0x8000);
	assert_true(machine_walk(realm_s2(&r), MIB(2) + 0x1000).valid);
	assert_init(&r, MIB(2) + 0x8000, MIB(4), RTT_ERROR(3), 0);
	realm_rd(&r)->state = REALM_ACTIVE;
	assert_init(&r, MIB(2), MIB(4), RMI_ERROR_REALM, 0);
	realm_destroy(&r);
}

static void assert_set(const struct running *t, uint64_t base, uint64_t top, uint64_t status,
		       uint64_t out_top)
{
	struct rmi_regs res = RMI(RMI_RTT_SET_RIPAS, t->r.rd, t->r.rec[0], base, top);

	assert_int_equal(res.x[0], status);
	assert_int_equal(res.x[1], out_top);
}

/* The Realm asks; REC 0 waits for the host. */
static void ask(const struct running *t, uint64_t base, uint64_t top, uint64_t ripas,
		uint64_t flags)
{
	SMC(t, 0, RSI_IPA_STATE_SET, base, top, ripas, flags);
	assert_false(smc_returned);
	assert_int_equal(t->run->exit.exit_reason, RMI_EXIT_RIPAS_CHANGE);
}

static void test_set_errors(void **state)
{
	struct running t;
	struct realm other;
	struct rec_lock lock;

	running_begin(&t);
	realm_new(&other);
	assert_set(&t, 0x4000, 0x8000, RMI_ERROR_INPUT, 0); /* nothing asked for */
	ask(&t, 0x4000, 0x8000, RSI_RIPAS_EMPTY, 0);
	assert_set(&t, 0x4000, 0x4000, RMI_ERROR_INPUT, 0);
	assert_set(&t, 0x5000, 0x4000, RMI_ERROR_INPUT, 0);
	assert_set(&t, 0x4000, 0x4008, RMI_ERROR_INPUT, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_SET_RIPAS, t.run_pa, t.r.rec[0], 0x4000, 0x8000);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_SET_RIPAS, t.r.rd, t.r.rd, 0x4000, 0x8000);
	assert_rmi(RMI_ERROR_REC, RMI_RTT_SET_RIPAS, other.rd, t.r.rec[0], 0x4000, 0x8000);
	assert_rmi(RMI_ERROR_INPUT, RMI_RTT_SET_RIPAS, t.r.rd, t.r.rec[1], 0x4000, 0x8000);
	assert_set(&t, 0x5000, 0x8000, RMI_ERROR_INPUT, 0);
	assert_set(&t, 0x4000, 0x9000, RMI_ERROR_INPUT, 0);
	assert_true(rec_lock(pa_of(t.r.rec[0]), &lock));
	rec_pin(&lock);
	assert_set(&t, 0x4000, 0x8000, RMI_ERROR_REC, 0);
	rec_unpin(realm_rec(&t.r, 0));
	realm_destroy(&other);
	running_end(&t);
}

static void test_set_empty(void **state)
{
	struct running t;

	running_begin(&t);
	ask(&t, 0x4000, 0x8000, RSI_RIPAS_EMPTY, 0);
	memset(&machine_tlbi, 0, sizeof(machine_tlbi));
	assert_set(&t, 0x4000, 0x6000, RMI_SUCCESS, 0x6000);
	assert_int_equal(machine_tlbi.ranges, 1);
	assert_int_equal(machine_tlbi.base, 0x4000);
	assert_int_equal(machine_tlbi.size, 0x2000);
	assert_false(machine_walk(realm_s2(&t.r), 0x5000).valid);
	assert_true(machine_walk(realm_s2(&t.r), 0x6000).valid);
	/* The page stays assigned, and the next call has to begin where this one ended. */
	assert_int_equal(RMI(RMI_RTT_READ_ENTRY, t.r.rd, 0x5000, 3).x[2], RMI_ASSIGNED);
	assert_set(&t, 0x4000, 0x8000, RMI_ERROR_INPUT, 0);
	assert_set(&t, 0x6000, 0x8000, RMI_SUCCESS, 0x8000);
	enter(&t, 0);
	assert_int_equal(gprs(&t, 0)[0], RSI_SUCCESS);
	assert_int_equal(gprs(&t, 0)[1], 0x8000);
	assert_set(&t, 0x8000, 0x9000, RMI_ERROR_INPUT, 0);
	/* The Realm takes the range back. */
	ask(&t, 0x4000, 0x8000, RSI_RIPAS_RAM, 0);
	machine_tlbi.ranges = 0;
	assert_set(&t, 0x4000, 0x8000, RMI_SUCCESS, 0x8000);
	assert_int_equal(machine_tlbi.ranges, 0);
	assert_true(machine_walk(realm_s2(&t.r), 0x5000).valid);
	running_end(&t);
}

static void test_set_tables(void **state)
{
	struct running t;

	running_begin(&t);
	ask(&t, MIB(4) - 0x1000, MIB(8), RSI_RIPAS_RAM, 0);
	/* The host has to make missing tables. */
	assert_set(&t, MIB(4) - 0x1000, MIB(8), RTT_ERROR(2), 0);
	realm_tables(&t.r, MIB(2), 3);
	assert_set(&t, MIB(4) - 0x1000, MIB(8), RMI_SUCCESS, MIB(4));
	assert_set(&t, MIB(4), MIB(5), RTT_ERROR(2), 0);
	assert_set(&t, MIB(4), MIB(8), RMI_SUCCESS, MIB(8));
	running_end(&t);
}

static void test_set_destroyed(void **state)
{
	struct running t;

	running_begin(&t);
	assert_ok(RMI_RTT_DATA_UNMAP, t.r.rd, 0x5000, 0x6000);
	assert_int_equal(ripas_at(&t.r, 0x5000), RMI_RIPAS_DESTROYED);
	ask(&t, 0x4000, 0x8000, RSI_RIPAS_RAM, 0);
	assert_set(&t, 0x4000, 0x8000, RMI_SUCCESS, 0x5000);
	assert_set(&t, 0x5000, 0x8000, RTT_ERROR(3), 0);
	/* The Realm gets how far the change went, and ACCEPT, for the host did not reject. */
	enter(&t, 0);
	assert_int_equal(gprs(&t, 0)[1], 0x5000);
	assert_int_equal(gprs(&t, 0)[2], RSI_ACCEPT);
	ask(&t, 0x5000, 0x8000, RSI_RIPAS_RAM, RSI_CHANGE_DESTROYED);
	assert_set(&t, 0x5000, 0x8000, RMI_SUCCESS, 0x8000);
	assert_int_equal(ripas_at(&t.r, 0x5000), RMI_RIPAS_RAM);
	/* A change to EMPTY needs no CHANGE_DESTROYED. */
	enter(&t, 0);
	assert_ok(RMI_RTT_DATA_UNMAP, t.r.rd, 0x4000, 0x5000);
	ask(&t, 0x4000, 0x5000, RSI_RIPAS_EMPTY, 0);
	assert_set(&t, 0x4000, 0x5000, RMI_SUCCESS, 0x5000);
	assert_int_equal(ripas_at(&t.r, 0x4000), RMI_RIPAS_EMPTY);
	undelegate(t.ram[0], 1);
	undelegate(t.ram[1], 1);
	t.r.page[0] = t.r.page[2];
	t.r.pages = 1;
	running_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),	      cmocka_unit_test(test_set_errors),
		cmocka_unit_test(test_set_empty),     cmocka_unit_test(test_set_tables),
		cmocka_unit_test(test_set_destroyed),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
