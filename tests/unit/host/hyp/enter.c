/* SPDX-License-Identifier: BSD-3-Clause */
/* host/hyp/enter.c: what EL1 may ask of the EL2 stub, and what it gets back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/sysreg.h>

#include "abi/rmi.h"
#include "host/hyp/calls.h"

#define LRS	    4
#define APRS	    2
#define REC	    0x88001000
#define RUN	    0x41002000
#define START	    0x50000000
#define END	    0x50010000
#define CTL_ENABLE  1
#define CTL_MASK    2
#define STATUS	    0x1234
#define NOT_A_VALUE 0xdeadbeefdeadbeef

/* A CPU's private page and the one it shares with EL1. */
static _Alignas(HYP_PAGE) char pages[2 * HYP_PAGE];
static struct hyp_cpu *const cpu = (struct hyp_cpu *)pages;
static struct cca_switch *shared;

static u64 cntp_ctl, cntp_cval, cnthp_ctl, cnthp_cval;
static unsigned int entered;
static struct cca_switch seen;
static u64 cnthp_ctl_seen, cnthp_cval_seen;

u64 shim_read_sysreg(const char *name)
{
	return strcmp(name, "cntp_ctl_el0") == 0 ? cntp_ctl : cntp_cval;
}

void shim_write_sysreg(u64 value, const char *name)
{
	if (strcmp(name, "cnthp_ctl_el2") == 0)
		cnthp_ctl = value;
	else if (strcmp(name, "cnthp_cval_el2") == 0)
		cnthp_cval = value;
	else
		fail_msg("%s is not the stub's", name);
}

/* Plays the run of a REC: all registers change, and EL1 changes the shared page meanwhile. */
void cca_switch_enter(struct cca_switch *sw)
{
	entered++;
	seen = *sw;
	cnthp_ctl_seen = cnthp_ctl;
	cnthp_cval_seen = cnthp_cval;
	sw->status = STATUS;
	sw->hcr = 0x101;
	sw->vmcr = 0x102;
	for (u32 i = 0; i < SWITCH_MAX_LRS; i++)
		sw->lr[i] = 0x200 + i;
	for (u32 i = 0; i < 4; i++) {
		sw->ap0r[i] = 0x300 + i;
		sw->ap1r[i] = 0x400 + i;
	}
	sw->misr = 0x501;
	sw->eisr = 0x502;
	sw->elrsr = 0x503;
	shared->used_lrs = ~0U;
	shared->nr_lrs = ~0U;
	shared->nr_aprs = ~0U;
}

static int set_up(void **state)
{
	memset(pages, 0xff, sizeof(pages));
	shared = hyp_shared(cpu);
	cpu->start = START;
	cpu->end = END;
	cpu->nr_lrs = LRS;
	cpu->nr_aprs = APRS;
	for (size_t i = 0; i < sizeof(*shared) / 8; i++)
		((u64 *)shared)[i] = NOT_A_VALUE;
	shared->rec = REC;
	shared->run = RUN;
	shared->used_lrs = 2;
	cntp_ctl = cntp_cval = cnthp_ctl = cnthp_cval = 0;
	entered = 0;
	return 0;
}

static u64 enter(void)
{
	return hyp_enter(cpu, sizeof(*shared));
}

static void enters_with_what_the_shared_page_has(void **state)
{
	shared->hcr = 1;
	shared->vmcr = 2;
	shared->lr[0] = 3;
	shared->lr[1] = 4;
	shared->ap0r[1] = 5;
	shared->ap1r[1] = 6;
	assert_int_equal(enter(), HYP_SUCCESS);
	assert_int_equal(entered, 1);
	assert_int_equal(seen.rec, REC);
	assert_int_equal(seen.run, RUN);
	assert_int_equal(seen.used_lrs, 2);
	assert_int_equal(seen.hcr, 1);
	assert_int_equal(seen.vmcr, 2);
	assert_int_equal(seen.lr[0], 3);
	assert_int_equal(seen.lr[1], 4);
	assert_int_equal(seen.ap0r[1], 5);
	assert_int_equal(seen.ap1r[1], 6);
}

static void how_many_registers_there_are_is_not_for_el1_to_say(void **state)
{
	shared->nr_lrs = 16;
	shared->nr_aprs = 4;
	assert_int_equal(enter(), HYP_SUCCESS);
	assert_int_equal(seen.nr_lrs, LRS);
	assert_int_equal(seen.nr_aprs, APRS);
}

static void of_the_function_number_el1_chooses_the_hint_alone(void **state)
{
	shared->sve_hint = 0;
	assert_int_equal(enter(), HYP_SUCCESS);
	assert_int_equal(seen.sve_hint, 0);
	shared->used_lrs = 2;
	shared->sve_hint = ~0U;
	assert_int_equal(enter(), HYP_SUCCESS);
	assert_int_equal(seen.sve_hint, RMI_FID_SVE_HINT);
}

