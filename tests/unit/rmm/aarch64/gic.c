/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * List registers: what REC_ENTER has checked before a run still holds after the RMM has delivered a
 * timer in it (abi/rmi_ext.h).
 */
#include "hw.h"
#include "rmm/arch/aarch64/gic.h"
#include "rmm/run/run.h"

#define ELRSR	    "S3_4_C12_C11_5"
#define MISR	    "S3_4_C12_C11_2"
#define EISR	    "S3_4_C12_C11_3"
#define PENDING	    BIT(62)
#define ACTIVE	    BIT(63)
#define HW	    BIT(61)
#define GROUP1	    BIT(60)
#define EOI	    BIT(41)
#define VTIMER	    (GROUP1 | UINT64_C(0x80) << 48 | 27)
#define PTIMER	    (GROUP1 | UINT64_C(0x80) << 48 | 30)
#define LRS	    4
#define NOT_CHANGED (~0u)

static const char *const lr_name[LRS] = {"S3_4_C12_C12_0", "S3_4_C12_C12_1", "S3_4_C12_C12_2",
					 "S3_4_C12_C12_3"};

/* ELRSR as the architecture makes it: State 0, and HW 1 or EOI 0. */
static void set_lrs(const uint64_t *lr)
{
	uint64_t empty = 0;

	machine.num_lrs = LRS;
	for (unsigned int i = 0; i < LRS; i++) {
		hw_set(lr_name[i], lr[i]);
		if (!(lr[i] & (PENDING | ACTIVE)) && ((lr[i] & HW) || !(lr[i] & EOI)))
			empty |= BIT(i);
	}
	hw_set(ELRSR, empty);
}

static void test_checked(void **state)
{
	static const struct {
		const char *rule;
		uint64_t lr[LRS];
		bool valid;
	} rows[] = {
		{"all empty", {0}, true},
		{"two timers, and a register left for one",
		 {PENDING | VTIMER, ACTIVE | PTIMER, VTIMER},
		 true},
		{"the same interrupt twice", {PENDING | VTIMER, 0, 0, ACTIVE | VTIMER}, false},
		{"HW 1", {PENDING | HW | 40}, false},
		{"HW 1 in an empty register", {HW | 40}, true},
		{"an end of interrupt beside the same interrupt",
		 {EOI | VTIMER, PENDING | VTIMER},
		 true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_lrs(rows[i].lr);
		assert_rule(rows[i].rule, run_gic_valid(), rows[i].valid);
	}
}

/* Into which register, if any, a timer's interrupt is put. All registers are valid afterwards. */
static void test_delivered(void **state)
{
	static const struct {
		const char *rule;
		uint64_t lr[LRS];
		unsigned int into;
	} rows[] = {
		{"the first register", {VTIMER}, 0},
		{"the last of three", {PTIMER, 0, VTIMER}, 2},
		{"the other timer is pending", {PENDING | PTIMER, VTIMER}, 1},
		{"no register", {0}, NOT_CHANGED},
		{"a register for the other timer", {PTIMER}, NOT_CHANGED},
		{"a register with HW 1 is not for a timer", {HW | VTIMER}, NOT_CHANGED},
		{"another register may be", {HW | VTIMER, VTIMER}, 1},
		{"the same vINTID pending in front", {PENDING | VTIMER, VTIMER}, NOT_CHANGED},
		{"the same vINTID active behind", {VTIMER, 0, 0, ACTIVE | VTIMER}, NOT_CHANGED},
		{"one that waits for the host to see its end does not count",
		 {EOI | VTIMER, VTIMER},
		 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t now[LRS];

		set_lrs(rows[i].lr);
		assert_rule(rows[i].rule, gic_deliver_timer(GIC_TIMER_V),
			    rows[i].into != NOT_CHANGED);
		for (unsigned int k = 0; k < LRS; k++) {
			now[k] = hw_reg(lr_name[k]);
			assert_rule(rows[i].rule, now[k],
				    k == rows[i].into ? (rows[i].lr[k] | PENDING | EOI)
						      : rows[i].lr[k]);
		}
		set_lrs(now);
		assert_true(run_gic_valid());
	}
}

/* Of two registers left for one timer only one is used: a second expiry meanwhile is an exit. */
static void test_second_expiry(void **state)
{
	set_lrs((const uint64_t[LRS]){VTIMER, VTIMER});
	assert_true(gic_deliver_timer(GIC_TIMER_V));
	set_lrs((const uint64_t[LRS]){ACTIVE | EOI | VTIMER, VTIMER});
	assert_false(gic_deliver_timer(GIC_TIMER_V));
}

/* The end of an interrupt is no exit if it is a timer's and the timer's output is low. */
static void test_quiet_ends(void **state)
{
	set_lrs((const uint64_t[LRS]){EOI | VTIMER, EOI | 40});
	hw_set(MISR, 1);
	hw_set(EISR, BIT(0));
	assert_int_equal(gic_quiet_timers_ended(GIC_TIMER_P), 0);
	assert_int_equal(gic_quiet_timers_ended(GIC_TIMER_V), GIC_TIMER_V);
	assert_int_equal(hw_reg(lr_name[0]), VTIMER);
	hw_set(EISR, BIT(0) | BIT(1));
	assert_int_equal(gic_quiet_timers_ended(GIC_TIMER_V), 0);
	assert_int_equal(hw_reg(lr_name[1]), EOI | 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_checked, hw_reset),
		cmocka_unit_test_setup(test_delivered, hw_reset),
		cmocka_unit_test_setup(test_second_expiry, hw_reset),
		cmocka_unit_test_setup(test_quiet_ends, hw_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
