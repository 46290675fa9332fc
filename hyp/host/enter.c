/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HYP_ENTER: enters a REC with the GIC state that the host has put into its CPU's shared page. The
 * host may write to the page at any time from another CPU, so what is used is copied once.
 */
#include <asm/sysreg.h>

#include "abi/hyp.h"
#include "abi/rmi.h"
#include "host/hyp/switch.h"
#include "hyp/hyp.h"

/* With HCR_EL2.E2H the plain names are the EL2 timers, and these the host's. */
#define CNTP_CTL_EL02  S3_5_C14_C2_1
#define CNTP_CVAL_EL02 S3_5_C14_C2_2
#define CNTV_CTL_EL02  S3_5_C14_C3_1
#define CNTV_CVAL_EL02 S3_5_C14_C3_2
#define ICH_VTR_EL2    S3_4_C12_C11_1

#define TIMER_ENABLE 1
#define TIMER_IMASK  2

static bool is_armed(u64 ctl)
{
	return (ctl & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE;
}

/*
 * While the REC runs the EL1 timers are the Realm's, but the host's next event has to end the run.
 * So the EL2 timer is set to the earlier event of the host's two timers. CNTVOFF_EL2 is 0 for the
 * host, so that both count alike.
 */
static void timer_lend(void)
{
	u64 event = ~0UL;

	if (is_armed(read_sysreg(CNTP_CTL_EL02)))
		event = read_sysreg(CNTP_CVAL_EL02);
	if (is_armed(read_sysreg(CNTV_CTL_EL02)) && read_sysreg(CNTV_CVAL_EL02) < event)
		event = read_sysreg(CNTV_CVAL_EL02);
	if (event == ~0UL)
		return;
	write_sysreg(event, cnthp_cval_el2);
	write_sysreg(TIMER_ENABLE, cnthp_ctl_el2);
}

static void timer_return(void)
{
	write_sysreg(0, cnthp_ctl_el2);
}

/*
 * The RMM writes the run page, in the host's name: so the page must be the host's. A REC is a page
 * that the host once had, too, and the RMM refuses what is no REC.
 */
static bool take_arguments(const struct hyp_cpu *cpu, struct cca_switch *sw)
{
	const volatile struct cca_switch *from = (const volatile struct cca_switch *)cpu->shared;

	sw->rec = from->rec;
	sw->run = from->run;
	sw->used_lrs = from->used_lrs;
	sw->sve_hint = from->sve_hint & RMI_FID_SVE_HINT;
	sw->nr_lrs = cpu->nr_lrs;
	sw->nr_aprs = cpu->nr_aprs;
	return sw->used_lrs <= sw->nr_lrs && host_has_page(sw->rec) && host_has_page(sw->run);
}

void enter_init(struct hyp_cpu *cpu)
{
	u64 vtr = read_sysreg(ICH_VTR_EL2);

	cpu->nr_lrs = switch_nr_lrs(vtr);
	cpu->nr_aprs = switch_nr_aprs(vtr);
}

uint64_t enter_rec(const struct hyp_cpu *cpu, uint64_t size)
{
	struct cca_switch *shared = (struct cca_switch *)cpu->shared;
	struct cca_switch sw;

	if (size != sizeof(sw) || !take_arguments(cpu, &sw))
		return HYP_INVALID;
	hyp_copy_gic(&sw, shared, sw.used_lrs, sw.nr_aprs);
	timer_lend();
	cca_switch_enter(&sw);
	timer_return();
	hyp_copy_gic(shared, &sw, sw.used_lrs, sw.nr_aprs);
	hyp_copy_results(shared, &sw);
	return HYP_SUCCESS;
}
