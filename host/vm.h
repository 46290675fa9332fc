/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM: what its descriptor and those made from it share. docs/host-module.md has the life cycle
 * and the lock order:
 *
 * vm->lock > vcpu->mutex > vm->config_lock > vm->mem_sem > vm->private_lock > vm->shared_lock
 *
 * mmap_lock lies between mem_sem and private_lock. No allocation that may reclaim under
 * shared_lock, because the MMU notifier takes it. No access to user memory under any of them but
 * vcpu->mutex: it may take for ever, and a reboot takes the others. Spinlocks (vgic) are innermost.
 */
#ifndef HOST_VM_H
#define HOST_VM_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mmu_notifier.h>
#include <linux/rwsem.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "compat.h"
#include "granule.h"

struct cca_gmem;
struct cca_vcpu;
struct cca_vgic;

#define CCA_MAX_VCPUS	     512
#define CCA_MAX_SLOTS	     32767
#define CCA_DEFAULT_IPA_BITS 40
#define CCA_MIN_IPA_BITS     32

enum realm_state {
	REALM_NONE,   /* not created */
	REALM_NEW,    /* created: may be populated */
	REALM_ACTIVE, /* vCPUs may run */
	REALM_DEAD,   /* creation or activation failed, or the host goes down: -EIO */
};

/* Choices made by ENABLE_CAP and VCPU_INIT; fixed once the Realm is created. */
struct realm_config {
	u8 hash; /* RMI_HASH_x */
	bool lpa2;
	bool pmu;
	u8 pmu_counters;
	u16 sve_bits;	/* 0: no SVE */
	u8 breakpoints; /* minus one, as in ID_AA64DFR0_EL1 */
	u8 watchpoints;
	u8 rpv[RMI_RPV_SIZE];
};

struct cca_realm {
	enum realm_state state; /* config_lock; read without it by KVM_RUN */
	bool created;		/* the RMM has an RD */
	int start_level;
	unsigned int root_order; /* log2 of the number of root tables */
	u64 root;
	u64 rd;
	struct realm_config config; /* config_lock */
};

struct cca_slot {
	struct cca_vm *vm;
	u32 id;
	u32 flags; /* KVM_MEM_READONLY, KVM_MEM_GUEST_MEMFD */
	u64 gfn;   /* first page */
	u64 pages;
	u64 hva;
	struct cca_gmem *gmem; /* private_lock; NULL: none, or its file was closed */
	struct list_head gmem_node;
	pgoff_t gmem_index;
	struct mmu_interval_notifier notifier; /* over [hva, hva + size) */
	bool notified;
};

struct cca_vm {
	struct kref ref;       /* VM, vCPU, device and guest_memfd descriptors */
	struct list_head node; /* of all VMs; vm.c */
	struct mm_struct *mm;  /* of the creator: ioctls of others fail with -EIO */
	u8 ipa_bits;
	bool dead; /* set once: every ioctl fails with -EIO, vCPUs leave */

	struct mutex lock; /* creation of vCPUs and devices; vcpus[], nr_vcpus */
	struct cca_vcpu *vcpus[CCA_MAX_VCPUS]; /* by index; set once, before nr_vcpus grows */
	unsigned int nr_vcpus;		       /* smp_store_release / smp_load_acquire */

	struct mutex config_lock; /* Realm state, registers before activation */
	struct cca_realm realm;
	struct cca_pool pool;

	struct rw_semaphore mem_sem; /* slots: write to change */
	unsigned long slot_changes;  /* mem_sem: how many there were */
	struct maple_tree slots_by_gfn;
	struct xarray slots_by_id;

	struct mutex private_lock; /* private half: attributes, guest_memfds, their mappings */
	struct maple_tree private_gfns;
	struct list_head gmems;

	struct mutex shared_lock; /* shared half's mappings */

	struct maple_tree smccc_filter; /* config_lock to change; smccc.c */

	struct cca_vgic *vgic; /* NULL: no irqchip; set once under lock + config_lock */
};

/*
 * KVM_CREATE_VM: the VM fd, or -EINVAL (no Realm type, IPA size), -ENOMEM, -EMFILE, -EBUSY (the
 * machine is about to sleep), -EIO (it goes down).
 */
int cca_vm_create(unsigned long type);
void cca_vm_get(struct cca_vm *vm);
/* The last reference ends the Realm and frees everything. */
void cca_vm_put(struct cca_vm *vm);

/* main.c */
bool cca_realms_available(void);
/* Ends all Realms and gives back their memory, for reboot and kexec. No VM is made afterwards. */
void cca_vms_end_all(void);
/* Before a suspend: false if there is a VM; else none is made until cca_vms_let(). */
bool cca_vms_hold_off(void);
void cca_vms_let(void);

/* KVM_ENABLE_CAP: the extensions of abi/kvm_cca.h. */
int cca_enable_cap(struct cca_vm *vm, const struct kvm_enable_cap *cap);
void cca_config_default(struct cca_vm *vm);
unsigned int cca_max_ipa_bits(void);

/* KVM_CHECK_EXTENSION; vm NULL for the system fd. */
int cca_check_extension(struct cca_vm *vm, unsigned long cap);

/* -EIO if the VM is dead or belongs to another mm. Every ioctl of every fd begins with it. */
int cca_vm_usable(struct cca_vm *vm);
/* Marks the VM dead and kicks all vCPUs out. Any context that may sleep. */
void cca_vm_kill(struct cca_vm *vm);

/* The slot of a page (no shared bit), or NULL. mem_sem held. */
struct cca_slot *cca_slot_find(struct cca_vm *vm, u64 gfn);
/* KVM_SET_USER_MEMORY_REGION(2). */
int cca_slot_set(struct cca_vm *vm, const struct kvm_userspace_memory_region2 *region);
void cca_slot_free_all(struct cca_vm *vm);

/* KVM_SET_MEMORY_ATTRIBUTES. */
int cca_attributes_set(struct cca_vm *vm, const struct kvm_memory_attributes *attrs);
/* private_lock held. */
bool cca_gfn_is_private(struct cca_vm *vm, u64 gfn);
/* Narrows [*first, *end) to the pages around gfn that are not private; to gfn alone if it is. No
 * lock. */
void cca_shared_range(struct cca_vm *vm, u64 gfn, u64 *first, u64 *end);
bool cca_range_is_private(struct cca_vm *vm, u64 gfn, u64 pages);

static inline u64 cca_shared_bit(const struct cca_vm *vm)
{
	return 1ULL << (vm->ipa_bits - 1);
}

/*
 * Stores a range in one of the VM's trees, whose lock is held. A tree is as large as user space
 * wants it, so all of its memory is charged: a store that allocates for itself takes what it gets
 * without waiting uncharged.
 */
static inline int cca_range_store(struct ma_state *mas, u64 first, u64 last, void *entry, gfp_t gfp)
{
	int ret;

	mas_set_range(mas, first, last);
	ret = mas_preallocate(mas, entry, gfp);
	if (!ret)
		mas_store_prealloc(mas, entry);
	return ret;
}

/*
 * A page-aligned range of user space's, by the addresses that mmap() gives: pages can be looked up
 * through a tagged address as well, but the MMU notifier knows none.
 */
static inline bool cca_user_range_ok(u64 base, u64 size)
{
	unsigned long address = base;

	return PAGE_ALIGNED(base) && address == untagged_addr(address) &&
	       access_ok((void __user *)address, size);
}

static inline unsigned int cca_nr_vcpus(const struct cca_vm *vm)
{
	return smp_load_acquire(&vm->nr_vcpus);
}

#endif
