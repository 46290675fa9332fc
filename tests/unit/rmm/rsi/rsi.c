/* SPDX-License-Identifier: BSD-3-Clause */
/* RSI calls but tokens: docs/spec/rsi.md sections 1 to 3. */
#include "realm_run.h"

#define PAR_END BIT(39)

static void test_version(void **state)
{
	static const struct {
		const char *rule;
		uint64_t asked, status, lower;
	} rows[] = {
		{"1.0", RSI_VERSION_1_0, RSI_SUCCESS, RSI_VERSION_1_0},
		{"1.1", RSI_VERSION_1_1, RSI_SUCCESS, RSI_VERSION_1_1},
		{"a minor number to come", 0x10002, RSI_ERROR_INPUT, RSI_VERSION_1_1},
		{"a major number to come", 0x20000, RSI_ERROR_INPUT, RSI_VERSION_1_1},
		{"0", 0, RSI_ERROR_INPUT, RSI_VERSION_1_1},
	};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SMC(&t, 0, RSI_VERSION, rows[i].asked);
		assert_smc_rule(rows[i].rule, &t, 0, rows[i].status, rows[i].lower,
				RSI_VERSION_1_1);
	}
	SMC(&t, 0, RSI_VERSION | 0x10000, RSI_VERSION_1_0);
	assert_smc(&t, 0, RSI_SUCCESS, RSI_VERSION_1_0, RSI_VERSION_1_1);
	for (uint64_t i = 0; i < 3; i++) {
		SMC(&t, 0, RSI_FEATURES, i, 1, 2);
		assert_smc(&t, 0, RSI_SUCCESS, 0, 0);
	}
	running_end(&t);
}

static void test_unknown(void **state)
{
	static const uint64_t fids[] = {
		RSI_FID(0x18f), RSI_FID(0x19a), RSI_FID(0x1a0), RSI_FID(0x1b0),
		0x80000001,	0x84000190,	0x86000000,	0};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(fids); i++) {
		/* X4 and up are the Realm's own. */
		SMC(&t, 0, fids[i], 1, 2, 3, 4, 5);
		assert_smc(&t, 0, ~0ull, 0, 0);
		assert_int_equal(gprs(&t, 0)[4], 4);
		assert_int_equal(gprs(&t, 0)[5], 5);
	}
	SMC(&t, 0, 0x80000000);
	assert_smc(&t, 0, 0x10002, 0, 0);
	running_end(&t);
}

/* Skipping the SMC uses up BTYPE and single step. */
static void test_pstate(void **state)
{
	struct running t;

	running_begin(&t);
	realm_rec(&t.r, 0)->regs.pstate |= BIT(21) | 3 << 10;
	SMC(&t, 0, RSI_FEATURES);
	assert_int_equal(realm_rec(&t.r, 0)->regs.pstate, 0x3c5);
	running_end(&t);
}

static void test_measurements(void **state)
{
	struct running t;
	uint64_t value[11] = {RSI_MEASUREMENT_EXTEND, 2, 5, 0x1122334455, 0, 0, 0, 0, 0, 0, 0};
	uint8_t rem[64] = {0}, in[32 + 5];

	running_begin(&t);
	for (uint64_t i = 5; i < 8; i++) {
		SMC(&t, 0, RSI_MEASUREMENT_READ, i);
		assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	}
	SMC(&t, 0, RSI_MEASUREMENT_EXTEND, 0, 5);
	assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	SMC(&t, 0, RSI_MEASUREMENT_EXTEND, 5, 5);
	assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	SMC(&t, 0, RSI_MEASUREMENT_EXTEND, 1, 65);
	assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	enter_smc(&t, 0, value, ARRAY_SIZE(value));
	assert_smc(&t, 0, RSI_SUCCESS, 0, 0);
	memset(in, 0, 32);
	memcpy(in + 32, &value[3], 5);
	hash_digest(HASH_SHA256, in, sizeof(in), rem);
	/* All eight words, whatever was in them. */
	SMC(&t, 0, RSI_MEASUREMENT_READ, 2, 2, 3, 4, 5, 6, 7, 8);
	assert_int_equal(gprs(&t, 0)[0], RSI_SUCCESS);
	assert_memory_equal(&gprs(&t, 0)[1], rem, 64);
	SMC(&t, 0, RSI_MEASUREMENT_READ, 0);
	assert_memory_equal(&gprs(&t, 0)[1], realm_rd(&t.r)->measurements.slot[0], 64);
	running_end(&t);
}

