/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rmm/arch/aarch64/el3.c: what the RMM asks of an EL3, of each kind there is, and what it makes of
 * the answers. The EL3s of these tests answer like the real ones; a question that ends the real one
 * fails the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/firme.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/arch.h"

#define SCR_EL3	  0x1e1100
#define CPTR_EL3  0x1e1140
#define SCR_FGTEN BIT(27)
#define SCR_ENTP2 BIT(41)
#define CPTR_EZ	  BIT(8)
#define CPTR_ESM  BIT(12)
#define PA	  UINT64_C(0x88000000)
#define N	  8

/* Of arch_impl.h: no interrupt is pending here unless a test says so. */
uint32_t machine_irq;
_Thread_local unsigned int machine_cpu;
uint8_t *machine_realm_window;
void (*machine_spin)(void);

/* The EL3 at hand; every call is counted by its function. */
static void (*el3)(uint64_t *x);
static uint64_t scr, cptr; /* what it enables */
static unsigned int asked_features, asked_scr, asked_cptr, ranges, singles, gtsi;
static uint64_t granules_left; /* how many more it changes before it answers range_error */
static int64_t range_error;

void el3_call(struct el3_regs *r)
{
	switch (r->x[0]) {
	case SMCCC_ARCH_FEATURES:
		asked_features++;
		break;
	case SMCCC_ARCH_FEATURE_AVAILABILITY:
		asked_scr += r->x[1] == SCR_EL3;
		asked_cptr += r->x[1] == CPTR_EL3;
		break;
	case FIRME_GM_GPI_SET:
		ranges += r->x[2] > 1;
		singles += r->x[2] == 1;
		break;
	case RMM_EL3_GTSI_DELEGATE:
	case RMM_EL3_GTSI_UNDELEGATE:
		gtsi++;
		break;
	default:
		break;
	}
	el3(r->x);
}

/* Knows nothing: X0 = -1, all other registers are the caller's own. */
static void unknown(uint64_t *x)
{
	x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

static void availability(uint64_t *x)
{
	if (x[0] == SMCCC_ARCH_FEATURES) {
		x[0] = x[1] == SMCCC_ARCH_FEATURE_AVAILABILITY ? SMCCC_SUCCESS
							       : (uint64_t)SMCCC_NOT_SUPPORTED;
		return;
	}
	assert_true(x[1] == SCR_EL3 || x[1] == CPTR_EL3);
	x[0] = SMCCC_SUCCESS;
	x[1] = x[1] == SCR_EL3 ? scr : cptr;
}

/* FIRME's base and granule management services, but for GPI_SET. */
static void firme_features(uint64_t *x)
{
	bool base = x[1] == FIRME_SERVICE_BASE;

	if (x[0] == FIRME_SERVICE_VERSION) {
		x[0] = FIRME_VERSION_1_0;
		return;
	}
	x[1] = base ? FIRME_BASE_1_SERVICE(FIRME_SERVICE_GM) : FIRME_GM_0_GPI_SET;
	x[0] = FIRME_SUCCESS;
}

static bool is_firme_discovery(uint64_t fid)
{
	return fid == FIRME_SERVICE_VERSION || fid == FIRME_SERVICE_FEATURES;
}

static bool is_availability(uint64_t fid)
{
	return fid == SMCCC_ARCH_FEATURES || fid == SMCCC_ARCH_FEATURE_AVAILABILITY;
}

/* Takes one granule at a time and calls a larger count invalid. */
static void one_granule(uint64_t *x)
{
	bool one = x[2] == 1 && granules_left > 0;

	granules_left -= one;
	x[0] = (uint64_t)(one ? FIRME_SUCCESS : x[2] == 1 ? FIRME_DENIED : FIRME_INVALID);
	x[1] = one;
}

static void tf_a(uint64_t *x)
{
	if (is_availability(x[0]))
		availability(x);
	else if (is_firme_discovery(x[0]))
		firme_features(x);
	else if (x[0] == FIRME_GM_GPI_SET)
		one_granule(x);
	else
		unknown(x);
}

/* As above, on a platform built without trace and activity monitors, with assertions. */
static void tf_a_debug(uint64_t *x)
{
	if (x[0] == SMCCC_ARCH_FEATURE_AVAILABILITY && x[1] == CPTR_EL3)
		fail_msg("this EL3 asserts when it is asked for CPTR_EL3");
	tf_a(x);
}

/* Takes ranges; ends one with range_error after granules_left. */
static void ranges_el3(uint64_t *x)
{
	uint64_t n = x[2] < granules_left ? x[2] : granules_left;

	if (x[0] != FIRME_GM_GPI_SET) {
		tf_a(x);
		return;
	}
	granules_left -= n;
	x[0] = (uint64_t)(n == x[2] ? FIRME_SUCCESS : range_error);
	x[1] = n;
}

/* An EL3 that offers granule management and then fails each call, leaving the address in X1. */
static void forgetful(uint64_t *x)
{
	if (x[0] == FIRME_GM_GPI_SET)
		x[0] = (uint64_t)range_error;
	else
		tf_a(x);
}

static void has_trng(uint64_t *x)
{
	assert_int_equal(x[0], TRNG_RND64);
	assert_int_equal(x[1], 64);
	x[0] = TRNG_SUCCESS;
	x[3] = 0x1122334455667788;
}

static int setup(void **state)
{
	asked_features = asked_scr = asked_cptr = ranges = singles = gtsi = 0;
	scr = SCR_FGTEN | SCR_ENTP2;
	cptr = CPTR_EZ | CPTR_ESM;
	granules_left = UINT64_MAX;
	range_error = FIRME_DENIED;
	machine_irq = 0;
	return 0;
}

static void test_an_el3_that_lacks_the_call_is_not_asked(void **state)
{
	struct el3_enabled e;

	el3 = unknown;
	e = el3_enabled(true, true);
	assert_int_equal(asked_features, 1);
	assert_int_equal(asked_scr + asked_cptr, 0);
	assert_int_equal(e.scr, ~UINT64_C(0));
	assert_true(e.sve && e.sme);
}

static void test_no_question_that_a_debug_el3_asserts_on(void **state)
{
	struct el3_enabled e;

	el3 = tf_a_debug;
	e = el3_enabled(true, true);
	assert_int_equal(asked_scr, 1);
	assert_int_equal(e.scr, scr);
	assert_true(e.sve && e.sme);
}

static void test_a_pe_without_vectors_needs_no_question_about_them(void **state)
{
	struct el3_enabled e;

	el3 = tf_a_debug;
	e = el3_enabled(false, false);
	assert_false(e.sve || e.sme);
}

static void test_sve_alone_is_asked_for(void **state)
{
	struct el3_enabled e;

	el3 = tf_a;
	e = el3_enabled(true, false);
	assert_true(e.sve);
	cptr = 0;
	e = el3_enabled(true, false);
	assert_false(e.sve || e.sme);
	assert_int_equal(asked_cptr, 2);
}

static void test_sme_that_el3_keeps_is_hidden(void **state)
{
	struct el3_enabled e;

	el3 = tf_a;
	scr = SCR_FGTEN;
	e = el3_enabled(true, true);
	assert_true(e.sve);
	assert_false(e.sme);
	cptr = 0;
	e = el3_enabled(true, true);
	assert_false(e.sve || e.sme);
}

/* Without FIRME the RMM uses the two GTSI calls, which any EL3 has. */
static void test_no_firme(void **state)
{
	el3 = unknown;
	el3_probe();
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), 0);
	assert_int_equal(gtsi, 1);
	assert_int_equal(ranges + singles, 0);
}

