/* SPDX-License-Identifier: BSD-3-Clause */
/* The steps of stateful operations, OP_*: docs/spec/rmi-2.0.md section 9. */
#include "host.h"
#include "rmm/rmi2/range.h"
#include "rmm/rmi2/sro.h"

/* A REC of a Realm with the longest vectors takes so many granules besides its own. */
#define AUX REC_AUX_MAX

/* Each test begins with all contexts free, so the handle of its only operation is 0. */
#define HANDLE 0

struct fixture {
	struct realm r;
	uint64_t rec, params_pa;
	uint64_t list;	 /* PA of a list of descriptors */
	uint64_t *entry; /* its memory */
	uint64_t aux;	 /* AUX + 1 delegated granules, one behind the other */
};

static void begin(struct fixture *f)
{
	realm_init(&f->r);
	f->r.params->flags0 = RMI_REALM_SVE;
	f->r.params->sve_vl = 15;
	realm_create(&f->r);
	f->rec = host_delegated(1);
	f->params_pa = host_pages(1);
	memset(host_ptr(f->params_pa), 0, GRANULE_SIZE);
	f->list = host_pages(1);
	f->entry = host_ptr(f->list);
	memset(f->entry, 0, GRANULE_SIZE);
	f->aux = host_delegated(AUX + 1);
}

static uint64_t aux(const struct fixture *f, uint64_t i)
{
	return f->aux + i * GRANULE_SIZE;
}

/* All that the operations of the test had is DELEGATED again, and so is the REC's granule. */
static void end(struct fixture *f)
{
	struct sro *sro;

	assert_int_equal(sro_take(HANDLE, &sro), SRO_NONE);
	assert_true(granule_is(pa_of(f->rec), GRANULE_DELEGATED));
	assert_int_equal(granule_count_state(pa_of(f->aux), AUX + 1, GRANULE_DELEGATED), AUX + 1);
	realm_destroy(&f->r);
}

/* X0 says INCOMPLETE with exactly these other bits, X1 and X2 are the two numbers. */
static void check_reply(struct rmi_regs r, uint64_t bits, uint64_t x1, uint64_t donate, int line)
{
	if (r.x[0] != (RMI_INCOMPLETE | bits) || r.x[1] != x1 ||
	    r.x[2] != donate << RMI_DONATE_COUNT_SHIFT)
		fail_msg("line %d: X0 %#llx X1 %#llx X2 %#llx", line, (unsigned long long)r.x[0],
			 (unsigned long long)r.x[1], (unsigned long long)r.x[2]);
}

#define NONE		 (RMI_OP_MEM_NONE << 8)
#define DONATE		 (RMI_OP_MEM_WANTS_DONATE << 8)
#define RECLAIM		 (RMI_OP_MEM_WANTS_RECLAIM << 8)
#define CANCEL		 RMI_OP_CAN_CANCEL
#define REPLY(r, b, ...) check_reply(r, b, __VA_ARGS__, __LINE__)

static void start(const struct fixture *f)
{
	REPLY(RMI(RMI_REC_CREATE, f->r.rd, f->rec, f->params_pa), DONATE | CANCEL, HANDLE, AUX);
}

static struct rmi_regs donate(const struct fixture *f, uint64_t entries)
{
	return RMI(RMI_OP_MEM_DONATE, HANDLE, f->list, entries);
}

static struct rmi_regs reclaim(const struct fixture *f, uint64_t capacity)
{
	return RMI(RMI_OP_MEM_RECLAIM, HANDLE, f->list, capacity);
}

/* An operation that holds the first n of the test's granules. */
static void start_with(const struct fixture *f, uint64_t n)
{
	start(f);
	f->entry[0] = DESC(3, f->aux, n);
	REPLY(donate(f, 1), (n == AUX ? NONE : DONATE) | CANCEL, n, AUX - n);
}

static void take_back(const struct fixture *f, uint64_t n)
{
	REPLY(reclaim(f, 512), NONE, n, 0);
}

