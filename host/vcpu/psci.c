// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI calls of a Realm that the RMM leaves to the host (docs/spec/rsi.md section 5): the power of
 * vCPUs and of the VM. The RMM decides and keeps the entry points; the host puts the threads to
 * sleep and wakes them.
 */
#include <linux/delay.h>
#include <linux/sched/signal.h>

#include "abi/psci.h"
#include "host/mpidr.h"
#include "host/rmi/commands.h"
#include "host/vcpu/kick.h"
#include "host/vcpu/run.h"

static struct cca_vcpu *psci_target(struct cca_vm *vm, u64 mpidr)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++) {
		if (vm->vcpus[i]->mpidr == (mpidr & MPIDR_AFFINITY))
			return vm->vcpus[i];
	}
	return NULL;
}

/*
 * The order matters against cca_psci_power_off(): each sets its flag first and then looks at the
 * other's.
 */
static void psci_power_on(struct cca_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->power_on, true);
	smp_mb();
	WRITE_ONCE(vcpu->power_off, false);
	cca_vcpu_kick(vcpu);
}

void cca_psci_power_off(struct cca_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->power_off, true);
	smp_mb();
	/*
	 * The RMM may have granted a CPU_ON after this REC went off, and its psci_power_on() may
	 * have been here before us. A CPU_ON from before, which found the vCPU running, looks the
	 * same and is taken for such a one. Then the REC refuses to run, and this function is
	 * called again.
	 */
	if (xchg(&vcpu->power_on, false))
		WRITE_ONCE(vcpu->power_off, false);
}

static int psci_complete(struct cca_vcpu *vcpu, struct cca_vcpu *target, s64 result)
{
	u64 status = rmi_psci_complete(vcpu->rec, target->rec, (u64)result);

	return rmi_errno(status);
}

static int psci_cpu_on(struct cca_vcpu *vcpu, u64 mpidr)
{
	struct cca_vcpu *target = psci_target(vcpu->vm, mpidr);
	int ret;

	/*
	 * The RMM has checked the MPIDR, and each of its RECs is one of our vCPUs. So this is a
	 * defect of the RMM.
	 */
	if (!target || target == vcpu)
		return -ENXIO;
	ret = psci_complete(vcpu, target, PSCI_SUCCESS);
	if (!ret)
		psci_power_on(target);
	return ret ?: 1;
}

/*
 * Only an RMM of an early draft exits with this. It answers the Realm itself, once the host has
 * told it to.
 */
static int psci_affinity_info(struct cca_vcpu *vcpu, u64 mpidr)
{
	struct cca_vcpu *target = psci_target(vcpu->vm, mpidr);

	if (!target)
		return -ENXIO;
	return psci_complete(vcpu, target, PSCI_SUCCESS) ?: 1;
}

static int psci_system_event(struct cca_vcpu *vcpu, u32 type)
{
	struct cca_vm *vm = vcpu->vm;
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++) {
		WRITE_ONCE(vm->vcpus[i]->power_off, true);
		cca_vcpu_kick(vm->vcpus[i]);
	}
	memset(&vcpu->run->system_event, 0, sizeof(vcpu->run->system_event));
	vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	vcpu->run->system_event.type = type;
	vcpu->run->system_event.ndata = 1;
	return 0;
}

static bool psci_others_exiting(struct cca_vcpu *vcpu)
{
	struct cca_vm *vm = vcpu->vm;
	unsigned int i, n = cca_nr_vcpus(vm);
	bool any = false;

	for (i = 0; i < n; i++) {
		if (vm->vcpus[i] == vcpu || !smp_load_acquire(&vm->vcpus[i]->exiting))
			continue;
		cca_vcpu_kick(vm->vcpus[i]);
		any = true;
	}
	return any;
}

/*
 * Once a Realm has called SYSTEM_OFF the RMM refuses all its RECs. The vCPU that called it may not
 * have got as far as stopping the others. So this waits until each other vCPU has handled its exit.
 * Either this vCPU is stopped by then, or the Realm has not ended by its own will.
 */
int cca_psci_realm_ended(struct cca_vcpu *vcpu)
{
	smp_store_release(&vcpu->exiting, false);
	while (psci_others_exiting(vcpu) && !READ_ONCE(vcpu->power_off)) {
		if (signal_pending(current) || READ_ONCE(vcpu->vm->dead))
			return 1;
		usleep_range(50, 500);
	}
	if (READ_ONCE(vcpu->power_off))
		return 1;
	vcpu->run->exit_reason = KVM_EXIT_SHUTDOWN;
	return 0;
}

int cca_psci_exit(struct cca_vcpu *vcpu)
{
	const u64 *gprs = vcpu->rec_run->exit.gprs;
	u32 fid = gprs[0];
	u64 mpidr = gprs[1];

	switch (fid) {
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
		vcpu->wait_for_irq = true;
		return 1;
	case PSCI_CPU_OFF:
		vcpu->went_off = true;
		cca_psci_power_off(vcpu);
		return 1;
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
		return psci_cpu_on(vcpu, mpidr);
	case PSCI_AFFINITY_INFO32:
	case PSCI_AFFINITY_INFO64:
		return psci_affinity_info(vcpu, mpidr);
	case PSCI_SYSTEM_OFF:
		return psci_system_event(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN);
	case PSCI_SYSTEM_RESET:
		return psci_system_event(vcpu, KVM_SYSTEM_EVENT_RESET);
	default:
		return cca_exit_internal_error(vcpu, fid);
	}
}
