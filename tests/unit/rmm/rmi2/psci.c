/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI_COMPLETE in its two forms: docs/spec/rmi-2.0.md sections 0 and 7. */
#include "realm_run.h"

#define ENTRY	0x5000
#define CONTEXT 0xc0de

#define DENIED ((uint64_t)(int64_t)PSCI_DENIED)

/* REC 0 asks for REC 1. */
static void cpu_on(const struct running *t)
{
	SMC(t, 0, PSCI_CPU_ON64, 1, ENTRY, CONTEXT);
	assert_false(smc_returned);
	assert_int_equal(t->run->exit.exit_reason, RMI_EXIT_PSCI);
	assert_int_equal(t->run->exit.gprs[0], PSCI_CPU_ON64);
	assert_int_equal(t->run->exit.gprs[1], 1);
	for (int i = 2; i < RMI_REC_GPRS; i++)
		assert_int_equal(t->run->exit.gprs[i], 0);
	assert_int_equal(enter(t, 0).x[0], RMI_ERROR_REC);
}

static void off(const struct running *t)
{
	realm_rec(&t->r, 1)->runnable = 0;
}

static void test_started(void **state)
{
	for (int form = 2; form <= 3; form++) {
		struct running t;
		struct rec *target;

		running_begin(&t);
		target = realm_rec(&t.r, 1);
		realm_rec(&t.r, 0)->regs.sys.sctlr_el1 |= REC_SCTLR_EL1_EE | 1;
		/* State that the REC has left from an earlier start must be gone. */
		target->regs.gprs[5] = 55;
		target->regs.sys.vbar_el1 = 0x1000;
		target->regs.sys.vsesr_el2 = 1;
		target->arch_flags = ~UINT64_C(0);
		target->last.emulatable = target->last.unprotected_abort = true;
		cpu_on(&t);
		if (form == 2)
			assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], PSCI_SUCCESS);
		else
			assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], t.r.rec[1], PSCI_SUCCESS);
		assert_int_equal(target->runnable, 1);
		assert_int_equal(target->regs.pc, ENTRY);
		assert_int_equal(target->regs.gprs[0], CONTEXT);
		assert_int_equal(target->regs.gprs[5], 0);
		assert_int_equal(target->regs.sys.vbar_el1, 0);
		assert_int_equal(target->regs.sys.vsesr_el2, 0);
		assert_int_equal(target->arch_flags, 0);
		assert_false(target->last.emulatable || target->last.unprotected_abort);
		assert_int_equal(target->regs.pstate, 0x3c5);
		assert_int_equal(target->regs.sys.sctlr_el1, 0xc50878 | REC_SCTLR_EL1_EE);
		assert_int_equal(target->regs.sys.vmpidr_el2, 0x80000001);
		assert_int_equal(gprs(&t, 0)[0], PSCI_SUCCESS);
		assert_int_equal(gprs(&t, 0)[1], 0);
		assert_int_equal(gprs(&t, 0)[3], 0);
		assert_int_equal(realm_rec(&t.r, 0)->regs.pc, CODE + 4);
		assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
		assert_int_equal(enter(&t, 1).x[0], RMI_SUCCESS);
		/* The target is on now, so a second CPU_ON is ALREADY_ON. */
		cpu_on(&t);
		assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], PSCI_SUCCESS);
		assert_int_equal((int64_t)gprs(&t, 0)[0], PSCI_ALREADY_ON);
		running_end(&t);
	}
}

static void test_denied(void **state)
{
	struct running t;

	running_begin(&t);
	cpu_on(&t);
	assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], DENIED);
	assert_int_equal((int64_t)gprs(&t, 0)[0], PSCI_DENIED);
	assert_int_equal(realm_rec(&t.r, 1)->runnable, 0);
	cpu_on(&t);
	assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], t.r.rec[1], DENIED);
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	/* Where the target is on, a host's denial is an error, and the Realm gets ALREADY_ON. */
	realm_rec(&t.r, 1)->runnable = 1;
	cpu_on(&t);
	assert_rmi(RMI_ERROR_INPUT, RMI_PSCI_COMPLETE, t.r.rec[0], DENIED);
	assert_int_equal((int64_t)gprs(&t, 0)[0], PSCI_ALREADY_ON);
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	running_end(&t);
}

