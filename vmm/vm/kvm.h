/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * KVM's ioctls as functions with negative errno, and the numbers that the C library's kernel
 * headers are too old for (abi/kvm_cca.h has those that no released header has). Any thread.
 */
#ifndef VMM_VM_KVM_H
#define VMM_VM_KVM_H

#include <linux/kvm.h>
#include <stdint.h>

#include <abi/kvm_cca.h>

#ifndef KVM_CREATE_GUEST_MEMFD
#define KVM_MEM_GUEST_MEMFD	     (1u << 2)
#define KVM_MEMORY_ATTRIBUTE_PRIVATE (1ull << 3)
#define KVM_MEMORY_EXIT_FLAG_PRIVATE (1ull << 3)
#define KVM_EXIT_MEMORY_FAULT	     39
#define KVM_CAP_MEMORY_ATTRIBUTES    233
#define KVM_CAP_GUEST_MEMFD	     234
#define KVM_CREATE_GUEST_MEMFD	     _IOWR(KVMIO, 0xd4, struct kvm_create_guest_memfd)
#define KVM_SET_MEMORY_ATTRIBUTES    _IOW(KVMIO, 0xd2, struct kvm_memory_attributes)
#define KVM_SET_USER_MEMORY_REGION2  _IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)

struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
	__u64 pad2[14];
};

struct kvm_memory_attributes {
	__u64 address;
	__u64 size;
	__u64 attributes;
	__u64 flags;
};

struct kvm_create_guest_memfd {
	__u64 size;
	__u64 flags;
	__u64 reserved[6];
};
#endif

/* What the union in struct kvm_run holds for KVM_EXIT_MEMORY_FAULT. */
struct kvm_memory_fault {
	__u64 flags;
	__u64 gpa;
	__u64 size;
};

_Static_assert(sizeof(struct kvm_userspace_memory_region2) == 160, "memory_region2");
_Static_assert(sizeof(struct kvm_create_guest_memfd) == 64, "create_guest_memfd");
_Static_assert(KVM_CREATE_GUEST_MEMFD == 0xc040aed4, "KVM_CREATE_GUEST_MEMFD");
_Static_assert(KVM_SET_MEMORY_ATTRIBUTES == 0x4020aed2, "KVM_SET_MEMORY_ATTRIBUTES");
_Static_assert(KVM_CCA_POPULATE == 0xc020aed7, "KVM_ARM_RMI_POPULATE");

/*
 * Opens a KVM device and checks its API version. Returns the descriptor, or an error with a text
 * that says what helps.
 */
int kvm_open(const char *path);

/* ioctl() with a pointer or a plain value. Returns its result or a negative errno; sets no text. */
int kvm_ioctl(int fd, unsigned long request, const void *arg);
int kvm_ioctl_value(int fd, unsigned long request, unsigned long arg);

/* KVM_CHECK_EXTENSION; 0 if there is no such extension. */
int kvm_check(int fd, int cap);

/* KVM_ENABLE_CAP with one argument. */
int kvm_enable_cap(int fd, unsigned int cap, uint64_t arg);

/* KVM_SET_DEVICE_ATTR; value may be NULL. */
int kvm_set_attr(int fd, unsigned int group, uint64_t attr, const void *value);

int kvm_set_reg(int vcpu, uint64_t id, const void *value);
int kvm_get_reg(int vcpu, uint64_t id, void *value);

#endif