/* A REC made and destroyed, with the host's memory in one descriptor. */
static void test_whole_life(void **state)
{
	struct fixture f;

	begin(&f);
	start_with(&f, AUX);
	assert_int_equal(granule_count_state(pa_of(f.aux), AUX, GRANULE_PARTIAL), AUX);
	assert_ok(RMI_OP_CONTINUE, HANDLE, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	assert_true(granule_is(pa_of(f.rec), GRANULE_REC));
	for (unsigned int i = 0; i < AUX; i++)
		assert_int_equal(((struct rec *)arch_realm_ptr(pa_of(f.rec)))->aux[i].v,
				 aux(&f, i));

	REPLY(RMI(RMI_REC_DESTROY, f.rec), RECLAIM, HANDLE, 0);
	take_back(&f, AUX);
	assert_true(granule_is(pa_of(f.rec), GRANULE_PARTIAL));
	assert_ok(RMI_OP_CONTINUE, HANDLE, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* The last step fails: the memory is given back first, then the host learns why. */
static void test_finish_fails(void **state)
{
	struct fixture f;

	begin(&f);
	start_with(&f, AUX);
	realm_rd(&f.r)->state = REALM_ACTIVE;
	REPLY(RMI(RMI_OP_CONTINUE, HANDLE, 0), RECLAIM, 0, 0);
	/* The result stays the same, even if its reason is gone. */
	realm_rd(&f.r)->state = REALM_NEW;
	take_back(&f, AUX);
	assert_true(granule_is(pa_of(f.rec), GRANULE_PARTIAL));
	assert_rmi(RMI_ERROR_REALM, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* The last step fails and there is nothing to give back: the operation ends at once. */
static void test_finish_fails_empty(void **state)
{
	struct fixture f;

	begin(&f);
	REPLY(RMI(RMI_REC_CREATE, f.params_pa, f.rec, f.params_pa), NONE | CANCEL, HANDLE, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* A call that the operation does not want is refused and changes nothing. */
static void test_other_calls(void **state)
{
	struct fixture f;

	begin(&f);
	start(&f);
	f.entry[0] = DESC(3, f.aux, AUX);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.list, 1);
	REPLY(donate(&f, 1), NONE | CANCEL, AUX, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_DONATE, HANDLE, f.list, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.list, 1);
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), RECLAIM, 0, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_DONATE, HANDLE, f.list, 0);
	take_back(&f, AUX);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

static const uint64_t op_fids[] = {RMI_OP_CONTINUE, RMI_OP_MEM_DONATE, RMI_OP_MEM_RECLAIM,
				   RMI_OP_CANCEL};

/* A handle that no operation has is INPUT; BUSY is the answer while another CPU is in it. */
static void test_handles(void **state)
{
	static const uint64_t none[] = {HANDLE, 1, SRO_MAX, BIT(32), ~UINT64_C(0)};
	struct fixture f;
	struct sro *sro;
	uint64_t handle;

	begin(&f);
	for (size_t i = 0; i < ARRAY_SIZE(op_fids); i++)
		for (size_t k = 0; k < ARRAY_SIZE(none); k++)
			assert_rmi(RMI_ERROR_INPUT, op_fids[i], none[k], f.list, 0);
	sro = sro_alloc(&handle);
	assert_int_equal(handle, HANDLE);
	for (size_t i = 0; i < ARRAY_SIZE(op_fids); i++)
		assert_rmi(RMI_BUSY, op_fids[i], HANDLE, f.list, 0);
	sro_free(sro);
	end(&f);
}

/* Lists that are refused as a whole, or offer nothing: nothing is taken, the operation goes on. */
static void test_offers(void **state)
{
	struct fixture f;

	begin(&f);
	const struct {
		const char *rule;
		uint64_t status;
		uint64_t entries;
		uint64_t entry[3];
	} rows[] = {
		{"more than asked for, in one", RMI_ERROR_INPUT, 1, {DESC(3, f.aux, AUX + 1)}},
		{"more than asked for, in all",
		 RMI_ERROR_INPUT,
		 2,
		 {DESC(3, f.aux, AUX), DESC(3, aux(&f, AUX), 1)}},
		{"a 2M block", RMI_ERROR_INPUT, 1, {DESC(2, BANK1_BASE, 1)}},
		{"a 1G block", RMI_ERROR_INPUT, 1, {DESC(1, BANK1_BASE, 1)}},
		{"a 512G block", RMI_ERROR_INPUT, 1, {DESC(0, 0, 1)}},
		{"UNDELEGATED of bet1", RMI_ERROR_INPUT, 1, {DESC(3, f.aux, 1) | BIT(63)}},
		{"UNDELEGATED of bet3", RMI_ERROR_INPUT, 1, {DESC(3, f.aux, 1) | BIT(62)}},
		{"a bad one behind a good one",
		 RMI_ERROR_INPUT,
		 2,
		 {DESC(3, f.aux, 1), DESC(3, aux(&f, 1), 1) | BIT(63)}},
		{"a bad one behind an empty one",
		 RMI_ERROR_INPUT,
		 2,
		 {DESC(3, f.aux, 0), DESC(3, f.aux, 1) | BIT(63)}},
		{"no entry", RMI_INCOMPLETE, 0, {DESC(3, f.aux, 1)}},
		{"empty entries, of whatever kind",
		 RMI_INCOMPLETE,
		 3,
		 {DESC(3, f.aux, 0), DESC(0, 0, 0), DESC(3, 0, 0) | BIT(63)}},
	};

	start(&f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rmi_regs r;

		memcpy(f.entry, rows[i].entry, sizeof(rows[i].entry));
		r = donate(&f, rows[i].entries);
		if (RMI_STATUS(r.x[0]) != rows[i].status || r.x[1] != 0)
			fail_msg("%s: X0 %#llx", rows[i].rule, (unsigned long long)r.x[0]);
		if (r.x[0] != RMI_ERROR_INPUT)
			REPLY(r, DONATE | CANCEL, 0, AUX);
	}
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), NONE, 0, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* A donation may come in parts, and an empty entry between others is passed over. */
static void test_donate_parts(void **state)
{
	struct fixture f;
	const struct rec *rec;

	begin(&f);
	start(&f);
	f.entry[0] = DESC(3, aux(&f, 3), 1);
	f.entry[1] = DESC(2, aux(&f, 4), 0);
	f.entry[2] = DESC(3, aux(&f, 0), 2);
	REPLY(donate(&f, 3), DONATE | CANCEL, 3, 1);
	assert_true(granule_is(pa_of(aux(&f, 2)), GRANULE_DELEGATED));
	f.entry[0] = DESC(3, aux(&f, 2), 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_DONATE, HANDLE, f.list, 1);
	f.entry[0] = DESC(3, aux(&f, 2), 1);
	REPLY(donate(&f, 1), NONE | CANCEL, 1, 0);
	assert_ok(RMI_OP_CONTINUE, HANDLE, 0);
	rec = arch_realm_ptr(pa_of(f.rec));
	assert_int_equal(rec->aux[0].v, aux(&f, 3));
	assert_int_equal(rec->aux[1].v, aux(&f, 0));
	assert_int_equal(rec->aux[2].v, aux(&f, 1));
	assert_int_equal(rec->aux[3].v, aux(&f, 2));
	assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, f.rec)).x[0], RMI_SUCCESS);
	delegate(f.aux, AUX + 1);
	end(&f);
}

/* Where the list is: as far as its page goes, and no more entries than one operation could use. */
static void test_donate_list(void **state)
{
	struct fixture f;

	begin(&f);
	start(&f);
	f.entry[0] = DESC(3, f.aux, 1);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_DONATE, HANDLE, f.list + 4, 1);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_DONATE, HANDLE, f.rec, 1);
	machine_ns_budget = 0;
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_DONATE, HANDLE, f.list, 1);
	machine_ns_budget = ~0u;
	f.entry[0] = 0;
	f.entry[SRO_DONATE_LIST - 1] = DESC(3, aux(&f, 0), 1);
	f.entry[SRO_DONATE_LIST] = DESC(3, aux(&f, 1), 1);
	REPLY(donate(&f, 512), DONATE | CANCEL, 1, AUX - 1);
	f.entry[511] = DESC(3, aux(&f, 2), 1);
	REPLY(RMI(RMI_OP_MEM_DONATE, HANDLE, f.list + 511 * 8, 2), DONATE | CANCEL, 1, AUX - 2);
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), RECLAIM, 0, 0);
	take_back(&f, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* A granule that cannot be taken ends the donation: those before it stay, more is asked for. */
static void test_donate_cut(void **state)
{
	struct granule_lock lock;
	struct fixture f;

	begin(&f);
	start(&f);
	f.entry[0] = DESC(3, f.aux, 1);
	f.entry[1] = DESC(3, f.params_pa, 1);
	f.entry[2] = DESC(3, aux(&f, 1), 1);
	REPLY(donate(&f, 3), DONATE | CANCEL, 1, AUX - 1);
	assert_true(granule_is(pa_of(aux(&f, 1)), GRANULE_DELEGATED));
	/* The granule lies in the middle of an entry and is held by another CPU. */
	assert_true(granule_lock(pa_of(aux(&f, 2)), GRANULE_DELEGATED, &lock));
	f.entry[0] = DESC(3, aux(&f, 1), 3);
	REPLY(donate(&f, 1), DONATE | CANCEL, 1, AUX - 2);
	granule_unlock(&lock);
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), RECLAIM, 0, 0);
	take_back(&f, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* If the first granule cannot be taken, the operation has failed. */
static void test_donate_fails(void **state)
{
	struct fixture f;

	begin(&f);
	start(&f);
	f.entry[0] = DESC(3, f.params_pa, 1);
	REPLY(donate(&f, 1), NONE, 0, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CANCEL, HANDLE);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	/* The first granule of this call cannot be taken: the granules of earlier calls go back. */
	start_with(&f, AUX - 1);
	f.entry[0] = DESC(3, f.params_pa, 1);
	REPLY(donate(&f, 1), RECLAIM, 0, 0);
	take_back(&f, AUX - 1);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* A granule that the operation has already cannot be donated again. */
static void test_donate_twice(void **state)
{
	struct fixture f;

	begin(&f);
	start(&f);
	f.entry[0] = f.entry[1] = DESC(3, f.aux, 1);
	REPLY(donate(&f, 2), DONATE | CANCEL, 1, AUX - 1);
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), RECLAIM, 0, 0);
	take_back(&f, 1);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* Granules come back from the last one taken on, as many as the host has room for. */
static void test_reclaim(void **state)
{
	struct fixture f;

	begin(&f);
	/* The granule behind the last one is not the operation's. */
	undelegate(aux(&f, AUX), 1);
	start_with(&f, AUX);
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), RECLAIM, 0, 0);
	f.entry[1] = 0x5a;
	REPLY(reclaim(&f, 0), RECLAIM, 0, 0);
	REPLY(reclaim(&f, 1), RECLAIM, 1, 0);
	assert_int_equal(f.entry[0], DESC(3, aux(&f, AUX - 1), 1));
	assert_int_equal(f.entry[1], 0x5a);
	assert_int_equal(granule_count_state(pa_of(f.aux), AUX, GRANULE_PARTIAL), AUX - 1);
	assert_true(granule_is(pa_of(aux(&f, AUX - 1)), GRANULE_DELEGATED));
	/* One entry is left in the list's page. */
	REPLY(RMI(RMI_OP_MEM_RECLAIM, HANDLE, f.list + 511 * 8, 2), RECLAIM, 1, 0);
	assert_int_equal(f.entry[511], DESC(3, aux(&f, AUX - 2), 1));
	REPLY(reclaim(&f, ~UINT64_C(0)), NONE, AUX - 2, 0);
	for (unsigned int i = 0; i < AUX - 2; i++)
		assert_int_equal(f.entry[i], DESC(3, aux(&f, AUX - 3 - i), 1));
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.list, 1);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	assert_true(granule_is(pa_of(aux(&f, AUX)), GRANULE_NS));
	delegate(aux(&f, AUX), 1);
	end(&f);
}

