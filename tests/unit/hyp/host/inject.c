/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp/host/inject.c: what the host's handler finds. Values of DDI0487 D1.3, D19 (ESR_ELx). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <util.h>

#include "hyp/host/inject.h"

#define VBAR	   UINT64_C(0xffff800080010800)
#define PC	   UINT64_C(0xffff800080123458)
#define FAR	   UINT64_C(0xffff000012345678)
#define EL0	   0x0
#define EL1T	   0x4
#define EL1H	   0x5
#define AARCH32	   0x10 /* user mode */
#define MASKED	   0x3c5
#define NZCV	   0xf0000000
#define TCO	   BIT(25)
#define DIT	   BIT(24)
#define UAO	   BIT(23)
#define PAN	   BIT(22)
#define SS	   BIT(21)
#define ILLEGAL	   BIT(20)
#define ALLINT	   BIT(13)
#define SSBS	   BIT(12)
#define BTYPE	   (BIT(10) | BIT(11))
#define SPAN	   BIT(23)
#define DSSBS	   BIT(44)
#define SPINTMASK  BIT(62)
#define HAS_MTE	   BIT(8)
#define HAS_NMI	   BIT(36)
#define DABT_LOWER (UINT64_C(0x24) << 26)
#define IABT_LOWER (UINT64_C(0x20) << 26)
#define IL	   BIT(25)

static struct trap trap;
static struct injected got;

static int setup(void **state)
{
	trap = (struct trap){DABT_LOWER | IL, FAR, PC, EL1H, VBAR, SPAN, 0};
	return 0;
}

static void abort_with(uint64_t esr, uint64_t pstate)
{
	trap.esr = esr;
	trap.pstate = pstate;
	inject_abort(&trap, &got);
}

static void data_abort_is_an_alignment_fault(void **state)
{
	/* A translation fault at level 3 of stage 2, with the syndrome of the instruction. */
	abort_with(DABT_LOWER | IL | BIT(24) | 0x00c30007, EL1H);
	assert_int_equal(got.esr, UINT64_C(0x96000021));
	abort_with(DABT_LOWER | IL | 0x7, EL0);
	assert_int_equal(got.esr, UINT64_C(0x92000021));
	assert_int_equal(got.far, FAR);
	assert_int_equal(got.elr, PC);
}

static void write_and_cache_maintenance_are_told(void **state)
{
	abort_with(DABT_LOWER | IL | BIT(6) | 0x7, EL1H);
	assert_int_equal(got.esr, UINT64_C(0x96000061));
	abort_with(DABT_LOWER | IL | BIT(8) | BIT(6) | 0x7, EL0);
	assert_int_equal(got.esr, UINT64_C(0x92000161));
}

/* Of a walk of the host's own tables the host is told no more than of other accesses. */
static void walk_is_an_access(void **state)
{
	abort_with(DABT_LOWER | IL | BIT(7) | 0x4, EL0);
	assert_int_equal(got.esr, UINT64_C(0x92000021));
}

static void instruction_abort_is_external(void **state)
{
	abort_with(IABT_LOWER | IL | 0xf, EL1H);
	assert_int_equal(got.esr, UINT64_C(0x86000010));
	abort_with(IABT_LOWER | IL | BIT(7) | 0x7, EL0);
	assert_int_equal(got.esr, UINT64_C(0x82000010));
	assert_int_equal(got.far, FAR);
	/* A T32 instruction of 16 bits has IL clear. */
	abort_with(IABT_LOWER | 0x7, AARCH32);
	assert_int_equal(got.esr, UINT64_C(0x80000010));
}

static void undefined_is_of_unknown_reason(void **state)
{
	inject_undefined(&trap, &got);
	assert_int_equal(got.esr, IL);
	assert_int_equal(got.elr, PC);
	assert_int_equal(got.far, 0);
}

static void vector_is_that_of_the_level(void **state)
{
	static const struct {
		uint64_t pstate, vector, ec;
	} rows[] = {
		{EL0, 0x400, 0x24},	{EL1T, 0x000, 0x25},	       {EL1H, 0x200, 0x25},
		{AARCH32, 0x600, 0x24}, {NZCV | AARCH32, 0x600, 0x24},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		abort_with(DABT_LOWER | IL | 0x7, rows[i].pstate);
		assert_int_equal(got.pc, VBAR + rows[i].vector);
		assert_int_equal(got.esr >> 26, rows[i].ec);
		assert_int_equal(got.spsr, rows[i].pstate);
		inject_undefined(&trap, &got);
		assert_int_equal(got.pc, VBAR + rows[i].vector);
		assert_int_equal(got.spsr, rows[i].pstate);
	}
}

static void pstate_is_that_of_an_exception(void **state)
{
	static const struct {
		uint64_t old, sctlr, pfr1, pstate;
	} rows[] = {
		{EL0, SPAN, 0, MASKED},
		{NZCV | DIT | PAN, SPAN, 0, MASKED | NZCV | DIT | PAN},
		{UAO | SS | ILLEGAL | BTYPE | SSBS | TCO | ALLINT, SPAN, 0, MASKED},
		{EL0, 0, 0, MASKED | PAN},
		{EL0, SPAN | DSSBS, 0, MASKED | SSBS},
		{EL0, SPAN, HAS_MTE, MASKED | TCO},
		{EL0, SPAN, HAS_NMI, MASKED | ALLINT},
		{EL0, SPAN | SPINTMASK, HAS_NMI, MASKED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		trap.sctlr = rows[i].sctlr;
		trap.pfr1 = rows[i].pfr1;
		abort_with(DABT_LOWER | IL | 0x7, rows[i].old);
		assert_int_equal(got.pstate, rows[i].pstate);
		assert_int_equal(got.spsr, rows[i].old);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(data_abort_is_an_alignment_fault, setup),
		cmocka_unit_test_setup(write_and_cache_maintenance_are_told, setup),
		cmocka_unit_test_setup(walk_is_an_access, setup),
		cmocka_unit_test_setup(instruction_abort_is_external, setup),
		cmocka_unit_test_setup(undefined_is_of_unknown_reason, setup),
		cmocka_unit_test_setup(vector_is_that_of_the_level, setup),
		cmocka_unit_test_setup(pstate_is_that_of_an_exception, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