/* Pages that every call with a page argument refuses, or exits for. */
static const struct {
	const char *rule;
	uint64_t ipa;
	bool missing;
} bad_pages[] = {
	{"not aligned", 0x4000 + 8, false},
	{"the unprotected half", PAR_END, false},
	{"inside the unprotected half", PAR_END + 0x4000, false},
	{"of 64 bits", ~0xfffull, false},
	{"RIPAS EMPTY", 0x3000, false},
	{"RAM, not mapped", 0x7000, true},
};

static void test_pages(void **state)
{
	static const uint64_t calls[] = {RSI_REALM_CONFIG, RSI_HOST_CALL};
	struct running t;

	running_begin(&t);
	for (size_t c = 0; c < ARRAY_SIZE(calls); c++) {
		for (size_t i = 0; i < ARRAY_SIZE(bad_pages); i++) {
			SMC(&t, 0, calls[c], bad_pages[i].ipa);
			if (!bad_pages[i].missing) {
				assert_smc_rule(bad_pages[i].rule, &t, 0, RSI_ERROR_INPUT, 0, 0);
				continue;
			}
			/* The exit asks the host to map the page, and the SMC will run again. */
			assert_false(smc_returned);
			assert_int_equal(realm_rec(&t.r, 0)->regs.pc, CODE);
			assert_int_equal(gprs(&t, 0)[0], calls[c]);
			assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_SYNC);
			assert_int_equal(t.run->exit.esr, 0x24ull << 26 | 7);
			assert_int_equal(t.run->exit.hpfar, bad_pages[i].ipa >> 8);
			assert_int_equal(t.run->exit.far, 0);
		}
	}
	/* A page with RIPAS DESTROYED exits to the host as well. */
	assert_ok(RMI_RTT_DATA_UNMAP, t.r.rd, 0x4000, 0x5000);
	undelegate(t.ram[0], 1);
	t.r.page[0] = t.r.page[--t.r.pages];
	SMC(&t, 0, RSI_REALM_CONFIG, 0x4000);
	assert_false(smc_returned);
	assert_int_equal(t.run->exit.hpfar, 0x40);
	running_end(&t);
}

static void test_realm_config(void **state)
{
	struct rsi_realm_config *config;
	struct running t;

	running_begin(&t);
	config = running_mem(&t, 0x5000);
	memset(config, 0xff, sizeof(*config));
	SMC(&t, 0, RSI_REALM_CONFIG, 0x5000);
	assert_smc(&t, 0, RSI_SUCCESS, 0, 0);
	assert_int_equal(config->ipa_width, 40);
	assert_int_equal(config->algorithm, RSI_HASH_SHA_256);
	assert_int_equal(config->num_aux_planes, 0);
	assert_int_equal(config->gicv3_vtr, 0x90080003);
	assert_int_equal(config->ats_plane, 0);
	assert_memory_equal(config->rpv, realm_rd(&t.r)->rpv, 64);
	for (size_t i = 0; i < sizeof(config->pad240); i++)
		assert_int_equal(config->pad240[i], 0);
	running_end(&t);
}

static void test_host_call(void **state)
{
	struct rsi_host_call *call;
	struct running t;

	running_begin(&t);
	call = running_mem(&t, 0x5f00);
	call->imm = 0xabcd;
	for (uint64_t i = 0; i < 31; i++)
		call->gprs[i] = 0x1000 + i;
	SMC(&t, 0, RSI_HOST_CALL, 0x5f00);
	assert_false(smc_returned);
	assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_HOST_CALL);
	assert_int_equal(t.run->exit.imm, 0xabcd);
	for (uint64_t i = 0; i < 31; i++) {
		assert_int_equal(t.run->exit.gprs[i], 0x1000 + i);
		t.run->enter.gprs[i] = 0x2000 + i;
	}
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	for (uint64_t i = 0; i < 31; i++)
		assert_int_equal(call->gprs[i], 0x2000 + i);
	assert_int_equal(call->imm, 0xabcd);
	assert_int_equal(gprs(&t, 0)[0], RSI_SUCCESS);
	assert_int_equal(gprs(&t, 0)[1], 0x5f00);
	assert_int_equal(realm_rec(&t.r, 0)->regs.pc, CODE + 4);
	SMC(&t, 0, RSI_HOST_CALL, 0x5f80);
	assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	SMC(&t, 0, RSI_HOST_CALL, PAR_END);
	assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	running_end(&t);
}

