/* SPDX-License-Identifier: BSD-3-Clause */
/* REC_ENTER: docs/spec/rmi-2.0.md section 7. */
#include "abi/rmi_ext.h"
#include "realm_run.h"

static void test_arguments(void **state)
{
	struct running t;

	running_begin(&t);
#define ENTER(status, ...) assert_rmi(status, RMI_REC_ENTER, __VA_ARGS__)
	ENTER(RMI_ERROR_INPUT, t.r.rec[0], t.run_pa + 8);
	ENTER(RMI_ERROR_INPUT, t.r.rec[0], t.r.rd);
	ENTER(RMI_ERROR_INPUT, t.r.rec[0], 0);
	ENTER(RMI_ERROR_INPUT, t.r.rd, t.run_pa);
	ENTER(RMI_ERROR_INPUT, t.run_pa, t.run_pa);
	ENTER(RMI_ERROR_INPUT, t.r.rec[0] + 8, t.run_pa);
	machine_ns_budget = 0;
	ENTER(RMI_ERROR_INPUT, t.r.rec[0], t.run_pa);
	machine_ns_budget = ~0u;
	ENTER(RMI_SUCCESS, t.r.rec[0], t.run_pa);
	assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_IRQ);
	running_end(&t);
}

static void test_realm_state(void **state)
{
	static const enum realm_state states[] = {REALM_NEW, REALM_SYSTEM_OFF, REALM_ZOMBIE};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		realm_rd(&t.r)->state = states[i];
		assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REALM);
		/* The Realm's state is checked before the REC's. */
		assert_int_equal(enter(&t, 1).x[0], RMI_ERROR_REALM);
	}
	realm_rd(&t.r)->state = REALM_ACTIVE;
	assert_int_equal(enter(&t, 1).x[0], RMI_ERROR_REC);
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(realm_rd(&t.r)->recs_running, 0);
	running_end(&t);
}

/* Each of these fails as long as its cause lasts, and changes nothing. */
static void test_rec_errors(void **state)
{
	struct running t;
	struct rec *rec;

	running_begin(&t);
	rec = realm_rec(&t.r, 0);
	rec->pending = REC_PENDING_PSCI;
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	rec->pending = REC_PENDING_NONE;
	machine_gic_bad = true;
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	machine_gic_bad = false;
	t.run->enter.flags = RMI_ENTER_INJECT_SEA;
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	t.run->enter.flags = RMI_ENTER_EMUL_MMIO;
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	rec->last.unprotected_abort = true;
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	assert_true(rec->last.unprotected_abort);
	assert_int_equal(machine_seas + machine_mmios + machine_sysregs, 0);
	t.run->enter.flags = 0;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_false(rec->last.unprotected_abort);
	running_end(&t);
}

static void test_answers(void **state)
{
	struct running t;
	struct rec *rec;

	running_begin(&t);
	rec = realm_rec(&t.r, 0);
	machine_seas = machine_mmios = machine_sysregs = 0;
	rec->last = (struct rec_last_exit){.unprotected_abort = true, .emulatable = true};
	t.run->enter.flags = RMI_ENTER_EMUL_MMIO;
	t.run->enter.gprs[0] = 0x1234;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(machine_mmios, 1);
	assert_int_equal(machine_data, 0x1234);
	/* An answer is accepted only directly after the exit that it answers. */
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_REC);
	/* With both flags set, only the abort is done. */
	rec->last = (struct rec_last_exit){.unprotected_abort = true, .emulatable = true};
	t.run->enter.flags = RMI_ENTER_EMUL_MMIO | RMI_ENTER_INJECT_SEA;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(machine_seas, 1);
	assert_int_equal(machine_mmios, 1);
	/* The answer to a register read needs no flag. */
	t.run->enter.flags = 0;
	t.run->enter.gprs[0] = 0x77;
	rec->pending = REC_PENDING_SYSREG_READ;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(machine_sysregs, 1);
	assert_int_equal(machine_data, 0x77);
	assert_int_equal(rec->pending, REC_PENDING_NONE);
	running_end(&t);
}

static struct rec *seen;

static void look_around(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	uint64_t *run_pa = (uint64_t *)(uintptr_t)rec->regs.gprs[30];
	struct rec_lock lock;

	seen = rec;
	/* A REC that runs cannot be entered or destroyed, and its Realm cannot be terminated. */
	assert_rmi(RMI_ERROR_REC, RMI_REC_ENTER, rec->pa.v, *run_pa);
	assert_rmi(RMI_ERROR_REC, RMI_REC_DESTROY, rec->pa.v);
	assert_rmi(RMI_ERROR_REALM, RMI_REALM_TERMINATE, rec->rd.v);
	assert_true(rec_lock(rec->pa, &lock));
	assert_true(rec_running(&lock));
	rec_unlock(&lock);
	assert_int_equal(enter->flags, RMI_ENTER_TRAP_WFI);
}

