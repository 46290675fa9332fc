/* SPDX-License-Identifier: BSD-3-Clause */
/* Aborts of a Realm: docs/spec/rsi.md section 4, both tables. */
#include "fixture.h"

#define DABT		ESR_EC_DABT_LOWER
#define IABT		ESR_EC_IABT_LOWER
#define TRANSLATION(l)	(0x04 + (l))
#define PERMISSION(l)	(0x0c + (l))
#define ADDRESS_SIZE(l) (0x00 + (l))
#define ISV		BIT(24)
#define SAS(log2)	((uint64_t)(log2) << 22)
#define SSE		BIT(21)
#define SRT(r)		((uint64_t)(r) << 16)
#define SF		BIT(15)
#define FNV		BIT(10)
#define EA		BIT(9)
#define S1PTW		BIT(7)
#define WNR		BIT(6)
#define FAR		UINT64_C(0xffff800012345678)
#define PROTECTED	UINT64_C(0x40000000)

static void test_who_hears_of_it(void **state)
{
	static const struct {
		const char *rule;
		unsigned int ec;
		uint64_t iss, ipa;
		enum rtt_page page;
		enum run_next next;
	} rows[] = {
		{"data behind the IPA space", DABT, TRANSLATION(1), BIT(IPA_BITS), RTT_PAGE_MISSING,
		 RUN_INJECT_SEA},
		{"code behind the IPA space", IABT, TRANSLATION(1), BIT(IPA_BITS), RTT_PAGE_MISSING,
		 RUN_INJECT_SEA},
		{"an address of too many bits", DABT, ADDRESS_SIZE(0), BIT(47), RTT_PAGE_MISSING,
		 RUN_INJECT_SEA},
		{"data, RIPAS EMPTY", DABT, TRANSLATION(3), PROTECTED, RTT_PAGE_EMPTY,
		 RUN_INJECT_SEA},
		{"code, RIPAS EMPTY", IABT, TRANSLATION(3), PROTECTED, RTT_PAGE_EMPTY,
		 RUN_INJECT_SEA},
		{"data, not mapped", DABT, TRANSLATION(2), PROTECTED, RTT_PAGE_MISSING, RUN_EXIT},
		{"a stage 1 table, not mapped", DABT, TRANSLATION(2) | S1PTW, PROTECTED,
		 RTT_PAGE_MISSING, RUN_EXIT},
		{"a fault at level -1", DABT, 0x2b, PROTECTED, RTT_PAGE_MISSING, RUN_EXIT},
		{"code, not mapped", IABT, TRANSLATION(2), PROTECTED, RTT_PAGE_MISSING, RUN_EXIT},
		{"data, mapped meanwhile", DABT, TRANSLATION(3), PROTECTED, RTT_PAGE_RAM,
		 RUN_RESUME},
		{"code, mapped meanwhile", IABT, TRANSLATION(3), PROTECTED, RTT_PAGE_RAM,
		 RUN_RESUME},
		{"no permission: again would not help", IABT, PERMISSION(3), PROTECTED,
		 RTT_PAGE_RAM, RUN_INJECT_SEA},
		{"no permission: the address is rubbish", IABT, PERMISSION(3), PROTECTED,
		 RTT_PAGE_MISSING, RUN_INJECT_SEA},
		{"data that the host shares, not mapped", DABT, TRANSLATION(3), UNPROTECTED,
		 RTT_PAGE_MISSING, RUN_EXIT},
		{"data that the host shares, read only", DABT, PERMISSION(3) | WNR, UNPROTECTED,
		 RTT_PAGE_MISSING, RUN_EXIT},
		{"code in what the host shares, not mapped", IABT, TRANSLATION(3), UNPROTECTED,
		 RTT_PAGE_MISSING, RUN_INJECT_SEA},
		{"code in what the host shares", IABT, PERMISSION(3), UNPROTECTED, RTT_PAGE_MISSING,
		 RUN_INJECT_SEA},
		{"a TLB conflict", DABT, 0x30, UNPROTECTED, RTT_PAGE_MISSING, RUN_INJECT_SEA},
		{"alignment", DABT, 0x21, UNPROTECTED, RTT_PAGE_MISSING, RUN_INJECT_SEA},
		{"granule protection", DABT, 0x28, UNPROTECTED, RTT_PAGE_MISSING, RUN_INJECT_SEA},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fixture_reset(state);
		page = rows[i].page;
		assert_rule(rows[i].rule, trap(rows[i].ec, rows[i].iss, FAR, rows[i].ipa),
			    rows[i].next);
		assert_int_equal(rec.regs.pc, PC);
		if (rows[i].next != RUN_EXIT)
			assert_int_equal(exit_.esr | exit_.far | exit_.hpfar, 0);
	}
}

