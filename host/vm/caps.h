/* SPDX-License-Identifier: GPL-2.0-only */
/* What Realms can have here: KVM_CHECK_EXTENSION and KVM_ENABLE_CAP. For vm/ and main.c. */
#ifndef HOST_VM_CAPS_H
#define HOST_VM_CAPS_H

#include "host/vm/vm.h"

/* KVM_CHECK_EXTENSION; vm NULL for the system fd. */
int cca_check_extension(struct cca_vm *vm, unsigned long cap);
/* KVM_ENABLE_CAP: the extensions of abi/kvm_cca.h. Takes config_lock. */
int cca_enable_cap(struct cca_vm *vm, const struct kvm_enable_cap *cap);
/* Sets what a Realm gets if user space chooses nothing. */
void cca_config_default(struct cca_vm *vm);
unsigned int cca_max_ipa_bits(void);

#endif
