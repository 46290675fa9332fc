/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a GSI leads to, and messages of user space itself. */
#ifndef HOST_VGIC_ROUTING_H
#define HOST_VGIC_ROUTING_H

#include "host/vm/vm.h"

/* KVM_SET_GSI_ROUTING; arg: user space's struct kvm_irq_routing. */
int cca_routes_set(struct cca_vm *vm, const void __user *arg);
/* GSI i is SPI 32 + i, for so many of them. */
int cca_routes_default(struct cca_vm *vm, unsigned int spis);
void cca_routes_free(struct cca_vm *vm);

/* Any context. A message is sent for each true, and nothing for false. */
void cca_gsi_set(struct cca_vm *vm, u32 gsi, bool level);
/* Does a GSI lead to this SPI. Any context. */
bool cca_gsi_is_spi(struct cca_vm *vm, u32 gsi, unsigned int intid);

/*
 * KVM_SIGNAL_MSI; arg: user space's struct kvm_msi. 1: delivered, 0: the guest has it blocked, or
 * an errno: as cca_its_send().
 */
int cca_signal_msi(struct cca_vm *vm, const void __user *arg);

#endif
