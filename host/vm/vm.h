/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object "VM": what its descriptor and those made from it share. Every room from here up may
 * use it; what is done to a VM is declared in the room that does it.
 *
 * Locks, in the order in which they are taken (docs/host-module.md says more):
 *
 * vm->lock > vcpu->mutex > vm->config_lock > vm->mem_sem > vm->private_lock > vm->shared_lock
 *
 * vm->events_lock is below config_lock, and nothing but spinlocks below it.
 *
 * mmap_lock lies between mem_sem and private_lock. Under shared_lock nothing is allocated in a way
 * that may reclaim memory, because the MMU notifier takes that lock. User memory may only be
 * touched under vcpu->mutex: an access may take for ever, and a reboot takes the other locks.
 * Spinlocks are innermost: an eventfd's own, then irqfds.lock, then the vGIC's.
 */
#ifndef HOST_VM_VM_H
#define HOST_VM_VM_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "host/compat/kernel.h"
#include "host/granule/pool.h"

struct cca_coalesced;
struct cca_ioeventfds;
struct cca_its;
struct cca_routes;
struct cca_vcpu;
struct cca_vgic;

#define CCA_MAX_VCPUS 512
#define CCA_MAX_ITS   32

enum realm_state {
	REALM_NONE,   /* not created */
	REALM_NEW,    /* created: may be populated */
	REALM_ACTIVE, /* vCPUs may run */
	REALM_DEAD,   /* creation or activation failed, or the host goes down: -EIO */
};

/* Choices made by ENABLE_CAP and VCPU_INIT; fixed once the Realm is created. */
struct cca_realm_config {
	u8 hash; /* RMI_HASH_x */
	bool lpa2;
	bool pmu;
	bool pmu_in_vcpus; /* VCPU_INIT asked for it, so it stays */
	u8 pmu_counters;   /* beside the cycle counter */
	u16 sve_bits;	   /* 0: no SVE */
	u8 breakpoints;	   /* minus one, as in ID_AA64DFR0_EL1 */
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
	struct cca_realm_config config; /* config_lock */
};

/* Eventfds that raise interrupts: vgic/irqfd.c. */
struct cca_irqfds {
	spinlock_t lock;       /* taken in the eventfds' wake-ups */
	struct list_head list; /* RCU to read */
	unsigned int nr;
	unsigned int nr_resamplers; /* of them */
	bool used;		    /* there was one */
};

/*
 * The kind of tree that Linux keeps a process's mappings in. MT_FLAGS_ALLOC_RANGE must be set with
 * RCU: without it 6.12 takes a full node's length for a pointer when it frees a subtree
 * (mt_free_walk).
 */
#define CCA_TREE_FLAGS (MT_FLAGS_ALLOC_RANGE | MT_FLAGS_LOCK_EXTERN)

/* Which pages of a row are private. */
struct cca_states {
	struct maple_tree others; /* ranges of pages that are not as the rest is */
	bool private;		  /* what the rest is */
};

struct cca_vm {
	struct kref ref; /* VM, vCPU, device and guest_memfd descriptors */
	void (*release)(struct kref *ref);
	struct list_head node; /* of all VMs; vm/life.c */
	struct mm_struct *mm;  /* of the creator: ioctls of others fail with -EIO */
	u8 ipa_bits;
	bool plain; /* no Realm: it can be asked but has no memory and does not run */
	bool dead;  /* set once (cca_vm_kill): every ioctl fails with -EIO, vCPUs leave */

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

	struct mutex private_lock; /* private half: states of pages, guest_memfds, their mappings */
	struct cca_states states;  /* by gfn */
	bool states_fixed;	   /* states.private will not change any more */
	struct list_head gmems;

	struct mutex shared_lock; /* shared half's mappings */

	struct maple_tree smccc_filter; /* config_lock to change; vcpu/smccc.c */

	struct cca_vgic *vgic;		  /* NULL: no irqchip; set once under lock + config_lock */
	struct cca_its *its[CCA_MAX_ITS]; /* lock; set once, before nr_its grows */
	unsigned int nr_its;		  /* smp_store_release / smp_load_acquire */

	struct mutex events_lock; /* changes of the three that follow */
	struct cca_irqfds irqfds;
	struct cca_routes __rcu *routes;	 /* of GSIs: vgic/routing.c */
	struct cca_ioeventfds __rcu *ioeventfds; /* events/ioeventfd.c */

	struct cca_coalesced *coalesced; /* events/coalesced.c */
};

static inline void cca_vm_get(struct cca_vm *vm)
{
	kref_get(&vm->ref);
}

/* The last reference ends the Realm and frees everything. */
static inline void cca_vm_put(struct cca_vm *vm)
{
	kref_put(&vm->ref, vm->release);
}

/* -EIO if the VM is dead or belongs to another mm. Every ioctl of every fd begins with it. */
static inline int cca_vm_usable(const struct cca_vm *vm)
{
	return READ_ONCE(vm->dead) || vm->mm != current->mm ? -EIO : 0;
}

static inline enum realm_state cca_realm_state(const struct cca_vm *vm)
{
	return READ_ONCE(vm->realm.state);
}

static inline unsigned int cca_nr_vcpus(const struct cca_vm *vm)
{
	return smp_load_acquire(&vm->nr_vcpus);
}

/* The bit of an IPA that chooses the shared half of the Realm's address space. */
static inline u64 cca_shared_bit(const struct cca_vm *vm)
{
	return 1ULL << (vm->ipa_bits - 1);
}

/*
 * Stores a range in one of the VM's trees, whose lock is held. User space decides how large a tree
 * gets, so all of its memory is charged to the caller. That takes mas_preallocate(): a store that
 * allocates for itself first takes what it gets without waiting, and that is not charged.
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

#endif
