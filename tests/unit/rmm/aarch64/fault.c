/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HPFAR_EL2 is UNKNOWN after a permission fault that was not on a walk. In these tests it is
 * rubbish then, and the RMM must take the address from the Realm's own translation of FAR_EL2.
 */
#include "rmm/arch/aarch64/fault.h"
#include "hw.h"

#define RUBBISH	 UINT64_C(0xbadbadbad0)
#define REALMS	 UINT64_C(0x9a9a)
#define VA	 UINT64_C(0x00007f0012345678)
#define IPA	 UINT64_C(0x000f808012345000)
#define ATTR	 (UINT64_C(0xff) << 56 | 0xb80)
#define EL0	 UINT64_C(0x3c0)
#define EL0_A32	 UINT64_C(0x1d0)
#define EL1H	 UINT64_C(0x3c5)
#define DABT	 (UINT64_C(0x24) << 26)
#define IABT	 (UINT64_C(0x20) << 26)
#define S1PTW	 BIT(7)
#define WNR	 BIT(6)
#define PERM(l)	 (0xcu | (l))
#define TRANS(l) (0x4u | (l))

static struct rec rec;
static uint64_t answer;

static void translate(const char *what, uint64_t va)
{
	if (strncmp(what, "at ", 3) != 0)
		return;
	assert_int_equal(va, VA);
	hw_set("par_el1", answer);
}

static bool complete(uint64_t esr, uint64_t pstate, struct run_trap *trap)
{
	bool done;

	*trap = (struct run_trap){.esr = esr, .far = VA, .hpfar = RUBBISH};
	memset(&rec, 0, sizeof(rec));
	rec.regs.pstate = pstate;
	hw_reset(NULL);
	hw_hook = translate;
	hw_set("par_el1", REALMS);
	done = fault_complete(&rec, trap);
	assert_int_equal(hw_reg("par_el1"), REALMS);
	return done;
}

static void test_computed(void **state)
{
	struct run_trap trap;

	answer = IPA | ATTR;
	assert_true(complete(DABT | WNR | PERM(3), EL1H, &trap));
	assert_int_equal(trap.hpfar, IPA >> 12 << 4);
	/* The translation is complete before its result is read. */
	assert_true(hw_find(hw_find(0, "at s1e1r"), "isb") > 0);
	assert_true(complete(DABT | PERM(2), EL0, &trap));
	assert_int_equal(trap.hpfar, IPA >> 12 << 4);
	hw_find(0, "at s1e0r");
	assert_true(complete(DABT | PERM(2), EL0_A32, &trap));
	hw_find(0, "at s1e0r");
}

static void test_changed_meanwhile(void **state)
{
	struct run_trap trap;

	answer = 1 | 0x0a;
	assert_false(complete(DABT | PERM(3), EL1H, &trap));
}

/* Where HPFAR_EL2 is valid, the RMM uses it and executes no translation. */
static void test_known(void **state)
{
	static const uint64_t esr[] = {
		DABT | TRANS(3),	   DABT | S1PTW | PERM(3), DABT | 0x09,
		IABT | TRANS(1),	   IABT | PERM(3),	   DABT | 0x10,
		UINT64_C(0x18) << 26 | 0xc};

	for (size_t i = 0; i < ARRAY_SIZE(esr); i++) {
		struct run_trap trap;

		assert_true(complete(esr[i], EL1H, &trap));
		assert_int_equal(trap.hpfar, RUBBISH);
		assert_int_equal(hw_log_length, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_computed),
		cmocka_unit_test(test_changed_meanwhile),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
