/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes of a Realm that user space may look at later (coalesced MMIO): they go into a ring that it
 * has mapped, and the vCPU goes on.
 */
#ifndef HOST_EVENTS_COALESCED_H
#define HOST_EVENTS_COALESCED_H

#include "host/vm/vm.h"

/* KVM_REGISTER_, KVM_UNREGISTER_COALESCED_MMIO; arg: user space's kvm_coalesced_mmio_zone. */
int cca_coalesced_zone(struct cca_vm *vm, const void __user *arg, bool add);
/*
 * A write to where there is no memory (without the shared bit). False: it is in no zone, or the
 * ring is full.
 */
bool cca_coalesced_write(struct cca_vm *vm, u64 gpa, unsigned int len, u64 data);
/* The ring: one page for all vCPUs of the VM. */
struct page *cca_coalesced_page(struct cca_vm *vm);

/* Beginning and end of the VM. 0 or -ENOMEM. */
int cca_coalesced_init(struct cca_vm *vm);
void cca_coalesced_free(struct cca_vm *vm);

#endif
