// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 aborts and RIPAS changes of vCPUs. This file finds the half and the slot that an address
 * belongs to; private.c and shared.c do the mapping.
 */
#include "host/mem/fault.h"
#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/rtt.h"
#include "host/mem/shared.h"
#include "host/mem/states.h"
#include "host/rmi/commands.h"

int cca_memory_fault(struct cca_vcpu *vcpu, u64 gpa, u64 size, bool private, int err)
{
	vcpu->run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	vcpu->run->memory_fault.flags = private ? KVM_MEMORY_EXIT_FLAG_PRIVATE : 0;
	vcpu->run->memory_fault.gpa = gpa;
	vcpu->run->memory_fault.size = size;
	return err;
}

static int fault_slot(struct cca_vcpu *vcpu, u64 ipa, bool is_write)
{
	struct cca_vm *vm = vcpu->vm;
	bool shared = ipa & cca_shared_bit(vm);
	u64 gfn = (ipa & (cca_shared_bit(vm) - 1)) >> PAGE_SHIFT;
	struct cca_slot *slot = cca_slot_find(vm, gfn);

	if (!shared)
		return cca_mem_fault_private(vcpu, slot, gfn);
	if (!slot || (is_write && slot->flags & KVM_MEM_READONLY))
		return MEM_MMIO;
	if (slot->shared_in_file)
		return cca_mem_fault_file(vcpu, slot, gfn);
	return cca_mem_fault_shared(vcpu, slot, gfn, is_write);
}

int cca_mem_fault(struct cca_vcpu *vcpu, u64 ipa, bool is_write)
{
	struct cca_vm *vm = vcpu->vm;
	int ret;

	down_read(&vm->mem_sem);
	ret = fault_slot(vcpu, ipa, is_write);
	up_read(&vm->mem_sem);
	return ret;
}

/*
 * SET_RIPAS over [base, top), in as many calls as it takes. Where the change begins inside a block,
 * the block is replaced by a table. A refusal at level 3 names a page that the RMM will not change.
 * That ends the range without an error, because the RMM itself tells the Realm how far it got.
 */
static int ripas_range(struct cca_vcpu *vcpu, u64 base, u64 top)
{
	struct cca_vm *vm = vcpu->vm;
	int made = 0;

	while (base < top) {
		u64 next;
		u64 status = rmi_rtt_set_ripas(vm->realm.rd, vcpu->rec, base, top, &next);
		int level = rtt_status_level(status);
		int ret;

		if (status == RMI_SUCCESS) {
			if (next <= base)
				return -ENXIO;
			base = next;
			made = 0;
			cond_resched();
			continue;
		}
		if (RMI_STATUS(status) != RMI_ERROR_RTT)
			return rmi_errno(status);
		if (level >= PAGE_LEVEL || made > level)
			return 0;
		ret = cca_mem_make_table(vm, cca_slot_find(vm, base >> PAGE_SHIFT), base, level);
		if (ret)
			return ret;
		made = level + 1;
		cond_resched();
	}
	return 0;
}

/* Unmaps and frees the guest_memfd pages behind [base, top). */
static int drop_private(struct cca_vm *vm, u64 base, u64 top)
{
	unsigned long index = base >> PAGE_SHIFT;
	unsigned long last = (top >> PAGE_SHIFT) - 1;
	struct cca_slot *slot;

	mt_for_each(&vm->slots_by_gfn, slot, index, last) {
		u64 gfn = max_t(u64, base >> PAGE_SHIFT, slot->gfn);
		u64 end = min_t(u64, last + 1, slot->gfn + slot->pages);
		pgoff_t start = cca_slot_index(slot, gfn);
		int ret;

		if (!slot->gmem)
			continue;
		ret = cca_mem_unmap_private(vm, slot, gfn, end - gfn);
		if (ret)
			return ret;
		cca_gmem_free(slot->gmem, start, start + (end - gfn));
	}
	return 0;
}

static int set_ripas(struct cca_vcpu *vcpu, u64 base, u64 top, bool private)
{
	struct cca_vm *vm = vcpu->vm;
	int ret;

	if (cca_realm_state(vm) != REALM_ACTIVE)
		return -EIO;
	ret = cca_states_follow(vm, base >> PAGE_SHIFT, (top >> PAGE_SHIFT) - 1, private);
	if (!ret)
		ret = ripas_range(vcpu, base, top);
	if (!ret && !private)
		ret = drop_private(vm, base, top);
	return ret;
}

