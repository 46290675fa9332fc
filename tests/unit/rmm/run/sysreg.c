/* SPDX-License-Identifier: BSD-3-Clause */
/* Traps of system registers and other instructions: docs/spec/rsi.md section 4. */
#include "fixture.h"

#define REG(op0, op1, crn, crm, op2)                                                               \
	((uint64_t)(op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define RT(n)		 ((uint64_t)(n) << 5)
#define READ		 1
#define SYSREG_EXIT(iss) ((uint64_t)ESR_EC_SYSREG << 26 | ESR_IL | (iss))

#define ICC_SGI1R REG(3, 0, 12, 11, 5)
#define ICC_DIR	  REG(3, 0, 12, 11, 1)
#define ICC_PMR	  REG(3, 0, 4, 6, 0)
#define VBAR_EL1  REG(3, 0, 12, 0, 0)
#define MDSCR	  REG(2, 0, 0, 2, 2)
#define PMCR	  REG(3, 3, 9, 12, 0)
#define DBGBVR(n) REG(2, 0, 0, n, 4)
#define DBGBCR(n) REG(2, 0, 0, n, 5)
#define DBGWVR(n) REG(2, 0, 0, n, 6)
#define DBGWCR(n) REG(2, 0, 0, n, 7)

static enum run_next access(uint64_t iss)
{
	return trap(ESR_EC_SYSREG, iss, 0, 0);
}

static uint64_t read_reg(uint64_t reg)
{
	rec.regs.pc = PC;
	assert_int_equal(access(reg | RT(3) | READ), RUN_RESUME);
	assert_int_equal(rec.regs.pc, PC + 4);
	return rec.regs.gprs[3];
}

static void write_reg(uint64_t reg, uint64_t value)
{
	rec.regs.pc = PC;
	rec.regs.gprs[3] = value;
	assert_int_equal(access(reg | RT(3)), RUN_RESUME);
	assert_int_equal(rec.regs.pc, PC + 4);
}

static void test_gic_write_goes_to_the_host(void **state)
{
	static const uint64_t regs[] = {ICC_SGI1R, ICC_DIR, ICC_PMR, REG(3, 0, 12, 8, 0),
					REG(3, 0, 12, 15, 7)};

	for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
		fixture_reset(state);
		assert_int_equal(access(regs[i] | RT(7)), RUN_EXIT);
		assert_int_equal(exit_.reason, RMI_EXIT_SYNC);
		assert_int_equal(exit_.esr, SYSREG_EXIT(regs[i]));
		assert_int_equal(exit_.gprs[0], rec.regs.gprs[7]);
		assert_int_equal(rec.regs.pc, PC + 4);
		assert_int_equal(rec.pending, REC_PENDING_NONE);
	}
	assert_int_equal(access(ICC_SGI1R | RT(31)), RUN_EXIT);
	assert_int_equal(exit_.gprs[0], 0);
	assert_int_equal(access(VBAR_EL1 | RT(7)), RUN_RESUME);
}

static void test_gic_read_waits_for_the_host(void **state)
{
	assert_int_equal(access(ICC_PMR | RT(7) | READ), RUN_EXIT);
	assert_int_equal(exit_.esr, SYSREG_EXIT(ICC_PMR | READ));
	assert_int_equal(exit_.gprs[0], 0);
	assert_int_equal(rec.pending, REC_PENDING_SYSREG_READ);
	run_complete_sysreg_read(&rec, 0xf0);
	assert_int_equal(rec.regs.gprs[7], 0xf0);
	assert_int_equal(rec.regs.pc, PC + 4);
	access(ICC_PMR | RT(31) | READ);
	run_complete_sysreg_read(&rec, 0xf1);
	for (unsigned int i = 0; i < REC_GPRS; i++)
		assert_int_not_equal(rec.regs.gprs[i], 0xf1);
}

static void test_undefined(void **state)
{
	static const uint64_t regs[] = {
		REG(2, 1, 8, 0, 1),  REG(2, 1, 9, 0, 0),  REG(3, 0, 10, 4, 4),
		REG(3, 0, 10, 5, 0), REG(3, 0, 10, 2, 5), DBGBVR(6),
		DBGBCR(15),	     DBGWVR(4),		  DBGWCR(4),
	};

	for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
		assert_int_equal(access(regs[i] | RT(3) | READ), RUN_INJECT_UNDEF);
		assert_int_equal(access(regs[i] | RT(3)), RUN_INJECT_UNDEF);
		assert_int_equal(rec.regs.pc, PC);
	}
	assert_int_equal(access(REG(3, 0, 0, 4, 0) | RT(3)), RUN_INJECT_UNDEF);
}

static void test_everything_else_is_zero(void **state)
{
	static const uint64_t regs[] = {PMCR, REG(3, 0, 5, 3, 0), REG(2, 0, 1, 0, 0),
					REG(3, 3, 13, 0, 7)};

	for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
		write_reg(regs[i], ~UINT64_C(0));
		assert_int_equal(read_reg(regs[i]), 0);
	}
	/* The OS lock is implemented, and open. */
	assert_int_equal(read_reg(REG(2, 0, 1, 1, 4)), 8);
}

