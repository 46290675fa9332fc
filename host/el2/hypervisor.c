// SPDX-License-Identifier: GPL-2.0-only
/*
 * The project's hypervisor at EL2 (docs/protected.md), if the kernel was started by it: how it is
 * found, and the pages that the CPUs share with it. It stays at EL2 whatever the module does.
 */
#include <linux/arm-smccc.h>
#include <linux/io.h>

#include "abi/hyp.h"
#include "host/compat/kernel.h"
#include "host/el2/stub.h"

/*
 * Each CPU's shared page, mapped when the CPU first comes online. The mapping stays until the
 * module goes, also while the CPU is offline.
 */
static DEFINE_PER_CPU(void *, mapped);

bool cca_hypervisor_found(void)
{
	struct arm_smccc_res res;

	/* Where the kernel does not call its firmware by SMC, the instruction may be undefined. */
	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return false;
	arm_smccc_smc(HYP_CALL_UID, 0, 0, 0, 0, 0, 0, 0, &res);
	return (u32)res.a0 == HYP_UID_0 && (u32)res.a1 == HYP_UID_1 && (u32)res.a2 == HYP_UID_2 &&
	       (u32)res.a3 == HYP_UID_3;
}

int cca_hypervisor_online(unsigned int cpu)
{
	struct arm_smccc_res res;

	arm_smccc_smc(HYP_CALL_INFO, 0, 0, 0, 0, 0, 0, 0, &res);
	if (res.a0)
		return -EIO;
	if (!this_cpu_read(mapped))
		this_cpu_write(mapped, memremap(res.a2, PAGE_SIZE, MEMREMAP_WB));
	if (!this_cpu_read(mapped))
		return -ENOMEM;
	WRITE_ONCE(cca_el2_vtr, res.a3);
	this_cpu_write(cca_el2_shared, this_cpu_read(mapped));
	return 0;
}

int cca_hypervisor_offline(unsigned int cpu)
{
	this_cpu_write(cca_el2_shared, NULL);
	return 0;
}

void cca_hypervisor_forget(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		if (per_cpu(mapped, cpu))
			memunmap(per_cpu(mapped, cpu));
		per_cpu(mapped, cpu) = NULL;
	}
}
