// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a VM, and the list of all VMs that a reboot or a suspend asks for. A VM begins with
 * its descriptor and ends when the last descriptor made from it is closed.
 */
#include <linux/sched/mm.h>

#include "host/events/coalesced.h"
#include "host/events/ioeventfd.h"
#include "host/mem/mem.h"
#include "host/realm/realm.h"
#include "host/stats.h"
#include "host/vcpu/ioctl.h"
#include "host/vcpu/kick.h"
#include "host/vgic/irqfd.h"
#include "host/vgic/its.h"
#include "host/vgic/routing.h"
#include "host/vgic/vgic.h"
#include "host/vm/caps.h"
#include "host/vm/life.h"

static LIST_HEAD(vms);
static bool vms_ended;	  /* the machine goes down: no more VMs */
static bool vms_held_off; /* the machine is about to sleep: no VM now */
static int vms_refused;	  /* why there are no Realms, or 0 */
static DEFINE_MUTEX(
	vms_lock); /* all of these but vms_refused, which is set at load and after sleep */

void cca_vms_refuse(int err)
{
	WRITE_ONCE(vms_refused, err);
}

int cca_vms_refused(void)
{
	return READ_ONCE(vms_refused);
}

static void vm_init_trees(struct cca_vm *vm)
{
	mt_init_flags(&vm->slots_by_gfn, CCA_TREE_FLAGS);
	mt_set_external_lock(&vm->slots_by_gfn, &vm->mem_sem);
	cca_states_init(&vm->states, &vm->private_lock, true);
	xa_init_flags(&vm->slots_by_id, XA_FLAGS_ACCOUNT);
	mt_init_flags(&vm->smccc_filter, CCA_TREE_FLAGS);
	mt_set_external_lock(&vm->smccc_filter, &vm->config_lock);
}

/*
 * Adds the VM to the list of those that a reboot ends. Refused once a reboot is under way, and
 * before a suspend.
 */
static int vm_register(struct cca_vm *vm)
{
	int ret = 0;

	mutex_lock(&vms_lock);
	if (vms_ended)
		ret = -EIO;
	else if (vms_held_off)
		ret = -EBUSY;
	else
		list_add_tail(&vm->node, &vms);
	mutex_unlock(&vms_lock);
	if (!ret)
		cca_stat_inc(STAT_VMS);
	return ret;
}

static void vm_unregister(struct cca_vm *vm)
{
	mutex_lock(&vms_lock);
	list_del(&vm->node);
	mutex_unlock(&vms_lock);
	cca_stat_add(STAT_VMS, -1);
}

static void vm_free(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	cca_irqfds_free(vm);
	cca_ioeventfd_free(vm);
	cca_routes_free(vm);
	for (i = 0; i < n; i++)
		cca_vcpu_free(vm->vcpus[i]);
	cca_its_free(vm);
	cca_vgic_free(vm);
	cca_coalesced_free(vm);
	mutex_lock(&vm->config_lock);
	__mt_destroy(&vm->smccc_filter);
	mutex_unlock(&vm->config_lock);
	cca_gmem_forget(vm);
	mmdrop(vm->mm);
	kvfree(vm);
}

/*
 * Ends the Realm and gives all granules back to the host. Called for the last descriptor and for a
 * reboot, in any order and even at the same time. Nobody takes a granule out of the pool
 * afterwards, because whoever does looks at the state of the Realm first, under one of the locks
 * that cca_realm_destroy() holds.
 */
static void vm_give_back(struct cca_vm *vm)
{
	cca_realm_destroy(vm);
	mutex_lock(&vm->config_lock);
	cca_pool_destroy(&vm->pool);
	mutex_unlock(&vm->config_lock);
}

/*
 * The VM leaves the list only after it has given its granules back, because a reboot waits for what
 * is in the list.
 */
static void vm_release_last(struct kref *ref)
{
	struct cca_vm *vm = container_of(ref, struct cca_vm, ref);

	vm_give_back(vm);
	cca_slot_free_all(vm);
	vm_unregister(vm);
	vm_free(vm);
}

static struct cca_vm *vm_new(u8 ipa_bits, bool plain)
{
	struct cca_vm *vm = kvzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);

	if (!vm)
		return NULL;
	kref_init(&vm->ref);
	vm->release = vm_release_last;
	vm->ipa_bits = ipa_bits;
	vm->plain = plain;
	mutex_init(&vm->lock);
	mutex_init(&vm->config_lock);
	init_rwsem(&vm->mem_sem);
	mutex_init(&vm->private_lock);
	mutex_init(&vm->shared_lock);
	mutex_init(&vm->events_lock);
	cca_irqfds_init(vm);
	vm_init_trees(vm);
	INIT_LIST_HEAD(&vm->gmems);
	cca_pool_init(&vm->pool);
	cca_config_default(vm);
	vm->mm = current->mm;
	mmgrab(vm->mm);
	return vm;
}

int cca_vm_new(u8 ipa_bits, bool plain, struct cca_vm **vm)
{
	int ret;

	*vm = vm_new(ipa_bits, plain);
	if (!*vm)
		return -ENOMEM;
	ret = cca_coalesced_init(*vm) ?: vm_register(*vm);
	if (ret)
		vm_free(*vm);
	return ret;
}

/*
 * Reboot: the Realms end now and all granules are given back; the VMs stay for their owners to
 * close.
 *
 * Nothing here waits for a thread that may be waiting for user space. So vcpu->mutex is not taken:
 * KVM_RUN holds it over page faults, and over the thread's other work, in which it may drop the
 * last descriptor of another VM and wait for vms_lock. It is enough that each vCPU has left its
 * REC, because none enters that of a dead VM. The locks that cca_realm_destroy() takes are never
 * held over access to user memory.
 */
void cca_vms_end_all(void)
{
	struct cca_vm *vm;
	unsigned int i;

	mutex_lock(&vms_lock);
	vms_ended = true;
	list_for_each_entry(vm, &vms, node)
		cca_vm_kill(vm);
	list_for_each_entry(vm, &vms, node) {
		for (i = 0; i < cca_nr_vcpus(vm); i++)
			cca_vcpu_wait_left(vm->vcpus[i]);
	}
	list_for_each_entry(vm, &vms, node)
		vm_give_back(vm);
	mutex_unlock(&vms_lock);
}

bool cca_vms_hold_off(void)
{
	bool none;

	mutex_lock(&vms_lock);
	none = list_empty(&vms);
	vms_held_off = none;
	mutex_unlock(&vms_lock);
	return none;
}

void cca_vms_let(void)
{
	mutex_lock(&vms_lock);
	vms_held_off = false;
	mutex_unlock(&vms_lock);
}

void cca_vms_exit(void)
{
	cca_irqfds_exit();
}