/* A list that cannot be written keeps the granules for the next try. */
static void test_reclaim_list(void **state)
{
	struct fixture f;

	begin(&f);
	start_with(&f, 2);
	REPLY(RMI(RMI_OP_CANCEL, HANDLE), RECLAIM, 0, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.list + 4, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.rec, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.rec, 0);
	machine_ns_budget = 0;
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_MEM_RECLAIM, HANDLE, f.list, 2);
	machine_ns_budget = ~0u;
	assert_int_equal(granule_count_state(pa_of(f.aux), AUX, GRANULE_PARTIAL), 2);
	take_back(&f, 2);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

/* A creation can be cancelled once, at every step up to the last; a destruction cannot. */
static void test_cancel(void **state)
{
	struct fixture f;

	begin(&f);
	for (uint64_t held = 0; held <= AUX; held++) {
		if (held)
			start_with(&f, held);
		else
			start(&f);
		REPLY(RMI(RMI_OP_CANCEL, HANDLE), held ? RECLAIM : NONE, 0, 0);
		assert_rmi(RMI_ERROR_INPUT, RMI_OP_CANCEL, HANDLE);
		if (held)
			take_back(&f, held);
		assert_rmi(RMI_ERROR_INPUT, RMI_OP_CANCEL, HANDLE);
		assert_rmi(RMI_ERROR_INPUT, RMI_OP_CONTINUE, HANDLE, 0);
	}
	start_with(&f, AUX);
	assert_ok(RMI_OP_CONTINUE, HANDLE, 0);
	REPLY(RMI(RMI_REC_DESTROY, f.rec), RECLAIM, HANDLE, 0);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CANCEL, HANDLE);
	take_back(&f, AUX);
	assert_rmi(RMI_ERROR_INPUT, RMI_OP_CANCEL, HANDLE);
	assert_ok(RMI_OP_CONTINUE, HANDLE, 0);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_life),
		cmocka_unit_test(test_finish_fails),
		cmocka_unit_test(test_finish_fails_empty),
		cmocka_unit_test(test_other_calls),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_donate_parts),
		cmocka_unit_test(test_donate_list),
		cmocka_unit_test(test_donate_cut),
		cmocka_unit_test(test_donate_fails),
		cmocka_unit_test(test_donate_twice),
		cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_reclaim_list),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
