/* SPDX-License-Identifier: BSD-3-Clause */
/* REC_CREATE and REC_DESTROY: docs/spec/rmi-2.0.md section 7. The steps of operations: op.c. */
#include "host.h"
#include "rmm/rmi2/sro.h"

#define AUX 2 /* granules a REC without SVE takes besides its own */

struct fixture {
	struct realm r;
	uint64_t rec, params_pa, list;
	struct rmi_rec_params *params;
	uint64_t *entry;
};

static void begin(struct fixture *f)
{
	realm_new(&f->r);
	f->rec = host_delegated(1);
	f->params_pa = host_pages(1);
	f->params = host_ptr(f->params_pa);
	memset(f->params, 0, sizeof(*f->params));
	f->list = host_pages(1);
	f->entry = host_ptr(f->list);
}

static void assert_incomplete(struct rmi_regs r, unsigned int want)
{
	assert_int_equal(RMI_STATUS(r.x[0]), RMI_INCOMPLETE);
	assert_int_equal(RMI_OP_MEM(r.x[0]), want);
}

static struct rmi_regs create(const struct fixture *f)
{
	return RMI(RMI_REC_CREATE, f->r.rd, f->rec, f->params_pa);
}

/* The host's usual way, with everything the answers promise. */
static void test_create(void **state)
{
	struct fixture f;
	struct rmi_regs r;
	uint64_t aux = host_delegated(AUX);
	const struct rec *rec;

	begin(&f);
	f.params->flags = RMI_REC_RUNNABLE;
	f.params->pc = 0x80200000;
	f.params->gprs[0] = 0xabc;
	f.params->gprs[7] = 0xdef;
	r = create(&f);
	assert_incomplete(r, RMI_OP_MEM_WANTS_DONATE);
	assert_true(r.x[0] & RMI_OP_CAN_CANCEL);
	assert_int_equal(r.x[1], 0);
	assert_int_equal(r.x[2], AUX << RMI_DONATE_COUNT_SHIFT);
	assert_true(granule_is(pa_of(f.rec), GRANULE_PARTIAL));
	/* One at a time. */
	for (uint64_t i = 0; i < AUX; i++) {
		f.entry[0] = DESC(3, aux + i * GRANULE_SIZE, 1);
		r = RMI(RMI_OP_MEM_DONATE, 0, f.list, 1);
		assert_incomplete(r, i == AUX - 1 ? RMI_OP_MEM_NONE : RMI_OP_MEM_WANTS_DONATE);
		assert_int_equal(r.x[1], 1);
		assert_int_equal(r.x[2], (AUX - 1 - i) << RMI_DONATE_COUNT_SHIFT);
		assert_true(granule_is(pa_of(aux + i * GRANULE_SIZE), GRANULE_PARTIAL));
	}
	assert_ok(RMI_OP_CONTINUE, 0, 0);
	assert_true(granule_is(pa_of(f.rec), GRANULE_REC));
	assert_int_equal(granule_count_state(pa_of(aux), AUX, GRANULE_REC_AUX), AUX);
	rec = arch_realm_ptr(pa_of(f.rec));
	assert_int_equal(rec->regs.pc, 0x80200000);
	assert_int_equal(rec->regs.gprs[0], 0xabc);
	assert_int_equal(rec->regs.gprs[7], 0xdef);
	assert_int_equal(rec->regs.gprs[8], 0);
	assert_int_equal(rec->regs.pstate, 0x3c5);
	assert_int_equal(rec->regs.sys.sctlr_el1, 0xc50878);
	assert_int_equal(rec->regs.sys.mdscr_el1, 1 << 12);
	assert_int_equal(rec->runnable, 1);
	/* The operation is over. */
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, 0, 0);

	r = RMI(RMI_REC_DESTROY, f.rec);
	assert_incomplete(r, RMI_OP_MEM_WANTS_RECLAIM);
	assert_false(r.x[0] & RMI_OP_CAN_CANCEL);
	assert_int_equal(r.x[1], 0);
	assert_true(granule_is(pa_of(f.rec), GRANULE_PARTIAL));
	r = RMI(RMI_OP_MEM_RECLAIM, 0, f.list, 0);
	assert_incomplete(r, RMI_OP_MEM_WANTS_RECLAIM);
	assert_int_equal(r.x[1], 0);
	r = RMI(RMI_OP_MEM_RECLAIM, 0, f.list, 1);
	assert_incomplete(r, RMI_OP_MEM_WANTS_RECLAIM);
	assert_int_equal(r.x[1], 1);
	r = RMI(RMI_OP_MEM_RECLAIM, 0, f.list + 8, 511);
	assert_incomplete(r, RMI_OP_MEM_NONE);
	assert_int_equal(r.x[1], 1);
	assert_int_equal(f.entry[0] + f.entry[1], DESC(3, aux, 1) + DESC(3, aux + 0x1000, 1));
	assert_int_equal(granule_count_state(pa_of(aux), AUX, GRANULE_DELEGATED), AUX);
	assert_ok(RMI_OP_CONTINUE, 0, 0);
	assert_true(granule_is(pa_of(f.rec), GRANULE_DELEGATED));
	realm_destroy(&f.r);
}

