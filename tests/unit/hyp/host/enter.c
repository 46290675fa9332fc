/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp/host/enter.c: what the host may enter, whose timers run meanwhile, and what it gets back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/sysreg.h>

#include "abi/hyp.h"
#include "abi/rmi.h"
#include "host/hyp/switch.h"
#include "hyp/hyp.h"

#define LRS	  4
#define VTR	  (LRS - 1)
#define REC	  0x41001000
#define RUN	  0x41002000
#define NOT_HOSTS 0x50000000
#define STATUS	  0x1234
#define ARMED	  1
#define MASKED	  3
#define PHYSICAL  500
#define VIRTUAL	  400
#define NO_TIMER  7

static struct cca_switch shared, seen;
static struct hyp_cpu cpu;
static u64 cntp_ctl, cntv_ctl, cnthp_ctl, cnthp_cval, cnthp_ctl_seen, cnthp_cval_seen;
static unsigned int entered;

/* Registers by their names in the file under test. */
u64 shim_read_sysreg(const char *name)
{
	const struct {
		const char *name;
		u64 value;
	} regs[] = {
		{"ICH_VTR_EL2", VTR},	      {"CNTP_CTL_EL02", cntp_ctl},
		{"CNTP_CVAL_EL02", PHYSICAL}, {"CNTV_CTL_EL02", cntv_ctl},
		{"CNTV_CVAL_EL02", VIRTUAL},
	};

	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		if (strcmp(name, regs[i].name) == 0)
			return regs[i].value;
	}
	fail_msg("%s is not to be read", name);
	return 0;
}

void shim_write_sysreg(u64 value, const char *name)
{
	if (strcmp(name, "cnthp_ctl_el2") == 0)
		cnthp_ctl = value;
	else if (strcmp(name, "cnthp_cval_el2") == 0)
		cnthp_cval = value;
	else
		fail_msg("%s is not to be written", name);
}

bool host_has_page(uint64_t pa)
{
	return pa % 4096 == 0 && pa != NOT_HOSTS;
}

/* Plays the run of a REC, while another CPU changes the shared page. */
void cca_switch_enter(struct cca_switch *sw)
{
	entered++;
	seen = *sw;
	cnthp_ctl_seen = cnthp_ctl;
	cnthp_cval_seen = cnthp_cval;
	sw->status = STATUS;
	for (u32 i = 0; i < SWITCH_MAX_LRS; i++)
		sw->lr[i] = 0x200 + i;
	shared.used_lrs = ~0U;
	shared.nr_lrs = ~0U;
	shared.nr_aprs = ~0U;
}

static int setup(void **state)
{
	memset(&shared, 0xff, sizeof(shared));
	shared.rec = REC;
	shared.run = RUN;
	shared.used_lrs = 2;
	shared.sve_hint = 0;
	cpu.shared = (uint64_t)&shared;
	enter_init(&cpu);
	cntp_ctl = cntv_ctl = 0;
	cnthp_ctl = cnthp_cval = NO_TIMER;
	entered = 0;
	return 0;
}

static void enters_what_the_page_says(void **state)
{
	assert_int_equal(enter_rec(&cpu, sizeof(shared)), HYP_SUCCESS);
	assert_int_equal(entered, 1);
	assert_int_equal(seen.rec, REC);
	assert_int_equal(seen.run, RUN);
	assert_int_equal(seen.used_lrs, 2);
	assert_int_equal(seen.nr_lrs, LRS);
	assert_int_equal(seen.nr_aprs, 1);
	assert_int_equal(shared.status, STATUS);
	assert_int_equal(shared.lr[1], 0x201);
	/* As many list registers come back as the checked copy said. */
	assert_int_equal(shared.lr[2], ~0UL);
}

static void assert_refused(uint64_t size)
{
	assert_int_equal(enter_rec(&cpu, size), HYP_INVALID);
	assert_int_equal(entered, 0);
	assert_int_equal(cnthp_ctl, NO_TIMER);
	setup(NULL);
}

static void refuses_what_is_out_of_range(void **state)
{
	assert_refused(0);
	assert_refused(sizeof(shared) + 1);
	shared.used_lrs = LRS + 1;
	assert_refused(sizeof(shared));
	shared.used_lrs = ~0U;
	assert_refused(sizeof(shared));
}

static void refuses_pages_that_the_host_has_not(void **state)
{
	shared.run = NOT_HOSTS;
	assert_refused(sizeof(shared));
	shared.rec = NOT_HOSTS;
	assert_refused(sizeof(shared));
	shared.run = RUN + 8;
	assert_refused(sizeof(shared));
	shared.rec = REC + 8;
	assert_refused(sizeof(shared));
}

static void hint_is_the_only_bit_of_the_function(void **state)
{
	shared.sve_hint = ~0U;
	enter_rec(&cpu, sizeof(shared));
	assert_int_equal(seen.sve_hint, RMI_FID_SVE_HINT);
}

static void earlier_timer_ends_the_run(void **state)
{
	static const struct {
		u64 cntp, cntv, ctl, cval;
	} cases[] = {
		{0, 0, NO_TIMER, NO_TIMER},	{MASKED, MASKED, NO_TIMER, NO_TIMER},
		{ARMED, 0, ARMED, PHYSICAL},	{0, ARMED, ARMED, VIRTUAL},
		{ARMED, ARMED, ARMED, VIRTUAL}, {ARMED, MASKED, ARMED, PHYSICAL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(NULL);
		cntp_ctl = cases[i].cntp;
		cntv_ctl = cases[i].cntv;
		assert_int_equal(enter_rec(&cpu, sizeof(shared)), HYP_SUCCESS);
		assert_int_equal(cnthp_ctl_seen, cases[i].ctl);
		assert_int_equal(cnthp_cval_seen, cases[i].cval);
		assert_int_equal(cnthp_ctl, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(enters_what_the_page_says, setup),
		cmocka_unit_test_setup(refuses_what_is_out_of_range, setup),
		cmocka_unit_test_setup(refuses_pages_that_the_host_has_not, setup),
		cmocka_unit_test_setup(hint_is_the_only_bit_of_the_function, setup),
		cmocka_unit_test_setup(earlier_timer_ends_the_run, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
