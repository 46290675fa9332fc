// SPDX-License-Identifier: GPL-2.0-only
/*
 * HYP_ENTER, the one call that the kernel's hyp-stub does not have: enters a REC with the GIC state
 * that EL1 has put into its CPU's shared page.
 *
 * EL1 may write to the shared page at any time from another CPU. So what decides over memory is
 * copied once, and the copy is checked. List registers and the like are checked by the RMM, which
 * reads them from the hardware.
 */
#include <asm/sysreg.h>

#include "abi/rmi.h"
#include "host/hyp/calls.h"

#define TIMER_ENABLE 1
#define TIMER_IMASK  2

/*
 * While the REC runs the EL1 timers are the Realm's, but the kernel's next event has to end the
 * run. So the EL2 timer, which nobody else has, is set to that event (docs/spec/rmi-2.0.md section
 * 16).
 */
static void timer_lend(void)
{
	if ((read_sysreg(cntp_ctl_el0) & (TIMER_ENABLE | TIMER_IMASK)) != TIMER_ENABLE)
		return;
	write_sysreg(read_sysreg(cntp_cval_el0), cnthp_cval_el2);
	write_sysreg(TIMER_ENABLE, cnthp_ctl_el2);
}

static void timer_return(void)
{
	write_sysreg(0, cnthp_ctl_el2);
}

static bool page_of_others(const struct hyp_cpu *cpu, u64 pa)
{
	return !(pa & (HYP_PAGE - 1)) && !(pa >= cpu->start && pa < cpu->end);
}

static bool take_arguments(struct hyp_cpu *cpu, const volatile struct cca_switch *from)
{
	struct cca_switch *sw = &cpu->sw;

	sw->rec = from->rec;
	sw->run = from->run;
	sw->used_lrs = from->used_lrs;
	sw->sve_hint = from->sve_hint & RMI_FID_SVE_HINT;
	sw->nr_lrs = cpu->nr_lrs;
	sw->nr_aprs = cpu->nr_aprs;
	return sw->used_lrs <= sw->nr_lrs && page_of_others(cpu, sw->rec) &&
	       page_of_others(cpu, sw->run);
}

u64 hyp_enter(struct hyp_cpu *cpu, u64 size)
{
	struct cca_switch *shared = hyp_shared(cpu), *sw = &cpu->sw;

	if (size != sizeof(*shared) || !take_arguments(cpu, shared))
		return HYP_INVALID;
	hyp_copy_gic(sw, shared, sw->used_lrs, sw->nr_aprs);
	timer_lend();
	cca_switch_enter(sw);
	timer_return();
	hyp_hand_back(shared, sw);
	return HYP_SUCCESS;
}
