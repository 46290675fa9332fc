/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What /dev/kvm-cca has beyond the ioctls of KVM's CCA series: numbers the released kernel headers
 * do not have yet, and the extensions of this module. User space and the module include it, after
 * <linux/kvm.h>. docs/uapi.md describes each.
 */
#ifndef ABI_KVM_CCA_H
#define ABI_KVM_CCA_H

/*
 * Capability numbers of KVM's CCA series, which is not merged: the numbers move with the postings.
 * The device answers all of those whose VMMs it serves.
 */
#define KVM_CCA_CAP_ARM_RMI		249 /* v14 */
#define KVM_CCA_CAP_ARM_RMI_V13		248
#define KVM_CCA_CAP_ARM_RMI_V12		247
#define KVM_CCA_CAP_ARM_RMI_V15		251
#define KVM_CCA_CAP_ARM_RMI_V17		253
/* guest_memfds that keep attributes themselves: a mask of these. */
#define KVM_CCA_CAP_GMEM_ATTRIBUTES	250 /* v15 */
#define KVM_CCA_CAP_GMEM_ATTRIBUTES_V17 252
/* Merged, and not in the headers of 6.12 yet. */
#define KVM_CCA_CAP_GMEM_FLAGS		244 /* a mask of KVM_CCA_GMEM_x */

#define KVM_CCA_VM_TYPE_REALM	  (1UL << 30) /* since v14 */
#define KVM_CCA_VM_TYPE_REALM_V13 (1UL << 8)  /* bits [11:8] of v12 and v13 */

/* ARM_RMI_POPULATE: base, size and source_uaddr move on by what was done. */
struct kvm_cca_populate {
	unsigned long long base;
	unsigned long long size;
	unsigned long long source_uaddr;
	unsigned int flags;
	unsigned int reserved;
};
#define KVM_CCA_POPULATE_MEASURE 1
#define KVM_CCA_POPULATE	 _IOWR(0xae, 0xd7, struct kvm_cca_populate)
#define KVM_CCA_POPULATE_V12	 _IOW(0xae, 0xd7, struct kvm_cca_populate)

/* Flags of KVM_CREATE_GUEST_MEMFD. */
#define KVM_CCA_GMEM_MMAP	 1 /* user space may map the pages that are shared */
#define KVM_CCA_GMEM_INIT_SHARED 2 /* all pages are shared at first */
#define KVM_CCA_GMEM_FLAGS	 (KVM_CCA_GMEM_MMAP | KVM_CCA_GMEM_INIT_SHARED)

/* SET_MEMORY_ATTRIBUTES2, on a guest_memfd. */
struct kvm_cca_memory_attributes2 {
	unsigned long long offset; /* in the file */
	unsigned long long size;
	unsigned long long attributes;
	unsigned long long flags;
	unsigned long long error_offset; /* out, with EAGAIN and ENOMEM */
	unsigned long long reserved[11];
};
#define KVM_CCA_SET_MEMORY_ATTRIBUTES2 _IOWR(0xae, 0xd2, struct kvm_cca_memory_attributes2)

/*
 * Extensions. CHECK_EXTENSION answers as noted, or 0 for an extension that is not there. ENABLE_CAP
 * on a Realm's VM fd sets args[0]; after the Realm was created (by the first POPULATE or KVM_RUN)
 * it fails with -EBUSY.
 */
#define KVM_CCA_CAP_BASE	0x43434100
#define KVM_CCA_CAP_HASH	(KVM_CCA_CAP_BASE + 0) /* mask of 1 << KVM_CCA_HASH_x; args[0]: one x */
#define KVM_CCA_CAP_RPV		(KVM_CCA_CAP_BASE + 1) /* 64: its size; args[0]: pointer to it */
#define KVM_CCA_CAP_SVE		(KVM_CCA_CAP_BASE + 2) /* largest length in bits; args[0]: bits or 0 */
#define KVM_CCA_CAP_PMU		(KVM_CCA_CAP_BASE + 3) /* counters + 1; args[0]: counters + 1, or 0 */
#define KVM_CCA_CAP_LPA2	(KVM_CCA_CAP_BASE + 4) /* 1; args[0]: 0 or 1 */
#define KVM_CCA_CAP_RMI_VERSION (KVM_CCA_CAP_BASE + 5) /* 0x20000: RMI 2.0; cannot be enabled */

#define KVM_CCA_HASH_SHA_256 0
#define KVM_CCA_HASH_SHA_512 1
#define KVM_CCA_HASH_SHA_384 2

#define KVM_CCA_RPV_SIZE 64

#endif