static void test_debug_registers_are_the_realms(void **state)
{
	assert_int_equal(read_reg(MDSCR), BIT(12));
	assert_false(run_debug_active(&rec));
	write_reg(DBGBVR(5), 0x1234);
	write_reg(DBGBCR(5), ~UINT64_C(0));
	write_reg(DBGWVR(3), 0x5678);
	write_reg(DBGWCR(3), 0x1ff);
	assert_int_equal(read_reg(DBGBVR(5)), 0x1234);
	/* No context of another exception level, no reserved bits. */
	assert_int_equal(read_reg(DBGBCR(5)), 0x7fe1e7);
	assert_int_equal(read_reg(DBGWVR(3)), 0x5678);
	assert_int_equal(read_reg(DBGWCR(3)), 0x1ff);
	assert_int_equal(rec.regs.debug.bvr[5], 0x1234);
	write_reg(MDSCR, ~UINT64_C(0));
	assert_int_equal(read_reg(MDSCR), 0xb001);
	assert_true(run_debug_active(&rec));
}

static void test_id_registers(void **state)
{
	static const struct {
		const char *name;
		unsigned int crm, op2;
		uint64_t value;
	} rows[] = {
		{"PFR0", 4, 0, UINT64_C(0xffff00f0ffffffff)},
		{"PFR1", 4, 1, UINT64_C(0x0f0000fff000f0ff)},
		{"PFR2", 4, 2, UINT64_C(0xf) << 16},
		{"ZFR0, no SVE", 4, 4, 0},
		{"SMFR0", 4, 5, 0},
		{"DFR0", 5, 0, UINT64_C(0xf00000000030500f)},
		{"DFR1", 5, 1, 0},
		{"AFR0", 5, 4, 0},
		{"ISAR0", 6, 0, ~UINT64_C(0xf00000f)},
		{"ISAR1", 6, 1, ~UINT64_C(0xf000000000000000)},
		{"ISAR2", 6, 2, 0x0f0fff00},
		{"ISAR3", 6, 3, 0},
		{"MMFR0", 7, 0, ~UINT64_C(0xff000000000000)},
		{"MMFR2", 7, 2, ~UINT64_C(0xf00000000000)},
		{"AArch32's first", 1, 0, 0},
		{"AArch32's last", 3, 7, 0},
	};

	memset(run_id_regs, 0xff, sizeof(run_id_regs));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_rule(rows[i].name, read_reg(REG(3, 0, 0, rows[i].crm, rows[i].op2)),
			    rows[i].value);
	rec.config.sve = true;
	rec.config.pmu = true;
	rec.config.num_bps = 1;
	assert_int_equal(FIELD(read_reg(REG(3, 0, 0, 4, 0)), 35, 32), 0xf);
	assert_int_equal(read_reg(REG(3, 0, 0, 4, 4)), ~UINT64_C(0));
	assert_int_equal(read_reg(REG(3, 0, 0, 5, 0)), UINT64_C(0xf000000000301f0f));
}

static void test_other_classes(void **state)
{
	/* WFI; WFE, and WFIT and WFET as if they had ended early. */
	for (uint64_t ti = 0; ti < 4; ti++) {
		fixture_reset(state);
		assert_int_equal(trap(ESR_EC_WFX, UINT64_C(0x1f) << 5 | ti, 0, 0), RUN_EXIT);
		assert_int_equal(exit_.esr, (uint64_t)ESR_EC_WFX << 26 | (ti != 0));
		assert_int_equal(rec.regs.pc, PC + 4);
	}
	/* pc is behind an HVC when it traps; UNDEF is taken at the HVC. */
	fixture_reset(state);
	assert_int_equal(trap(ESR_EC_HVC64, 0, 0, 0), RUN_INJECT_UNDEF);
	assert_int_equal(rec.regs.pc, PC - 4);
	for (unsigned int ec = 0; ec < 64; ec++) {
		fixture_reset(state);
		if (ec == ESR_EC_WFX || ec == ESR_EC_SYSREG || ec == ESR_EC_HVC64 ||
		    ec == ESR_EC_DABT_LOWER || ec == ESR_EC_IABT_LOWER)
			continue;
		assert_int_equal(trap(ec, 0, 0, 0), RUN_INJECT_UNDEF);
		assert_int_equal(rec.regs.pc, PC);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_gic_write_goes_to_the_host, fixture_reset),
		cmocka_unit_test_setup(test_gic_read_waits_for_the_host, fixture_reset),
		cmocka_unit_test_setup(test_undefined, fixture_reset),
		cmocka_unit_test_setup(test_everything_else_is_zero, fixture_reset),
		cmocka_unit_test_setup(test_debug_registers_are_the_realms, fixture_reset),
		cmocka_unit_test_setup(test_id_registers, fixture_reset),
		cmocka_unit_test_setup(test_other_classes, fixture_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
