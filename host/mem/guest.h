/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that a guest shares, as its VMM has it: for structures of the guest that the kernel reads
 * for it.
 */
#ifndef HOST_MEM_GUEST_H
#define HOST_MEM_GUEST_H

#include "host/vm/vm.h"

/*
 * Guest physical addresses, with or without the shared bit. By a thread of the VMM, which may wait
 * for its memory for ever: no lock but vcpu->mutex is held. 0, or -EFAULT: some of it is in no
 * slot, or the VMM has nothing there.
 */
int cca_guest_read(struct cca_vm *vm, u64 gpa, void *to, size_t len);

#endif
