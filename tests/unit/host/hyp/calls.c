/* SPDX-License-Identifier: BSD-3-Clause */
/* host/hyp/calls.c: which call leads where, and what EL1 may name as the place where EL2 goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/sysreg.h>

#include "host/hyp/calls.h"

#define RAM_START 0x40000000
#define RAM_END	  0x80000000
#define START	  0x50000000
#define END	  0x50010000
#define OLD_VBAR  0x40200800
#define CODE	  0x41000804 /* aligned as code is, and no more */
#define VECTORS	  0x41000800
#define RESULT	  0x77
#define NO_VBAR	  1 /* not written */

static struct hyp_cpu cpu = {
	.old_vbar = OLD_VBAR,
	.start = START,
	.end = END,
	.ram_start = RAM_START,
	.ram_end = RAM_END,
};
static struct hyp_frame frame, before;
static u64 vbar, enter_size;

u64 shim_read_sysreg(const char *name)
{
	fail_msg("%s is not read", name);
	return 0;
}

void shim_write_sysreg(u64 value, const char *name)
{
	assert_string_equal(name, "vbar_el2");
	vbar = value;
}

u64 hyp_enter(struct hyp_cpu *of, u64 size)
{
	assert_ptr_equal(of, &cpu);
	enter_size = size;
	return RESULT;
}

static u32 call(u64 function, u64 x1)
{
	memset(&frame, 0x5a, sizeof(frame));
	frame.x[0] = function;
	frame.x[1] = x1;
	before = frame;
	vbar = NO_VBAR;
	enter_size = 0;
	return hyp_call(&cpu, &frame);
}

static void expect_x0_alone_changed(u64 x0)
{
	assert_int_equal(frame.x[0], x0);
	before.x[0] = x0;
	assert_memory_equal(&frame, &before, sizeof(frame));
}

static void expect_refused(u64 function, u64 x1)
{
	assert_int_equal(call(function, x1), HYP_RETURN);
	expect_x0_alone_changed(HVC_STUB_ERR);
	assert_int_equal(vbar, NO_VBAR);
}

static void unknown_calls_are_refused(void **state)
{
	static const u64 unknown[] = {HVC_FINALISE_EL2,	      4,    HYP_ENTER - 1, HYP_ENTER + 1,
				      HYP_ENTER | 1ULL << 32, ~0ULL};
	size_t i;

	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		expect_refused(unknown[i], VECTORS);
}

static void enter_gets_its_size_and_gives_its_result(void **state)
{
	assert_int_equal(call(HYP_ENTER, 123), HYP_ENTERED);
	assert_int_equal(enter_size, 123);
	assert_int_equal(vbar, NO_VBAR);
	expect_x0_alone_changed(RESULT);
}

static void reset_vectors_gives_back_the_kernels(void **state)
{
	assert_int_equal(call(HVC_RESET_VECTORS, 3), HYP_LEAVE);
	assert_int_equal(vbar, OLD_VBAR);
}

static void set_vectors_takes_those_of_the_caller(void **state)
{
	assert_int_equal(call(HVC_SET_VECTORS, VECTORS), HYP_LEAVE);
	assert_int_equal(vbar, VECTORS);
}

/* entry.S takes the arguments of the code out of the frame. */
static void soft_restart_leaves_the_arguments_in_place(void **state)
{
	assert_int_equal(call(HVC_SOFT_RESTART, CODE), HYP_RESTART);
	assert_int_equal(vbar, OLD_VBAR);
	assert_memory_equal(&frame, &before, sizeof(frame));
}

static void places_that_are_not_aligned_are_refused(void **state)
{
	expect_refused(HVC_SET_VECTORS, CODE);
	expect_refused(HVC_SET_VECTORS, VECTORS + 1024);
	expect_refused(HVC_SOFT_RESTART, CODE + 1);
	expect_refused(HVC_SOFT_RESTART, CODE + 2);
}

static void places_outside_of_memory_are_refused(void **state)
{
	static const u64 wrong[] = {0, RAM_START - 2048, RAM_END, ~0ULL << 11};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		expect_refused(HVC_SET_VECTORS, wrong[i]);
		expect_refused(HVC_SOFT_RESTART, wrong[i]);
	}
	assert_int_equal(call(HVC_SET_VECTORS, RAM_START), HYP_LEAVE);
	assert_int_equal(call(HVC_SOFT_RESTART, RAM_END - 4), HYP_RESTART);
}

static void the_stubs_own_memory_is_refused(void **state)
{
	expect_refused(HVC_SET_VECTORS, START);
	expect_refused(HVC_SOFT_RESTART, START);
	expect_refused(HVC_SOFT_RESTART, END - 4);
	assert_int_equal(call(HVC_SOFT_RESTART, START - 4), HYP_RESTART);
	assert_int_equal(call(HVC_SET_VECTORS, END), HYP_LEAVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_calls_are_refused),
		cmocka_unit_test(enter_gets_its_size_and_gives_its_result),
		cmocka_unit_test(reset_vectors_gives_back_the_kernels),
		cmocka_unit_test(set_vectors_takes_those_of_the_caller),
		cmocka_unit_test(soft_restart_leaves_the_arguments_in_place),
		cmocka_unit_test(places_that_are_not_aligned_are_refused),
		cmocka_unit_test(places_outside_of_memory_are_refused),
		cmocka_unit_test(the_stubs_own_memory_is_refused),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
