/* SPDX-License-Identifier: GPL-2.0-only */
/* Beginning and end of VMs. For vm/ioctl.c and main.c. */
#ifndef HOST_VM_LIFE_H
#define HOST_VM_LIFE_H

#include "host/vm/vm.h"

/*
 * A VM with one reference; plain as in vm.h. 0, or -ENOMEM, -EBUSY (before a suspend), -EIO (the
 * machine goes down).
 */
int cca_vm_new(u8 ipa_bits, bool plain, struct cca_vm **vm);

/* Says why there are no Realms, as the errno of KVM_CREATE_VM, or 0: there are. */
void cca_vms_refuse(int err);
int cca_vms_refused(void);

/* Ends all Realms and gives back their memory, for reboot and kexec. No VM is made afterwards. */
void cca_vms_end_all(void);
/* Before a suspend: false if there is a VM; else none is made until cca_vms_let(). */
bool cca_vms_hold_off(void);
void cca_vms_let(void);
/* End of the module: what VMs left for later is over. */
void cca_vms_exit(void);

#endif
