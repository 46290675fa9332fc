/* SPDX-License-Identifier: BSD-3-Clause */
/* The run loop of the simulated machine: a script of the test stands for the Realm. */
#include "machine.h"
#include "rmm/run/run.h"

void (*machine_run)(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit);
bool machine_gic_bad;

bool run_gic_valid(void)
{
	return !machine_gic_bad;
}

void run_fill_lines(struct rec *rec, struct rec_exit *exit)
{
	exit->cntp_ctl = rec->regs.sys.cntp_ctl;
	exit->cntp_cval = rec->regs.sys.cntp_cval;
	exit->cntv_ctl = rec->regs.sys.cntv_ctl;
	exit->cntv_cval = rec->regs.sys.cntv_cval;
}

void run_rec(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	exit->reason = RMI_EXIT_IRQ;
	if (machine_run)
		machine_run(rec, enter, exit);
	run_fill_lines(rec, exit);
}

/* What the tests of REC_ENTER see of rmm/run/'s part; its own tests are tests/unit/rmm/run/. */
unsigned int machine_seas, machine_mmios, machine_sysregs;
uint64_t machine_data;

void run_inject_sea(struct rec *rec)
{
	machine_seas++;
}

void run_complete_mmio(struct rec *rec, uint64_t data)
{
	machine_mmios++;
	machine_data = data;
}

void run_complete_sysreg_read(struct rec *rec, uint64_t data)
{
	machine_sysregs++;
	machine_data = data;
}