/* A Realm with vectors of 2048 bits needs two granules more for each REC. */
static void test_needs(void **state)
{
	static const struct {
		const char *rule;
		uint64_t flags0;
		uint32_t sve_vl;
		uint64_t granules;
	} rows[] = {
		{"no SVE", 0, 0, 2},
		{"128 bits", RMI_REALM_SVE, 0, 3},
		{"1024 bits", RMI_REALM_SVE, 7, 3},
		{"2048 bits", RMI_REALM_SVE, 15, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture f;
		struct rmi_regs r;

		begin(&f);
		realm_destroy(&f.r);
		realm_init(&f.r);
		f.r.params->flags0 = rows[i].flags0;
		f.r.params->sve_vl = rows[i].sve_vl;
		realm_create(&f.r);
		r = create(&f);
		if (r.x[2] != rows[i].granules << RMI_DONATE_COUNT_SHIFT)
			fail_msg("%s: X2 %#llx", rows[i].rule, (unsigned long long)r.x[2]);
		assert_int_equal(op_finish(r).x[0], RMI_SUCCESS);
		assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, f.rec)).x[0], RMI_SUCCESS);
		realm_destroy(&f.r);
	}
}

static void test_start_errors(void **state)
{
	struct fixture f;
	struct sro *all[SRO_MAX];
	uint64_t handle;

	begin(&f);
	assert_rmi(RMI_ERROR_INPUT, RMI_REC_CREATE, f.r.rd, host_pages(1), f.params_pa);
	assert_rmi(RMI_ERROR_INPUT, RMI_REC_CREATE, f.r.rd, f.r.rd, f.params_pa);
	assert_rmi(RMI_ERROR_INPUT, RMI_REC_CREATE, f.r.rd, f.rec + 8, f.params_pa);
	assert_rmi(RMI_ERROR_INPUT, RMI_REC_DESTROY, f.r.rd);
	assert_rmi(RMI_ERROR_INPUT, RMI_REC_DESTROY, 0);
	for (size_t i = 0; i < SRO_MAX; i++)
		all[i] = sro_alloc(&handle);
	assert_rmi(RMI_BLOCKED, RMI_REC_CREATE, f.r.rd, f.rec, f.params_pa);
	assert_rmi(RMI_BLOCKED, RMI_REC_DESTROY, f.rec);
	for (size_t i = 0; i < SRO_MAX; i++)
		sro_free(all[i]);
	assert_true(granule_is(pa_of(f.rec), GRANULE_DELEGATED));
	realm_destroy(&f.r);
}

