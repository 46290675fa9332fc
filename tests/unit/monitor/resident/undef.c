/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * monitor/resident/undef.c: an UNDEFINED exception that EL3 gives to a lower level looks there as
 * if the hardware had taken it (DDI0487, AArch64.TakeException). QEMU has no register that an
 * unprivileged program of the host could touch to get here, so these are all the tests there are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <util.h>
#include "monitor/resident/undef.h"

#define EL0	  0x0
#define EL1T	  0x4
#define EL1H	  0x5
#define EL2T	  0x8
#define EL2H	  0x9
#define USER32	  0x10
#define SVC32	  0x13
#define UND32	  0x1b
#define SYSTEM32  0x1f
#define DAIF	  MASK(9, 6)
#define BTYPE	  MASK(11, 10)
#define SSBS	  BIT(12)
#define ALLINT	  BIT(13)
#define IL	  BIT(20)
#define SS	  BIT(21)
#define PAN	  BIT(22)
#define UAO	  BIT(23)
#define DIT	  BIT(24)
#define TCO	  BIT(25)
#define NZCV	  MASK(31, 28)
#define TGE	  BIT(27)
#define RW	  BIT(31)
#define E2H	  BIT(34)
#define SPAN	  BIT(23)
#define DSSBS	  BIT(44)
#define SPINTMASK BIT(62)
#define MTE2	  (UINT64_C(2) << 8)
#define NMI	  (UINT64_C(1) << 36)

static struct undef_target undef(uint64_t spsr, uint64_t hcr, uint64_t sctlr)
{
	struct undef_source from = {spsr, hcr, sctlr, sctlr, 0};

	return undef_target(&from);
}

static void test_level_and_vector(void **state)
{
	static const struct {
		uint64_t spsr, hcr;
		bool el2;
		uint64_t vector;
	} rows[] = {
		{EL0, RW, false, 0x400},
		{EL0, RW | TGE, true, 0x400},
		{EL0, RW | TGE | E2H, true, 0x400},
		{EL1T, RW, false, 0x000},
		{EL1H, RW, false, 0x200},
		{EL1H, RW | E2H, false, 0x200},
		{EL2T, RW, true, 0x000},
		{EL2H, RW, true, 0x200},
		{EL2H, RW | TGE | E2H, true, 0x200},
		{USER32, RW, false, 0x600},
		{USER32, RW | TGE, true, 0x600},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct undef_target to = undef(rows[i].spsr, rows[i].hcr, 0);

		assert_int_equal(to.el2, rows[i].el2);
		assert_int_equal(to.vector, rows[i].vector);
		assert_int_equal(to.pstate & 0x1f, rows[i].el2 ? EL2H : EL1H);
	}
}

/* A return to AArch64 at EL1 would be illegal there, and an illegal return ends at EL3. */
static void test_el1_in_aarch32_is_never_returned_to_in_aarch64(void **state)
{
	static const uint64_t modes[] = {USER32, SVC32, UND32, SYSTEM32};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct undef_target to = undef(modes[i], 0, 0);

		assert_true(to.el2);
		assert_int_equal(to.vector, 0x600);
		assert_int_equal(to.pstate & 0x1f, EL2H);
	}
}

/* The kernel of a host must not run an unprivileged program's exception with PAN off. */
static void test_pan(void **state)
{
	assert_int_equal(undef(EL0, RW | TGE | E2H, 0).pstate & PAN, PAN);
	assert_int_equal(undef(EL0, RW | TGE | E2H, SPAN).pstate & PAN, 0);
	assert_int_equal(undef(EL0, RW, 0).pstate & PAN, PAN);
	assert_int_equal(undef(EL1H, RW, 0).pstate & PAN, PAN);
	assert_int_equal(undef(EL1H, RW, SPAN).pstate & PAN, 0);
	assert_int_equal(undef(EL1H | PAN, RW, SPAN).pstate & PAN, PAN);
	/* An EL2 that is no kernel of EL0 has no SPAN. */
	assert_int_equal(undef(EL2H, RW, 0).pstate & PAN, 0);
	assert_int_equal(undef(EL2H | PAN, RW, 0).pstate & PAN, PAN);
	assert_int_equal(undef(EL2H, RW | E2H, 0).pstate & PAN, 0);
}

/* The register of the level that takes the exception counts. */
static void test_sctlr_is_that_of_the_target(void **state)
{
	struct undef_source from = {EL0, RW | TGE | E2H, SPAN, DSSBS, 0};
	struct undef_target to = undef_target(&from);

	assert_int_equal(to.pstate & (PAN | SSBS), PAN | SSBS);
	from.hcr_el2 = RW;
	to = undef_target(&from);
	assert_int_equal(to.pstate & (PAN | SSBS), 0);
}

static void test_ssbs_is_the_handlers_own(void **state)
{
	assert_int_equal(undef(EL0 | SSBS, RW, 0).pstate & SSBS, 0);
	assert_int_equal(undef(EL0, RW, DSSBS).pstate & SSBS, SSBS);
}

static void test_what_is_kept_and_what_is_cleared(void **state)
{
	uint64_t pstate = undef(EL1H | NZCV | DIT | PAN | UAO | SS | IL | BTYPE, RW, SPAN).pstate;

	assert_int_equal(pstate, EL1H | DAIF | NZCV | DIT | PAN);
	assert_int_equal(undef(EL0, RW, SPAN).pstate, EL1H | DAIF);
}

static void test_tag_checks_are_off_in_the_handler(void **state)
{
	struct undef_source from = {EL0, RW, SPAN, SPAN, MTE2};

	assert_int_equal(undef_target(&from).pstate & TCO, TCO);
	from.id_aa64pfr1 = 0;
	assert_int_equal(undef_target(&from).pstate & TCO, 0);
	from.spsr |= TCO;
	assert_int_equal(undef_target(&from).pstate & TCO, TCO);
}

static void test_nmi(void **state)
{
	struct undef_source from = {EL0, RW, SPAN, SPAN, NMI};

	assert_int_equal(undef_target(&from).pstate & ALLINT, ALLINT);
	from.sctlr_el1 |= SPINTMASK;
	assert_int_equal(undef_target(&from).pstate & ALLINT, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level_and_vector),
		cmocka_unit_test(test_el1_in_aarch32_is_never_returned_to_in_aarch64),
		cmocka_unit_test(test_pan),
		cmocka_unit_test(test_sctlr_is_that_of_the_target),
		cmocka_unit_test(test_ssbs_is_the_handlers_own),
		cmocka_unit_test(test_what_is_kept_and_what_is_cleared),
		cmocka_unit_test(test_tag_checks_are_off_in_the_handler),
		cmocka_unit_test(test_nmi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
