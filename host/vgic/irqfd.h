/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfds that raise interrupts (KVM_IRQFD). With them, and with ioeventfds (events/), vhost's
 * drivers serve a Realm as they serve any VM.
 *
 * An interrupt is raised in the eventfd's wake-up, with interrupts masked and its lock held. So all
 * that lies on this way (routing.c, its.c, run.c) looks things up under RCU and takes spinlocks
 * alone, the vGIC's last; and nobody signals an eventfd with one of those held.
 */
#ifndef HOST_VGIC_IRQFD_H
#define HOST_VGIC_IRQFD_H

#include "host/vm/vm.h"

/* KVM_IRQFD; arg: user space's struct kvm_irqfd. */
int cca_irqfd(struct cca_vm *vm, const void __user *arg);
/* The guest has ended a level-sensitive SPI. Any context. */
void cca_irqfds_eoi(struct cca_vm *vm, unsigned int intid);

void cca_irqfds_init(struct cca_vm *vm);
/* End of the VM: none of its vCPUs runs. */
void cca_irqfds_free(struct cca_vm *vm);
/* End of the module. */
void cca_irqfds_exit(void);

#endif
