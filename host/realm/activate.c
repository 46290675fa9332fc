// SPDX-License-Identifier: GPL-2.0-only
/*
 * Activation (realm.h): at the first KVM_RUN a VM that user space has set up becomes a Realm that
 * runs.
 */
#include "host/mem/mem.h"
#include "host/realm/rec.h"
#include "host/rmi/commands.h"
#include "host/vgic/vgic.h"

static bool vcpu_is_complete(const struct cca_vcpu *vcpu)
{
	return vcpu->initialised && vcpu->features & BIT(KVM_ARM_VCPU_PSCI_0_2) &&
	       (vcpu->pmu_ready || !(vcpu->features & BIT(KVM_ARM_VCPU_PMU_V3)));
}

static int realm_run_check(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);
	int ret;

	if (vm->realm.state == REALM_DEAD)
		return -EIO;
	if (vm->plain)
		return -EOPNOTSUPP;
	ret = cca_vgic_ready(vm);
	if (ret)
		return ret;
	for (i = 0; i < n; i++) {
		if (!vcpu_is_complete(vm->vcpus[i]))
			return -EINVAL;
	}
	return 0;
}

static int realm_make_active(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);
	int ret = cca_realm_create(vm);

	for (i = 0; i < n && !ret; i++)
		ret = cca_rec_create(vm->vcpus[i]);
	if (!ret)
		ret = cca_mem_init_ripas(vm);
	if (!ret)
		ret = rmi_errno(rmi_realm_activate(vm->realm.rd));
	cca_realm_set_state(vm, ret ? REALM_DEAD : REALM_ACTIVE);
	return ret;
}

int cca_realm_run_prepare(struct cca_vm *vm)
{
	int ret = 0;

	if (smp_load_acquire(&vm->realm.state) == REALM_ACTIVE)
		return 0;
	mutex_lock(&vm->config_lock);
	if (vm->realm.state != REALM_ACTIVE) {
		ret = realm_run_check(vm);
		if (!ret)
			ret = realm_make_active(vm);
	}
	mutex_unlock(&vm->config_lock);
	return ret;
}