static void test_errors(void **state)
{
	struct running t;
	struct realm other;
	struct rec_lock lock;

	running_begin(&t);
	realm_new(&other);
	realm_add_rec(&other, true);
#define COMPLETE(...) assert_rmi(RMI_ERROR_INPUT, RMI_PSCI_COMPLETE, __VA_ARGS__)
	COMPLETE(t.r.rec[0], PSCI_SUCCESS); /* nothing pending */
	cpu_on(&t);
	COMPLETE(t.r.rec[0] + 8, PSCI_SUCCESS);
	COMPLETE(t.r.rd, PSCI_SUCCESS);
	COMPLETE(t.run_pa, PSCI_SUCCESS);
	COMPLETE(t.r.rec[1], PSCI_SUCCESS);
	COMPLETE(t.r.rec[0], t.r.rec[0], PSCI_SUCCESS);
	COMPLETE(t.r.rec[0], t.r.rd, PSCI_SUCCESS);
	COMPLETE(t.r.rec[0], other.rec[0], PSCI_SUCCESS);
	COMPLETE(t.r.rec[0], t.r.rec[1] + 8, PSCI_SUCCESS);
	COMPLETE(t.r.rec[0], t.r.rec[1], (uint64_t)-4);
	COMPLETE(t.r.rec[0], (uint64_t)-4);
	COMPLETE(t.r.rec[0], 1);
	assert_true(rec_lock(pa_of(t.r.rec[0]), &lock));
	rec_pin(&lock);
	COMPLETE(t.r.rec[0], PSCI_SUCCESS); /* caller running */
	rec_unpin(realm_rec(&t.r, 0));
	assert_int_equal(realm_rec(&t.r, 0)->pending, REC_PENDING_PSCI);
	/* A target that runs counts as on, whatever it may do next. */
	off(&t);
	assert_true(rec_lock(pa_of(t.r.rec[1]), &lock));
	rec_pin(&lock);
	assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], PSCI_SUCCESS);
	assert_int_equal((int64_t)gprs(&t, 0)[0], PSCI_ALREADY_ON);
	rec_unpin(realm_rec(&t.r, 1));
	realm_destroy(&other);
	running_end(&t);
}

/* A target that was destroyed meanwhile can only be denied. */
static void test_target_gone(void **state)
{
	struct running t;

	running_begin(&t);
	cpu_on(&t);
	assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, t.r.rec[1])).x[0], RMI_SUCCESS);
	COMPLETE(t.r.rec[0], PSCI_SUCCESS);
	COMPLETE(t.r.rec[0], t.r.rec[1], PSCI_SUCCESS);
	assert_ok(RMI_PSCI_COMPLETE, t.r.rec[0], DENIED);
	assert_int_equal((int64_t)gprs(&t, 0)[0], PSCI_DENIED);
	undelegate(t.r.rec[1], 1);
	t.r.recs = 1;
	running_end(&t);
}

/*
 * Granule numbers have 40 bits: REC 1 of one Realm lies 16 TiB above that of another, and what the
 * first one starts is its own.
 */
static void test_above_16_tib(void **state)
{
	struct running low, high;
	uint64_t pa;

	running_begin(&low);
	pa = low.r.rec[1] + BIT(44);
	delegate(pa, 1);
	running_begin_rec1(&high, pa);
	realm_rec(&low.r, 1)->regs.gprs[7] = 77;
	cpu_on(&high);
	assert_rmi(RMI_ERROR_INPUT, RMI_PSCI_COMPLETE, high.r.rec[0], low.r.rec[1], PSCI_SUCCESS);
	assert_ok(RMI_PSCI_COMPLETE, high.r.rec[0], pa, PSCI_SUCCESS);
	assert_int_equal(realm_rec(&low.r, 1)->runnable, 0);
	assert_int_equal(realm_rec(&low.r, 1)->regs.pc, 0x1000);
	assert_int_equal(realm_rec(&low.r, 1)->regs.gprs[7], 77);
	assert_int_equal(realm_rec(&high.r, 1)->runnable, 1);
	assert_int_equal(realm_rec(&high.r, 1)->regs.pc, ENTRY);
	SMC(&high, 0, PSCI_AFFINITY_INFO64, 1, 0);
	assert_smc(&high, 0, PSCI_AFFINITY_ON, 0, 0);
	SMC(&low, 0, PSCI_AFFINITY_INFO64, 1, 0);
	assert_smc(&low, 0, PSCI_AFFINITY_OFF, 0, 0);
	running_end(&high);
	running_end(&low);
}