static void test_a_range_is_one_call(void **state)
{
	el3 = ranges_el3;
	el3_probe();
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), N);
	assert_int_equal(ranges, 1);
	assert_int_equal(singles, 0);
}

static void test_a_range_that_ends_early(void **state)
{
	static const int64_t errors[] = {FIRME_INCOMPLETE, FIRME_DENIED, FIRME_INVALID};

	el3 = ranges_el3;
	el3_probe();
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		range_error = errors[i];
		granules_left = 3;
		assert_int_equal(arch_gpi_to_ns(pa_of(PA), N), 3);
	}
	assert_int_equal(singles, 0);
}

/* The RMM believes the count in X1, even where the status says success. */
static void test_success_for_a_part(void **state)
{
	el3 = ranges_el3;
	el3_probe();
	range_error = FIRME_SUCCESS;
	granules_left = 5;
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), 5);
}

/* Such an EL3 leaves the address in X1, which must not be taken for a count. */
static void test_an_error_that_leaves_x1_alone(void **state)
{
	el3 = forgetful;
	el3_probe();
	range_error = FIRME_BUSY;
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), 0);
	range_error = FIRME_NOT_SUPPORTED;
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), 0);
	assert_int_equal(arch_gpi_to_ns(pa_of(GRANULE_SIZE), GRANULE_SIZE), 0);
	assert_int_equal(arch_gpi_to_ns(pa_of(GRANULE_SIZE), GRANULE_SIZE + 1), 0);
}

/* The RMM asks for a range once, then for single granules, until an interrupt or an error. */
static void test_one_granule_at_a_time(void **state)
{
	el3 = tf_a;
	el3_probe();
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), N);
	assert_int_equal(arch_gpi_to_ns(pa_of(PA), N), N);
	assert_int_equal(ranges, 1);
	assert_int_equal(singles, 2 * N);
	machine_irq = 3;
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), 3);
	machine_irq = 0;
	granules_left = 2;
	assert_int_equal(arch_gpi_to_realm(pa_of(PA), N), 2);
	assert_int_equal(ranges, 1);
}

static void test_memory_that_is_not_there(void **state)
{
	el3 = unknown;
	assert_int_equal(el3_reserve(GRANULE_SIZE), 0);
}

static void test_random_words(void **state)
{
	uint64_t word;

	el3 = has_trng;
	assert_true(el3_random(&word));
	assert_int_equal(word, 0x1122334455667788);
	el3 = unknown;
	assert_false(el3_random(&word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_an_el3_that_lacks_the_call_is_not_asked, setup),
		cmocka_unit_test_setup(test_no_question_that_a_debug_el3_asserts_on, setup),
		cmocka_unit_test_setup(test_a_pe_without_vectors_needs_no_question_about_them,
				       setup),
		cmocka_unit_test_setup(test_sve_alone_is_asked_for, setup),
		cmocka_unit_test_setup(test_sme_that_el3_keeps_is_hidden, setup),
		cmocka_unit_test_setup(test_no_firme, setup),
		cmocka_unit_test_setup(test_a_range_is_one_call, setup),
		cmocka_unit_test_setup(test_a_range_that_ends_early, setup),
		cmocka_unit_test_setup(test_success_for_a_part, setup),
		cmocka_unit_test_setup(test_an_error_that_leaves_x1_alone, setup),
		cmocka_unit_test_setup(test_one_granule_at_a_time, setup),
		cmocka_unit_test_setup(test_memory_that_is_not_there, setup),
		cmocka_unit_test_setup(test_random_words, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