static unsigned int runs;

static void count_run(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	runs++;
}

/* The page is gone when the answer comes: the Realm does not run until the host maps one. */
static void test_host_call_unmapped(void **state)
{
	struct running t;

	running_begin(&t);
	realm_rec(&t.r, 0)->regs.sys.cntv_cval = 99;
	SMC(&t, 0, RSI_HOST_CALL, 0x6000);
	assert_ok(RMI_RTT_DATA_UNMAP, t.r.rd, 0x6000, 0x7000);
	undelegate(t.ram[2], 1);
	t.r.pages--;
	machine_run = count_run;
	runs = 0;
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(runs, 0);
	assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_SYNC);
	assert_int_equal(t.run->exit.hpfar, 0x60);
	assert_int_equal(t.run->exit.cntv_cval, 99);
	assert_int_equal(realm_rec(&t.r, 0)->pending, REC_PENDING_HOST_CALL);
	running_end(&t);
}

/* Another CPU of the Realm gave the page up: the call is over, its results are lost. */
static void test_host_call_emptied(void **state)
{
	struct running t;

	running_begin(&t);
	SMC(&t, 0, RSI_HOST_CALL, 0x6000);
	realm_rec(&t.r, 1)->runnable = 1;
	SMC(&t, 1, RSI_IPA_STATE_SET, 0x6000, 0x7000, RSI_RIPAS_EMPTY);
	assert_ok(RMI_RTT_SET_RIPAS, t.r.rd, t.r.rec[1], 0x6000, 0x7000);
	assert_int_equal(enter(&t, 0).x[0], RMI_SUCCESS);
	assert_int_equal(gprs(&t, 0)[0], RSI_SUCCESS);
	assert_int_equal(gprs(&t, 0)[1], 0x6000);
	assert_int_equal(realm_rec(&t.r, 0)->regs.pc, CODE + 4);
	running_end(&t);
}

static void test_ipa_state_set_errors(void **state)
{
	static const struct {
		const char *rule;
		uint64_t base, top, ripas, flags;
	} rows[] = {
		{"base not aligned", 0x4008, 0x8000, 1, 0},
		{"top not aligned", 0x4000, 0x8008, 1, 0},
		{"empty", 0x4000, 0x4000, 1, 0},
		{"the wrong way round", 0x8000, 0x4000, 1, 0},
		{"across the halves", 0x4000, PAR_END + 0x1000, 1, 0},
		{"the unprotected half", PAR_END, PAR_END + 0x1000, 1, 0},
		{"to DESTROYED", 0x4000, 0x8000, 2, 0},
		{"to an unknown RIPAS", 0x4000, 0x8000, 3, 0},
		{"an unknown flag", 0x4000, 0x8000, 1, 2},
	};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SMC(&t, 0, RSI_IPA_STATE_SET, rows[i].base, rows[i].top, rows[i].ripas,
		    rows[i].flags);
		assert_smc_rule(rows[i].rule, &t, 0, RSI_ERROR_INPUT, 0, 0);
	}
	running_end(&t);
}