/* Checks of the last step, in order; all that was donated comes back. */
static void test_finish_errors(void **state)
{
	static const struct {
		const char *rule;
		uint64_t mpidr;
		enum realm_state realm_state;
		uint32_t recs_made;
		uint64_t status;
	} rows[] = {
		{"as many RECs as there may be", 0, REALM_NEW, REALM_MAX_RECS, RMI_ERROR_REALM},
		{"the Realm's state before MPIDR", 0x10, REALM_ACTIVE, 0, RMI_ERROR_REALM},
		{"ACTIVE", 0, REALM_ACTIVE, 0, RMI_ERROR_REALM},
		{"SYSTEM_OFF", 0, REALM_SYSTEM_OFF, 0, RMI_ERROR_REALM},
		{"ZOMBIE", 0, REALM_ZOMBIE, 0, RMI_ERROR_REALM},
		{"MPIDR [7:4] are reserved", 0x10, REALM_NEW, 0, RMI_ERROR_INPUT},
		{"MPIDR [32] is reserved", BIT(32), REALM_NEW, 0, RMI_ERROR_INPUT},
		{"MPIDR [63] is reserved", BIT(63), REALM_NEW, 0, RMI_ERROR_INPUT},
		{"Aff0 1 before 0", 1, REALM_NEW, 0, RMI_ERROR_INPUT},
		{"Aff0 0 again", 0, REALM_NEW, 1, RMI_ERROR_INPUT},
		{"Aff1 counts 16", 0x100, REALM_NEW, 15, RMI_ERROR_INPUT},
		{"Aff2 counts more", 0x10000, REALM_NEW, 16, RMI_ERROR_INPUT},
		{"Aff3 counts more", 0x1000000, REALM_NEW, 16, RMI_ERROR_INPUT},
	};
	struct fixture f;
	uint8_t rim[MEASURE_SIZE];

	begin(&f);
	memcpy(rim, realm_rd(&f.r)->measurements.slot[0], sizeof(rim));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f.params->mpidr = rows[i].mpidr;
		realm_rd(&f.r)->state = rows[i].realm_state;
		realm_rd(&f.r)->recs_made = rows[i].recs_made;
		if (op_finish(create(&f)).x[0] != rows[i].status)
			fail_msg("%s", rows[i].rule);
		assert_true(granule_is(pa_of(f.rec), GRANULE_DELEGATED));
		assert_memory_equal(rim, realm_rd(&f.r)->measurements.slot[0], sizeof(rim));
	}
	realm_rd(&f.r)->state = REALM_NEW;
	realm_rd(&f.r)->recs_made = 0;
	f.params->mpidr = 0;
	for (uint32_t n = 0; n < 4; n++) {
		struct rmi_regs r = create(&f);

		f.entry[0] = DESC(3, host_delegated(AUX), AUX);
		assert_incomplete(RMI(RMI_OP_MEM_DONATE, r.x[1], f.list, 1), RMI_OP_MEM_NONE);
		machine_ns_budget = n;
		r = RMI(RMI_OP_CONTINUE, 0, 0);
		machine_ns_budget = ~0u;
		assert_incomplete(r, RMI_OP_MEM_WANTS_RECLAIM);
		assert_int_equal(op_finish(r).x[0], RMI_ERROR_INPUT);
	}
	realm_destroy(&f.r);
}

/* Wrong arguments that only the last step sees; there is nothing to reclaim then. */
static void test_late_arguments(void **state)
{
	struct fixture f;
	struct rmi_regs r;

	begin(&f);
	r = RMI(RMI_REC_CREATE, f.params_pa, f.rec, f.params_pa);
	assert_incomplete(r, RMI_OP_MEM_NONE);
	assert_int_equal(r.x[2], 0);
	assert_int_equal(op_finish(r).x[0], RMI_ERROR_INPUT);
	r = RMI(RMI_REC_CREATE, f.r.rd, f.rec, f.rec);
	assert_int_equal(op_finish(r).x[0], RMI_ERROR_INPUT);
	/* The Realm was created after the operation began, which so has too few granules. */
	realm_destroy(&f.r);
	realm_init(&f.r);
	r = RMI(RMI_REC_CREATE, f.r.rd, f.rec, f.params_pa);
	realm_create(&f.r);
	assert_int_equal(op_finish(r).x[0], RMI_ERROR_INPUT);
	realm_destroy(&f.r);
}

/* REC indexes and MPIDR values. */
static void test_mpidr(void **state)
{
	const struct rec *rec;
	struct fixture f;

	begin(&f);
	realm_rd(&f.r)->recs_made = 0x1f;
	f.params->mpidr = 0x10f;
	assert_int_equal(op_finish(create(&f)).x[0], RMI_SUCCESS);
	rec = arch_realm_ptr(pa_of(f.rec));
	assert_int_equal(rec->mpidr, 0x10f);
	assert_int_equal(rec->regs.sys.vmpidr_el2, 0x8000010f);
	assert_int_equal(rec->index, 0x1f);
	assert_int_equal(rec->runnable, 0);
	assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, f.rec)).x[0], RMI_SUCCESS);
	realm_destroy(&f.r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),	       cmocka_unit_test(test_needs),
		cmocka_unit_test(test_start_errors),   cmocka_unit_test(test_finish_errors),
		cmocka_unit_test(test_late_arguments), cmocka_unit_test(test_mpidr),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