static void test_protected_exit_shows_little(void **state)
{
	uint64_t iss = ISV | SAS(3) | SRT(4) | SF | FNV | EA | WNR | TRANSLATION(3);

	assert_int_equal(trap(DABT, iss, FAR, PROTECTED), RUN_EXIT);
	assert_int_equal(exit_.reason, RMI_EXIT_SYNC);
	assert_int_equal(exit_.esr, (uint64_t)DABT << 26 | FNV | EA | TRANSLATION(3));
	assert_int_equal(exit_.far, 0);
	assert_int_equal(exit_.hpfar, PROTECTED >> 8);
	assert_int_equal(exit_.gprs[0], 0);
	assert_false(rec.last.unprotected_abort);
	assert_false(rec.last.emulatable);
}

static void test_unprotected_without_syndrome(void **state)
{
	assert_int_equal(trap(DABT, SRT(3) | WNR | TRANSLATION(2), FAR, UNPROTECTED), RUN_EXIT);
	assert_int_equal(exit_.esr, (uint64_t)DABT << 26 | ESR_IL | TRANSLATION(2));
	assert_int_equal(exit_.far, 0);
	assert_int_equal(exit_.hpfar, UNPROTECTED >> 8);
	assert_true(rec.last.unprotected_abort);
	assert_false(rec.last.emulatable);
}

static void test_aarch32_is_not_emulated(void **state)
{
	rec.regs.pstate = AARCH32;
	assert_int_equal(trap(DABT, ISV | WNR | TRANSLATION(2), FAR, UNPROTECTED), RUN_EXIT);
	assert_int_equal(exit_.esr, (uint64_t)DABT << 26 | TRANSLATION(2));
	assert_int_equal(exit_.far, 0);
	assert_true(rec.last.unprotected_abort);
	assert_false(rec.last.emulatable);
}

static void test_emulated_write(void **state)
{
	static const struct {
		const char *rule;
		unsigned int sas;
		uint64_t value;
	} rows[] = {{"a byte", 0, 0x83},
		    {"a halfword", 1, 0xa583},
		    {"a word", 2, 0x8c61a583},
		    {"a doubleword", 3, UINT64_C(0x1122334485c6a583)}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t iss = ISV | SAS(rows[i].sas) | SSE | SRT(7) | SF | WNR | TRANSLATION(3);

		fixture_reset(state);
		rec.regs.gprs[7] = rows[3].value;
		if (i == 2)
			rec.regs.gprs[7] = UINT64_C(0xffffffff00000000) | rows[2].value;
		assert_int_equal(trap(DABT, iss, FAR, UNPROTECTED + 0x5678), RUN_EXIT);
		/* SRT and SSE are not for the host. */
		assert_int_equal(exit_.esr, (uint64_t)DABT << 26 | ESR_IL | ISV | SAS(rows[i].sas) |
						    SF | WNR | TRANSLATION(3));
		assert_int_equal(exit_.far, FAR & 0xfff);
		assert_rule(rows[i].rule, exit_.gprs[0], rows[i].value);
		assert_true(rec.last.emulatable);
		run_complete_mmio(&rec, 0x99);
		assert_int_equal(rec.regs.pc, PC + 4);
		assert_int_not_equal(rec.regs.gprs[7], 0x99);
	}
	fixture_reset(state);
	trap(DABT, ISV | SAS(3) | SRT(31) | SF | WNR | TRANSLATION(3), FAR, UNPROTECTED);
	assert_int_equal(exit_.gprs[0], 0);
}