static void hands_back_what_the_realm_left(void **state)
{
	assert_int_equal(enter(), HYP_SUCCESS);
	assert_int_equal(shared->status, STATUS);
	assert_int_equal(shared->hcr, 0x101);
	assert_int_equal(shared->vmcr, 0x102);
	assert_int_equal(shared->lr[0], 0x200);
	assert_int_equal(shared->lr[1], 0x201);
	assert_int_equal(shared->ap0r[0], 0x300);
	assert_int_equal(shared->ap0r[1], 0x301);
	assert_int_equal(shared->ap1r[1], 0x401);
	assert_int_equal(shared->misr, 0x501);
	assert_int_equal(shared->eisr, 0x502);
	assert_int_equal(shared->elrsr, 0x503);
}

/* EL1 changes the counts in the shared page while the REC runs, which must not matter. */
static void writes_no_more_than_was_agreed(void **state)
{
	assert_int_equal(enter(), HYP_SUCCESS);
	for (u32 i = 2; i < SWITCH_MAX_LRS; i++)
		assert_int_equal(shared->lr[i], NOT_A_VALUE);
	for (u32 i = APRS; i < 4; i++) {
		assert_int_equal(shared->ap0r[i], NOT_A_VALUE);
		assert_int_equal(shared->ap1r[i], NOT_A_VALUE);
	}
}

static void refuses(void)
{
	assert_int_equal(enter(), HYP_INVALID);
	assert_int_equal(entered, 0);
	assert_int_equal(cnthp_ctl, 0);
}

/* Arguments of a kernel that knows another layout of the page, or means another call. */
static void a_call_of_others(void **state)
{
	static const u64 wrong[] = {0, 1, sizeof(*shared) - 1, sizeof(*shared) + 1, NOT_A_VALUE};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(hyp_enter(cpu, wrong[i]), HYP_INVALID);
		assert_int_equal(entered, 0);
	}
}

static void more_list_registers_than_there_are(void **state)
{
	static const u32 wrong[] = {LRS + 1, SWITCH_MAX_LRS, SWITCH_MAX_LRS + 1, 0x80000000, ~0U};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shared->used_lrs = wrong[i];
		refuses();
	}
	shared->used_lrs = LRS;
	assert_int_equal(enter(), HYP_SUCCESS);
}

static void addresses_that_are_no_page(void **state)
{
	shared->run = RUN + 8;
	refuses();
	shared->run = RUN;
	shared->rec = REC + 0x800;
	refuses();
}

/* The RMM writes to the run page: it must not be made to write to EL2's memory. */
static void pages_of_the_stub(void **state)
{
	static const u64 wrong[] = {START, START + HYP_PAGE, END - HYP_PAGE};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shared->run = wrong[i];
		refuses();
		shared->run = RUN;
		shared->rec = wrong[i];
		refuses();
		shared->rec = REC;
	}
	shared->run = START - HYP_PAGE;
	assert_int_equal(enter(), HYP_SUCCESS);
	shared->used_lrs = 0;
	shared->run = END;
	assert_int_equal(enter(), HYP_SUCCESS);
}

static void the_kernels_next_event_ends_the_run(void **state)
{
	cntp_ctl = CTL_ENABLE;
	cntp_cval = 4711;
	assert_int_equal(enter(), HYP_SUCCESS);
	assert_int_equal(cnthp_ctl_seen, CTL_ENABLE);
	assert_int_equal(cnthp_cval_seen, 4711);
	assert_int_equal(cnthp_ctl, 0);
}

static void without_one_nothing_does(void **state)
{
	static const u64 off[] = {0, CTL_MASK, CTL_ENABLE | CTL_MASK};

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		cntp_ctl = off[i];
		shared->used_lrs = 0;
		assert_int_equal(enter(), HYP_SUCCESS);
		assert_int_equal(cnthp_ctl_seen, 0);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(enters_with_what_the_shared_page_has),
		TEST(how_many_registers_there_are_is_not_for_el1_to_say),
		TEST(of_the_function_number_el1_chooses_the_hint_alone),
		TEST(hands_back_what_the_realm_left),
		TEST(writes_no_more_than_was_agreed),
		TEST(a_call_of_others),
		TEST(more_list_registers_than_there_are),
		TEST(addresses_that_are_no_page),
		TEST(pages_of_the_stub),
		TEST(the_kernels_next_event_ends_the_run),
		TEST(without_one_nothing_does),
	};

	return cmocka_run_group_tests_name("enter", tests, NULL, NULL);
}