/* Even if the table of RECs were wrong, the REC itself says which Realm it belongs to. */
static void test_not_ours(void **state)
{
	struct running t, other;

	running_begin(&t);
	running_begin(&other);
	cpu_on(&t);
	realm_set_rec_pa(realm_rd(&t.r), 1, pa_of(other.r.rec[1]));
	assert_rmi(RMI_ERROR_INPUT, RMI_PSCI_COMPLETE, t.r.rec[0], PSCI_SUCCESS);
	assert_int_equal(realm_rec(&other.r, 1)->runnable, 0);
	assert_int_equal(realm_rec(&other.r, 1)->regs.pc, 0x1000);
	realm_rec(&t.r, 0)->pending = REC_PENDING_NONE;
	SMC(&t, 0, PSCI_AFFINITY_INFO64, 1, 0);
	assert_smc(&t, 0, (uint64_t)PSCI_INVALID_PARAMETERS, 0, 0);
	realm_set_rec_pa(realm_rd(&t.r), 1, pa_of(t.r.rec[1]));
	running_end(&other);
	running_end(&t);
}

/*
 * For a moment PSCI_COMPLETE holds the lock of no REC. The test plays another CPU, which has the
 * target locked and changes something before it unlocks it.
 */
static struct {
	struct realm *r;
	struct rec_lock target;
	unsigned int caller;
	enum { TARGET_GOES, CALLER_RUNS, CALLER_ANSWERED } what;
} race;

static void pin_caller(void)
{
	struct rec_lock lock;

	assert_true(rec_lock(pa_of(race.r->rec[race.caller]), &lock));
	rec_pin(&lock);
}

static void race_ends(void)
{
	machine_spin = NULL;
	if (race.what == CALLER_RUNS)
		pin_caller();
	else if (race.what == CALLER_ANSWERED)
		realm_rec(race.r, race.caller)->pending = REC_PENDING_NONE;
	granule_unlock_to(&race.target.granule,
			  race.what == TARGET_GOES ? GRANULE_DELEGATED : GRANULE_REC);
}

/* Restores the state from before the race. */
static void undo_race(void)
{
	struct rec *caller = realm_rec(race.r, race.caller);

	if (race.what == TARGET_GOES)
		granule_publish(pa_of(race.r->rec[1 - race.caller]), 1, GRANULE_REC);
	else if (race.what == CALLER_RUNS)
		rec_unpin(caller);
	else
		caller->pending = REC_PENDING_PSCI;
}

static void lose_race(void)
{
	const uint64_t *rec = race.r->rec;

	assert_true(rec_lock(pa_of(rec[1 - race.caller]), &race.target));
	machine_spin = race_ends;
	COMPLETE(rec[race.caller], PSCI_SUCCESS);
	assert_null(machine_spin);
	undo_race();
	assert_int_equal(realm_rec(race.r, race.caller)->pending, REC_PENDING_PSCI);
	assert_int_equal(realm_rec(race.r, 1 - race.caller)->runnable, 0);
	assert_ok(RMI_PSCI_COMPLETE, rec[race.caller], PSCI_SUCCESS);
	assert_int_equal(realm_rec(race.r, 1 - race.caller)->runnable, 1);
}

/* RECs are locked by ascending address, so a caller with the lower one waits with its lock held. */
static void test_races(void **state)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct running t;

		running_begin(&t);
		race.r = &t.r;
		race.caller = i != 0;
		race.what = i == 0 ? TARGET_GOES : i - 1;
		assert_true(t.r.rec[0] < t.r.rec[1]);
		realm_rec(&t.r, race.caller)->runnable = 1;
		realm_rec(&t.r, 1 - race.caller)->runnable = 0;
		SMC(&t, race.caller, PSCI_CPU_ON64, 1 - race.caller, ENTRY, CONTEXT);
		assert_false(smc_returned);
		lose_race();
		running_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_started),	 cmocka_unit_test(test_denied),
		cmocka_unit_test(test_errors),	 cmocka_unit_test(test_target_gone),
		cmocka_unit_test(test_races),	 cmocka_unit_test(test_above_16_tib),
		cmocka_unit_test(test_not_ours),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