static void test_running(void **state)
{
	struct running t;

	running_begin(&t);
	realm_rec(&t.r, 0)->regs.gprs[30] = (uintptr_t)&t.run_pa;
	t.run->enter.flags = RMI_ENTER_TRAP_WFI;
	machine_run = look_around;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_ptr_equal(seen, realm_rec(&t.r, 0));
	running_end(&t);
}

static void fill_all(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	exit->reason = RMI_EXIT_SYNC;
	exit->esr = 1;
	exit->far = 2;
	exit->hpfar = 3;
	for (uint64_t i = 0; i < REC_GPRS; i++)
		exit->gprs[i] = 10 + i;
	rec->regs.sys.cntp_ctl = 4;
	rec->regs.sys.cntp_cval = 5;
	rec->regs.sys.cntv_ctl = 6;
	rec->regs.sys.cntv_cval = 7;
	exit->ripas_base = 8;
	exit->ripas_top = 9;
	exit->ripas_value = 10;
	exit->imm = 11;
	exit->pmu_ovf_status = 12;
	exit->timers_delivered = 13;
}

/* Each field at its place; what this RMM does not use is 0, what is padding stays. */
static void test_exit_layout(void **state)
{
	struct running t;
	struct rmi_rec_exit want = {
		.exit_reason = RMI_EXIT_SYNC,
		.esr = 1,
		.far = 2,
		.hpfar = 3,
		.cntp_ctl = 4,
		.cntp_cval = 5,
		.cntv_ctl = 6,
		.cntv_cval = 7,
		.ripas_base = 8,
		.ripas_top = 9,
		.ripas_value = 10,
		.imm = 11,
		.pmu_ovf_status = 12,
	};
	uint64_t *count;

	running_begin(&t);
	for (uint64_t i = 0; i < RMI_REC_GPRS; i++)
		want.gprs[i] = 10 + i;
	memset(&t.run->enter, 0, sizeof(t.run->enter));
	t.run->exit.vsmmu = t.run->exit.plane = t.run->exit.dev_mem_pa = ~0ull;
	t.run->exit.rtt_tree = t.run->exit.s2ap_base = ~0ull;
	machine_run = fill_all;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_memory_equal(&t.run->exit, &want, sizeof(want));
	/* With the flag TIMER_LR, and only then, the count in the padding is written too. */
	count = (uint64_t *)((char *)t.run + RMI_EXT_EXIT_TIMERS_OFFSET);
	assert_int_equal(*count, 0);
	t.run->enter.flags = RMI_ENTER_EXT_TIMER_LR;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(*count, 13);
	*count = 0;
	assert_memory_equal(&t.run->exit, &want, sizeof(want));
	/* The next exit overwrites all fields of this one. */
	machine_run = NULL;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	memset(&want, 0, sizeof(want));
	want.exit_reason = RMI_EXIT_IRQ;
	want.cntp_ctl = 4;
	want.cntp_cval = 5;
	want.cntv_ctl = 6;
	want.cntv_cval = 7;
	assert_memory_equal(&t.run->exit, &want, sizeof(want));
	/* An exit that cannot be written is ERROR_INPUT, wherever the write fails. */
	for (uint32_t n = 1; n < 9; n++) {
		machine_ns_budget = n;
		assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_INPUT);
		machine_ns_budget = ~0u;
	}
	assert_int_equal(realm_rd(&t.r)->recs_running, 0);
	running_end(&t);
}

/* The answer to a host call is read whole before anything happens. */
static void test_unreadable_answer(void **state)
{
	struct running t;

	running_begin(&t);
	SMC(&t, 0, RSI_HOST_CALL, 0x4000);
	machine_ns_budget = 1;
	assert_int_equal(enter(&t, 0).x[0], RMI_ERROR_INPUT);
	machine_ns_budget = ~0u;
	assert_int_equal(realm_rec(&t.r, 0)->pending, REC_PENDING_HOST_CALL);
	running_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),	  cmocka_unit_test(test_realm_state),
		cmocka_unit_test(test_rec_errors),	  cmocka_unit_test(test_answers),
		cmocka_unit_test(test_running),		  cmocka_unit_test(test_exit_layout),
		cmocka_unit_test(test_unreadable_answer),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