static void test_ipa_state_set(void **state)
{
	struct running t;

	running_begin(&t);
	SMC(&t, 0, RSI_IPA_STATE_SET, 0x4000, 0x8000, RSI_RIPAS_RAM, 0);
	assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_RIPAS_CHANGE);
	assert_int_equal(t.run->exit.ripas_base, 0x4000);
	assert_int_equal(t.run->exit.ripas_top, 0x8000);
	assert_int_equal(t.run->exit.ripas_value, RSI_RIPAS_RAM);
	/* The host did nothing and said no. */
	t.run->enter.flags = RMI_ENTER_RIPAS_REJECT;
	enter(&t, 0);
	smc_returned = true;
	assert_smc(&t, 0, RSI_SUCCESS, 0x4000, RSI_REJECT);
	assert_int_equal(realm_rec(&t.r, 0)->regs.pc, CODE + 4);
	/* It did all of it: no is no answer. */
	SMC(&t, 0, RSI_IPA_STATE_SET, 0x4000, 0x8000, RSI_RIPAS_RAM, 0);
	assert_ok(RMI_RTT_SET_RIPAS, t.r.rd, t.r.rec[0], 0x4000, 0x8000);
	enter(&t, 0);
	smc_returned = true;
	assert_smc(&t, 0, RSI_SUCCESS, 0x8000, RSI_ACCEPT);
	/* EMPTY cannot be rejected. */
	SMC(&t, 0, RSI_IPA_STATE_SET, 0x4000, 0x8000, RSI_RIPAS_EMPTY, 0);
	enter(&t, 0);
	smc_returned = true;
	assert_smc(&t, 0, RSI_SUCCESS, 0x4000, RSI_ACCEPT);
	running_end(&t);
}

static void test_ipa_state_get(void **state)
{
	static const struct {
		const char *rule;
		uint64_t start, end, status, top, ripas;
	} rows[] = {
		{"to where RIPAS changes", 0x4000, 0x9000, RSI_SUCCESS, 0x8000, RSI_RIPAS_RAM},
		{"to the end of the range", 0x4000, 0x6000, RSI_SUCCESS, 0x6000, RSI_RIPAS_RAM},
		{"EMPTY before RAM", 0x0, 0x9000, RSI_SUCCESS, 0x4000, RSI_RIPAS_EMPTY},
		{"to the end of the table", 0x8000, MIB(8), RSI_SUCCESS, MIB(2), RSI_RIPAS_EMPTY},
		{"across entries of a table", MIB(2) + 0x1000, MIB(8), RSI_SUCCESS, MIB(8),
		 RSI_RIPAS_EMPTY},
		{"to the end of the half", GIB(1), PAR_END, RSI_SUCCESS, PAR_END, RSI_RIPAS_EMPTY},
		{"start not aligned", 0x4008, 0x9000, RSI_ERROR_INPUT, 0, 0},
		{"end not aligned", 0x4000, 0x9008, RSI_ERROR_INPUT, 0, 0},
		{"empty", 0x4000, 0x4000, RSI_ERROR_INPUT, 0, 0},
		{"the wrong way round", 0x5000, 0x4000, RSI_ERROR_INPUT, 0, 0},
		{"across the halves", 0x4000, PAR_END + 0x1000, RSI_ERROR_INPUT, 0, 0},
		{"the unprotected half", PAR_END, PAR_END + 0x1000, RSI_ERROR_INPUT, 0, 0},
	};
	struct running t;

	running_begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SMC(&t, 0, RSI_IPA_STATE_GET, rows[i].start, rows[i].end);
		assert_smc_rule(rows[i].rule, &t, 0, rows[i].status, rows[i].top, rows[i].ripas);
	}
	assert_ok(RMI_RTT_DATA_UNMAP, t.r.rd, 0x5000, 0x6000);
	undelegate(t.ram[1], 1);
	t.r.page[1] = t.r.page[--t.r.pages];
	SMC(&t, 0, RSI_IPA_STATE_GET, 0x4000, 0x9000);
	assert_smc(&t, 0, RSI_SUCCESS, 0x5000, RSI_RIPAS_RAM);
	SMC(&t, 0, RSI_IPA_STATE_GET, 0x5000, 0x9000);
	assert_smc(&t, 0, RSI_SUCCESS, 0x6000, RSI_RIPAS_DESTROYED);
	running_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_pstate),
		cmocka_unit_test(test_measurements),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_realm_config),
		cmocka_unit_test(test_host_call),
		cmocka_unit_test(test_host_call_unmapped),
		cmocka_unit_test(test_host_call_emptied),
		cmocka_unit_test(test_ipa_state_set_errors),
		cmocka_unit_test(test_ipa_state_set),
		cmocka_unit_test(test_ipa_state_get),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
