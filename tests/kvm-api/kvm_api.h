/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the groups of kvm-api-test share: results in TAP form, descriptors, the module's counters.
 */
#ifndef KVM_API_H
#define KVM_API_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "abi/kvm_cca.h"

#define PAGE	 4096UL
#define BLOCK	 (2UL << 20)
#define RAM_BASE 0x40000000UL
#define IPA_BITS 40

#ifndef KVM_ARM_SET_COUNTER_OFFSET
#define KVM_ARM_SET_COUNTER_OFFSET _IOW(KVMIO, 0xb5, uint64_t[2])
#endif

/* Headers of Debian 12 are older than these. */
#ifndef KVM_MEM_GUEST_MEMFD
#define KVM_MEM_GUEST_MEMFD	     (1UL << 2)
#define KVM_MEMORY_ATTRIBUTE_PRIVATE (1ULL << 3)
struct kvm_userspace_memory_region2 {
	uint32_t slot;
	uint32_t flags;
	uint64_t guest_phys_addr;
	uint64_t memory_size;
	uint64_t userspace_addr;
	uint64_t guest_memfd_offset;
	uint32_t guest_memfd;
	uint32_t pad1;
	uint64_t pad2[14];
};
struct kvm_memory_attributes {
	uint64_t address;
	uint64_t size;
	uint64_t attributes;
	uint64_t flags;
};
struct kvm_create_guest_memfd {
	uint64_t size;
	uint64_t flags;
	uint64_t reserved[6];
};
#define KVM_SET_USER_MEMORY_REGION2 _IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#define KVM_SET_MEMORY_ATTRIBUTES   _IOW(KVMIO, 0xd2, struct kvm_memory_attributes)
#define KVM_CREATE_GUEST_MEMFD	    _IOWR(KVMIO, 0xd4, struct kvm_create_guest_memfd)
#define KVM_CAP_USER_MEMORY2	    231
#define KVM_CAP_MEMORY_ATTRIBUTES   233
#define KVM_CAP_GUEST_MEMFD	    234
#endif

#ifndef KVM_PRE_FAULT_MEMORY
struct kvm_pre_fault_memory {
	uint64_t gpa;
	uint64_t size;
	uint64_t flags;
	uint64_t padding[5];
};
#define KVM_PRE_FAULT_MEMORY	 _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)
#define KVM_CAP_PRE_FAULT_MEMORY 236
#endif

#ifndef KVM_ARM_VM_SMCCC_FILTER
#define KVM_ARM_VM_SMCCC_FILTER 0
enum kvm_smccc_filter_action {
	KVM_SMCCC_FILTER_HANDLE,
	KVM_SMCCC_FILTER_DENY,
	KVM_SMCCC_FILTER_FWD_TO_USER,
};
struct kvm_smccc_filter {
	uint32_t base;
	uint32_t nr_functions;
	uint8_t action;
	uint8_t pad[15];
};
#endif

void ok(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Passes if result is >= 0 (want 0) or -1 with errno = want. */
void expect(int result, int want, const char *format, ...) __attribute__((format(printf, 3, 4)));

extern int dev; /* /dev/kvm-cca */

long counter(const char *name);
/* All counters of things that exist are 0 again. */
void expect_nothing_left(const char *after);

int new_vm(void);
int new_gmem(int vm, uint64_t size);
int new_gmem_with(int vm, uint64_t size, uint64_t flags);
int set_slot(int vm, uint32_t id, uint64_t gpa, uint64_t size, void *user, int gmem,
	     uint64_t offset);
int set_private(int vm, uint64_t gpa, uint64_t size, bool private);
/* By KVM_SET_MEMORY_ATTRIBUTES2 of a guest_memfd. */
int set_file_private(int gmem, uint64_t offset, uint64_t size, bool private);
int populate(int vm, uint64_t gpa, void *source, uint64_t size);
void *user_memory(uint64_t size);
/*
 * tags() asks the kernel to take tagged pointers from this process (PR_SET_TAGGED_ADDR_CTRL), or
 * not to; tagged() makes one.
 */
void *tagged(void *user);
void tags(bool on);

void test_device(void);
void test_vm(void);
void test_slots(void);
void test_attributes(void);
void test_gmem(void);
void test_populate(void);
void test_life(void);
void test_run(void);
void test_simd(void);
void test_hold(void);
void test_churn(void);
void test_reap(void);
void test_blocked(void);
void test_hold_blocked(void);
void test_shared(void);
void test_stress(void);
void test_limit(void);
void test_refused(void);
void test_parity(void);
void test_fuzz(void);
void test_events(void);
void test_msi(void);
void test_forms(void);
void test_pmu(void);

#endif
