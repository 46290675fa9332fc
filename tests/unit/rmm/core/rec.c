/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A REC and its Realm are locked in two steps, between which others may change both: see
 * rec_lock_with_realm(). The test holds the lock that is waited for, and is the other CPU.
 */
#include "host.h"

static struct {
	struct realm r;
	struct granule_lock rd, rec;
} t;

static enum rec_lock_result lock(void)
{
	struct realm_lock realm;
	struct rec_lock rec;
	enum rec_lock_result result = rec_lock_with_realm(pa_of(t.r.rec[0]), &realm, &rec);

	if (result == REC_LOCK_TAKEN) {
		rec_unlock(&rec);
		realm_unlock(&realm);
	}
	return result;
}

static void begin(void)
{
	memset(&t, 0, sizeof(t));
	realm_new(&t.r);
	realm_add_rec(&t.r, true);
}

static void end(void)
{
	machine_spin = NULL;
	assert_int_equal(lock(), REC_LOCK_TAKEN);
	realm_destroy(&t.r);
}

static void hold_rd(void (*meanwhile)(void))
{
	assert_true(granule_lock(pa_of(t.r.rd), GRANULE_RD, &t.rd));
	machine_spin = meanwhile;
}

/* The Realm was destroyed while its lock was waited for. */
static void rd_goes(void)
{
	machine_spin = NULL;
	granule_unlock_to(&t.rd, GRANULE_DELEGATED);
}

static void test_realm_gone(void **state)
{
	begin();
	hold_rd(rd_goes);
	assert_int_equal(lock(), REC_LOCK_NONE);
	granule_publish(pa_of(t.r.rd), 1, GRANULE_RD);
	end();
}

/* The REC was destroyed while its Realm was waited for. */
static void rec_goes(void)
{
	machine_spin = NULL;
	assert_true(granule_lock(pa_of(t.r.rec[0]), GRANULE_REC, &t.rec));
	granule_unlock_to(&t.rec, GRANULE_DELEGATED);
	granule_unlock(&t.rd);
}

static void test_rec_gone(void **state)
{
	begin();
	hold_rd(rec_goes);
	assert_int_equal(lock(), REC_LOCK_NONE);
	granule_publish(pa_of(t.r.rec[0]), 1, GRANULE_REC);
	end();
}

/* The REC was made anew, for another Realm. */
static void rec_moves(void)
{
	machine_spin = NULL;
	realm_rec(&t.r, 0)->rd = pa_of(t.r.rec[0]);
	granule_unlock(&t.rd);
}

static void test_rec_of_another(void **state)
{
	begin();
	hold_rd(rec_moves);
	assert_int_equal(lock(), REC_LOCK_NONE);
	realm_rec(&t.r, 0)->rd = pa_of(t.r.rd);
	end();
}

/* The REC began to run. */
static void rec_runs(void)
{
	struct rec_lock rec;

	machine_spin = NULL;
	assert_true(rec_lock(pa_of(t.r.rec[0]), &rec));
	rec_pin(&rec);
	granule_unlock(&t.rd);
}

static void test_rec_runs(void **state)
{
	begin();
	hold_rd(rec_runs);
	assert_int_equal(lock(), REC_LOCK_RUNNING);
	rec_unpin(realm_rec(&t.r, 0));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_realm_gone),
		cmocka_unit_test(test_rec_gone),
		cmocka_unit_test(test_rec_of_another),
		cmocka_unit_test(test_rec_runs),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
