/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes of a Realm that signal eventfds, without an exit to user space (KVM_IOEVENTFD). */
#ifndef HOST_EVENTS_IOEVENTFD_H
#define HOST_EVENTS_IOEVENTFD_H

#include "host/vm/vm.h"

/* KVM_IOEVENTFD; arg: user space's struct kvm_ioeventfd. */
int cca_ioeventfd(struct cca_vm *vm, const void __user *arg);
/* A write to where there is no memory (without the shared bit). False: no eventfd is for it. */
bool cca_ioeventfd_write(struct cca_vm *vm, u64 gpa, unsigned int len, u64 data);
/* End of the VM. */
void cca_ioeventfd_free(struct cca_vm *vm);

#endif
