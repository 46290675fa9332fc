/* SPDX-License-Identifier: GPL-2.0-only */
/* Only for the files of mem/; the rest of fault.c is in mem.h. */
#ifndef HOST_MEM_FAULT_H
#define HOST_MEM_FAULT_H

#include "host/vcpu/vcpu.h"

/* KVM_EXIT_MEMORY_FAULT for [gpa, gpa + size); returns err. */
int cca_memory_fault(struct cca_vcpu *vcpu, u64 gpa, u64 size, bool private, int err);

#endif
