/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptor of a VM. For main.c. */
#ifndef HOST_VM_IOCTL_H
#define HOST_VM_IOCTL_H

/*
 * KVM_CREATE_VM: the VM fd, or -EINVAL (no Realm type, IPA size), -ENOMEM, -EMFILE, -EBUSY (the
 * machine is about to sleep), -EIO (it goes down).
 */
int cca_vm_create(unsigned long type);

#endif