int cca_mem_set_ripas(struct cca_vcpu *vcpu)
{
	struct vcpu_ripas *ripas = &vcpu->ripas;
	bool private = ripas->value == RMI_RIPAS_RAM;
	struct cca_vm *vm = vcpu->vm;
	int ret = 0;
	u64 agreed;

	down_read(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	agreed = cca_states_agree(vm, ripas->base >> PAGE_SHIFT, (ripas->top >> PAGE_SHIFT) - 1,
				  private)
		 << PAGE_SHIFT;
	if (agreed > ripas->base)
		ret = set_ripas(vcpu, ripas->base, agreed, private);
	if (!ret)
		ripas->base = agreed;
	if (!ret && agreed < ripas->top)
		ret = cca_memory_fault(vcpu, agreed, ripas->top - agreed, private, -EFAULT);
	mutex_unlock(&vm->private_lock);
	up_read(&vm->mem_sem);
	return ret;
}

static int init_ripas_range(struct cca_vm *vm, u64 base, u64 top)
{
	int made = 0;

	while (base < top) {
		u64 next;
		u64 status = rmi_rtt_init_ripas(vm->realm.rd, base, top, &next);
		int level = rtt_status_level(status);
		int ret;

		if (status == RMI_SUCCESS) {
			if (next <= base)
				return -ENXIO;
			base = next;
			made = 0;
			cond_resched();
			continue;
		}
		if (RMI_STATUS(status) != RMI_ERROR_RTT || level >= PAGE_LEVEL || made > level)
			return -ENXIO;
		ret = cca_rtt_make(vm, base, level, level + 1);
		if (ret)
			return ret;
		made = level + 1;
		cond_resched();
	}
	return 0;
}

int cca_mem_init_ripas(struct cca_vm *vm)
{
	unsigned long index = 0;
	struct cca_slot *slot;
	int ret = 0;

	down_read(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	cca_states_by_default(vm);
	mt_for_each(&vm->slots_by_gfn, slot, index, ULONG_MAX) {
		if (slot->gmem && !ret)
			ret = init_ripas_range(vm, slot->gfn << PAGE_SHIFT,
					       (slot->gfn + slot->pages) << PAGE_SHIFT);
	}
	mutex_unlock(&vm->private_lock);
	up_read(&vm->mem_sem);
	return ret;
}

/* ---- KVM_PRE_FAULT_MEMORY ---- */

/* A page in the half that it is in now. */
static int pre_fault_page(struct cca_vcpu *vcpu, u64 gfn)
{
	struct cca_vm *vm = vcpu->vm;
	struct cca_slot *slot;
	bool private;
	int ret;

	down_read(&vm->mem_sem);
	slot = cca_slot_find(vm, gfn);
	mutex_lock(&vm->private_lock);
	private = slot && slot->gmem && cca_gfn_is_private(slot, gfn);
	mutex_unlock(&vm->private_lock);
	if (!slot)
		ret = -ENOENT;
	else
		ret = fault_slot(vcpu, gfn << PAGE_SHIFT | (private ? 0 : cca_shared_bit(vm)),
				 false);
	up_read(&vm->mem_sem);
	return ret;
}

int cca_mem_pre_fault(struct cca_vcpu *vcpu, struct kvm_pre_fault_memory *range)
{
	u64 asked = range->size;
	int ret = 0;

	if (range->flags || !PAGE_ALIGNED(range->gpa) || !PAGE_ALIGNED(range->size) ||
	    range->gpa + range->size <= range->gpa)
		return -EINVAL;
	if (cca_realm_state(vcpu->vm) != REALM_ACTIVE)
		return -EBUSY;
	while (range->size) {
		ret = signal_pending(current) ? -EINTR
					      : pre_fault_page(vcpu, range->gpa >> PAGE_SHIFT);
		if (ret)
			break;
		range->gpa += PAGE_SIZE;
		range->size -= PAGE_SIZE;
		cond_resched();
	}
	return range->size == asked ? ret : 0;
}