static void test_emulated_read(void **state)
{
	static const struct {
		const char *rule;
		uint64_t iss, data, value;
	} rows[] = {
		{"a byte", SAS(0), 0xffffff80, 0x80},
		{"a signed byte to 32 bits", SAS(0) | SSE, 0x80, 0xffffff80},
		{"a signed byte to 64 bits", SAS(0) | SSE | SF, 0x80, UINT64_C(0xffffffffffffff80)},
		{"a positive one", SAS(0) | SSE | SF, 0x7f, 0x7f},
		{"a halfword", SAS(1), 0x12348000, 0x8000},
		{"a signed halfword", SAS(1) | SSE, 0x8000, 0xffff8000},
		{"a word", SAS(2), UINT64_C(0x1122334455667788), 0x55667788},
		{"a signed word to 64 bits", SAS(2) | SSE | SF, 0x80000000,
		 UINT64_C(0xffffffff80000000)},
		{"a doubleword", SAS(3) | SF, UINT64_C(0x8122334455667788),
		 UINT64_C(0x8122334455667788)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t iss = ISV | SRT(9) | TRANSLATION(3) | rows[i].iss;

		fixture_reset(state);
		assert_int_equal(trap(DABT, iss, FAR, UNPROTECTED), RUN_EXIT);
		assert_int_equal(exit_.gprs[0], 0);
		run_complete_mmio(&rec, rows[i].data);
		assert_rule(rows[i].rule, rec.regs.gprs[9], rows[i].value);
		assert_int_equal(rec.regs.pc, PC + 4);
	}
	/* To XZR: nothing but pc. */
	fixture_reset(state);
	trap(DABT, ISV | SAS(3) | SRT(31) | SF | TRANSLATION(3), FAR, UNPROTECTED);
	run_complete_mmio(&rec, 5);
	assert_int_equal(rec.regs.gprs[30], UINT64_C(0x1111111111111111) * 0 + 30);
}

static void test_external_aborts(void **state)
{
	static const struct {
		const char *rule;
		uint64_t set;
		enum run_next next;
	} rows[] = {{"recoverable", 0, RUN_EXIT_SEA},
		    {"uncontainable", 2, RUN_EXIT},
		    {"restartable", 3, RUN_EXIT}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fixture_reset(state);
		assert_rule(rows[i].rule, trap(DABT, rows[i].set << 11 | EA | 0x10, FAR, PROTECTED),
			    rows[i].next);
		assert_int_equal(exit_.esr, (uint64_t)DABT << 26 | rows[i].set << 11 | EA | 0x10);
		assert_int_equal(exit_.hpfar | exit_.far, 0);
	}
	assert_int_equal(trap(DABT, 0x15, FAR, PROTECTED), RUN_EXIT_SEA);
	assert_int_equal(trap(IABT, 0x13, FAR, PROTECTED), RUN_EXIT_SEA);
}

static void test_serror(void **state)
{
	static const struct {
		const char *rule;
		uint64_t iss;
		bool to_realm;
	} rows[] = {{"AET UC", 0x11, false},
		    {"AET UEU", UINT64_C(1) << 10 | 0x11, true},
		    {"AET UEO", UINT64_C(2) << 10, false},
		    {"AET UER", UINT64_C(3) << 10 | 0x11, true},
		    {"a syndrome of the implementation's", BIT(24) | UINT64_C(1) << 10, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t esr = UINT64_C(0x2f) << 26 | ESR_IL | BIT(20) | rows[i].iss;

		memset(&exit_, 0, sizeof(exit_));
		assert_rule(rows[i].rule, run_serror(esr, &exit_), rows[i].to_realm);
		assert_int_equal(exit_.reason, RMI_EXIT_SERROR);
		assert_int_equal(exit_.esr, UINT64_C(0x2f) << 26 | rows[i].iss);
	}
}

static void test_injected_sea(void **state)
{
	static const struct {
		const char *rule;
		unsigned int ec;
		uint64_t pstate, iss, vector, esr;
	} rows[] = {
		{"data, at EL1 with its own SP", DABT, EL1H, WNR | FNV | S1PTW, 0x200,
		 UINT64_C(0x25) << 26 | WNR},
		{"data, at EL1 with SP_EL0", DABT, EL1T, 0, 0x000, UINT64_C(0x25) << 26},
		{"data, at EL0", DABT, EL0, 0, 0x400, UINT64_C(0x24) << 26},
		{"data, AArch32", DABT, AARCH32, 0, 0x600, UINT64_C(0x24) << 26},
		{"code, at EL1", IABT, EL1H, S1PTW, 0x200, UINT64_C(0x21) << 26},
		{"code, at EL0", IABT, EL0, 0, 0x400, UINT64_C(0x20) << 26},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fixture_reset(state);
		rec.regs.pstate = rows[i].pstate | BIT(29);
		page = RTT_PAGE_EMPTY;
		assert_int_equal(trap(rows[i].ec, rows[i].iss | TRANSLATION(3), FAR, PROTECTED),
				 RUN_INJECT_SEA);
		run_inject_sea(&rec);
		assert_rule(rows[i].rule, rec.regs.sys.esr_el1, rows[i].esr | ESR_IL | EA | 0x10);
		assert_int_equal(rec.regs.sys.far_el1, FAR);
		assert_int_equal(rec.regs.sys.elr_el1, PC);
		assert_int_equal(rec.regs.sys.spsr_el1, rows[i].pstate | BIT(29));
		assert_rule(rows[i].rule, rec.regs.pc, VBAR + rows[i].vector);
		assert_int_equal(rec.regs.pstate, EL1H | BIT(29));
	}
}

/* SCTLR2_EL1.EASE counts only where the register exists. */
static void test_sea_as_serror(void **state)
{
	page = RTT_PAGE_EMPTY;
	trap(DABT, TRANSLATION(3), FAR, PROTECTED);
	rec.regs.sys.sctlr2_el1 = BIT(5);
	run_inject_sea(&rec);
	assert_int_equal(rec.regs.pc, VBAR + 0x200);
	fixture_reset(state);
	*run_id_reg(RUN_ID_MMFR3) = UINT64_C(1) << 4;
	trap(DABT, TRANSLATION(3), FAR, PROTECTED);
	rec.regs.sys.sctlr2_el1 = BIT(5);
	run_inject_sea(&rec);
	assert_int_equal(rec.regs.pc, VBAR + 0x380);
}

static void test_handler_pstate(void **state)
{
	/* SPAN clear: PAN is set; DSSBS; bits that become 0: UAO, SS, IL, BTYPE. */
	rec.regs.sys.sctlr_el1 = BIT(44);
	rec.regs.pstate = EL0 | BIT(23) | BIT(21) | BIT(20) | BIT(10) | BIT(24);
	run_inject_undef(&rec);
	assert_int_equal(rec.regs.pstate, EL1H | BIT(22) | BIT(12) | BIT(24));
	assert_int_equal(rec.regs.sys.esr_el1, ESR_IL);
	assert_int_equal(rec.regs.pc, VBAR + 0x400);
	fixture_reset(state);
	*run_id_reg(RUN_ID_PFR1) = UINT64_C(1) << 36;
	run_inject_undef(&rec);
	assert_int_equal(rec.regs.pstate, EL1H | BIT(13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_who_hears_of_it, fixture_reset),
		cmocka_unit_test_setup(test_protected_exit_shows_little, fixture_reset),
		cmocka_unit_test_setup(test_unprotected_without_syndrome, fixture_reset),
		cmocka_unit_test_setup(test_aarch32_is_not_emulated, fixture_reset),
		cmocka_unit_test_setup(test_emulated_write, fixture_reset),
		cmocka_unit_test_setup(test_emulated_read, fixture_reset),
		cmocka_unit_test_setup(test_external_aborts, fixture_reset),
		cmocka_unit_test_setup(test_serror, fixture_reset),
		cmocka_unit_test_setup(test_injected_sea, fixture_reset),
		cmocka_unit_test_setup(test_sea_as_serror, fixture_reset),
		cmocka_unit_test_setup(test_handler_pstate, fixture_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
