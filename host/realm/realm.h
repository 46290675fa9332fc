/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's Realm in the RMM: creation, population, RECs, activation, end. What vm/ and vcpu/ may use
 * of realm/.
 */
#ifndef HOST_REALM_REALM_H
#define HOST_REALM_REALM_H

#include "host/vm/vm.h"

/*
 * Creates the Realm in the RMM if that was not done: REALM_NONE becomes REALM_NEW. config_lock
 * held.
 */
int cca_realm_create(struct cca_vm *vm);

/*
 * KVM_ARM_RMI_POPULATE. *args moves on by as much as was populated, on errors too. Takes
 * config_lock.
 */
int cca_realm_populate(struct cca_vm *vm, struct kvm_cca_populate *args);

/*
 * Called by KVM_RUN of any vCPU, vcpu->mutex held: makes the Realm ready to run. Creates it if
 * there was no populate, creates the RECs of all vCPUs in index order from their registers, sets
 * RIPAS RAM on the guest_memfd slots, activates. Takes config_lock. 0 if active; -EOPNOTSUPP no
 * irqchip, -ENODEV irqchip not initialised, -ENXIO GIC addresses missing, -EINVAL a vCPU without
 * PSCI_0_2, -ENXIO the RMM refused; a failure after the checks leaves the Realm dead: -EIO from
 * then on.
 */
int cca_realm_run_prepare(struct cca_vm *vm);

/*
 * Ends a Realm in any state. No vCPU is in its REC. Called for the last descriptor and for a
 * reboot.
 */
void cca_realm_destroy(struct cca_vm *vm);

#endif
