/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's calls, from boot.S to the RMI front end. */
#include "rmm/arch/aarch64/cpu.h"
#include "rmm/rmi2/rmi.h"

void main_serve(struct rmi_regs *r);

void main_serve(struct rmi_regs *r)
{
	struct cpu *cpu = this_cpu();

	cpu->rmi_fid = r->x[0];
	rmi2_handle(r);
	if (cpu->fp.owner != FP_HOST)
		fp_restore_host();
}
