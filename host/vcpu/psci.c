// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI calls of a Realm that the RMM leaves to the host (docs/spec/rsi.md section 5): power of
 * vCPUs and of the VM. The RMM keeps entry points and decides; here threads are put to sleep and
 * woken.
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

/* Order against cca_psci_power_off(): both set their flag first and then look at the other's. */
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
	 * A CPU_ON that the RMM granted after this REC went off may have got here before us. One
	 * that found it running is taken for such too: then the REC refuses to run, and this is
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

	/* The RMM has checked the MPIDR; its RECs are our vCPUs. */
	if (!target || target == vcpu)
		return -ENXIO;
	ret = psci_complete(vcpu, target, PSCI_SUCCESS);
	if (!ret)
		psci_power_on(target);
	return ret ?: 1;
}

/* Only an RMM of an early draft asks; it answers the Realm itself and wants to be told to. */
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
 * After a Realm's SYSTEM_OFF its RMM refuses all its RECs, but the vCPU that asked for it may still
 * be on its way to stop the others. So wait until each of them has handled its exit: then this vCPU
 * is stopped, or the Realm has not ended by its own will.
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
